import { paginateGetAccountAuthorizationDetails, type IAMClient, type UserDetail } from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../../contract";
import type { CallOptions } from "../../shared/deadline";
import { isDenyAll } from "./deny-document";
import type { UserState } from "./user-state";

/** Users per page. Each comes with its full policies; IAM allows 1,000 (API reference). */
const PAGE = 200;

/** All users of the account, page by page. */
export async function* pagesOfUsers(iam: IAMClient, options: CallOptions): AsyncGenerator<UserDetail[]> {
  const config = { client: iam, pageSize: PAGE };
  for await (const page of paginateGetAccountAuthorizationDetails(config, { Filter: ["User"] }, options)) {
    yield page.UserDetailList ?? [];
  }
}

/** The state of a user as far as the listing of all users of an account shows it. */
export function stateOfDetail(user: UserDetail): UserState {
  const inline = user.UserPolicyList ?? [];
  const ours = inline.find(({ PolicyName }) => PolicyName === INLINE_POLICY_NAME);
  return {
    id: user.UserId ?? "",
    arn: user.Arn ?? "",
    tags: user.Tags ?? [],
    groups: user.GroupList ?? [],
    attachedPolicies: (user.AttachedManagedPolicies ?? []).map(
      ({ PolicyName: name = "unknown", PolicyArn: arn = "" }) => ({ name, arn }),
    ),
    inlinePolicies: inline.map(({ PolicyName = "unknown" }) => PolicyName),
    inlineDeny: ours?.PolicyDocument !== undefined && isDenyAll(ours.PolicyDocument),
    boundary: user.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
  };
}
