import type { IAMClient, UserDetail } from "@aws-sdk/client-iam";
import { pagesOfUsers, stateOfDetail } from "../security-response/containment/state-of-detail";
import type { UserState } from "../security-response/containment/user-state";
import type { SweptUser } from "../security-response/sweep-request";
import type { Deadline } from "../shared/deadline";

/** A user of the account, and what the listing shows of it. */
export interface ListedUser extends SweptUser {
  readonly state: UserState;
}

/**
 * The users of the account that were created at `since` or later, in milliseconds since the epoch. Older ones
 * are let go with their page.
 */
export async function listUsers(iam: IAMClient, since: number, deadline: Deadline): Promise<ListedUser[]> {
  return deadline.run(async (options) => {
    const users: ListedUser[] = [];
    for await (const page of pagesOfUsers(iam, options)) {
      const young = page.filter(({ CreateDate }) => (CreateDate?.getTime() ?? 0) >= since);
      users.push(...young.map(listed));
    }
    return users;
  });
}

function listed(detail: UserDetail): ListedUser {
  const { UserName = "", UserId = "", Arn = "", CreateDate } = detail;
  return {
    userName: UserName,
    userId: UserId,
    arn: Arn,
    createdAt: CreateDate?.toISOString() ?? "",
    state: stateOfDetail(detail),
  };
}

/** The user as the responder is asked about it. */
export function sweptUser({ userName, userId, arn, createdAt }: ListedUser): SweptUser {
  return { userName, userId, arn, createdAt };
}
