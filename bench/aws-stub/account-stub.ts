import { QUARANTINE_DOCUMENT } from "../../functions/contract";
import { Throttle } from "./throttle";

/** One IAM user of an {@link AccountStub}. */
export interface StubbedUser {
  readonly userName: string;
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What an {@link AccountStub} is asked, whatever the protocol. */
export interface AccountCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** CloudTrail's limit for an account and Region (API reference, LookupEvents). */
const LOOKUPS_PER_SECOND = 2;

/** Thrown when a call comes too soon. */
export class Throttled extends Error {
  override readonly name = "ThrottlingException";
}

/**
 * An account whose users were all created without an event: IAM lists them, CloudTrail has the records, and
 * keeps its limit. It remembers for whom the responder was invoked.
 */
export class AccountStub {
  /** Calls by action. */
  readonly calls = new Map<string, number>();
  throttled = 0;
  /** Ids of the users whose records the responder got. */
  readonly answered = new Set<string>();
  private readonly throttle: Throttle;
  private readonly byName = new Map<string, StubbedUser>();

  /**
   * @param deployedAt When the quarantine policy was made, in milliseconds since the epoch.
   * @param clock Milliseconds since the epoch.
   */
  constructor(
    readonly users: readonly StubbedUser[],
    private readonly deployedAt: number,
    clock: () => number,
  ) {
    this.throttle = new Throttle(LOOKUPS_PER_SECOND, clock);
    users.forEach((user) => this.byName.set(user.userName, user));
  }

  /**
   * Answers a call with the output of the SDK's command of that name.
   *
   * @throws Throttled when CloudTrail was asked too often.
   */
  answer({ action, input }: AccountCall): object {
    this.calls.set(action, (this.calls.get(action) ?? 0) + 1);
    switch (action) {
      case "GetPolicy":
        return { Policy: { CreateDate: new Date(this.deployedAt), DefaultVersionId: "v1" } };
      case "GetPolicyVersion":
        return { PolicyVersion: { Document: encodeURIComponent(JSON.stringify(QUARANTINE_DOCUMENT)) } };
      case "GetAccountAuthorizationDetails":
        return this.page(Number(input["Marker"] ?? 0), Number(input["MaxItems"] ?? 100));
      case "FilterLogEvents":
        return { events: [...this.answered].map((userId) => ({ message: line(userId) })) };
      case "LookupEvents":
        return this.lookUp(input);
      case "Invoke":
        return this.invoke(input);
      default:
        throw new Error(`expected a call that the sweep makes, got ${action}`);
    }
  }

  private page(first: number, size: number): object {
    const isMore = first + size < this.users.length;
    const UserDetailList = this.users.slice(first, first + size).map((user) => ({
      UserName: user.userName,
      UserId: user.userId,
      Arn: `arn:aws:iam::111122223333:user/${user.userName}`,
      CreateDate: new Date(user.createdAt),
    }));
    return { UserDetailList, IsTruncated: isMore, ...(isMore && { Marker: String(first + size) }) };
  }

  private lookUp(input: AccountCall["input"]): object {
    if (!this.throttle.admits("LookupEvents")) {
      this.throttled++;
      throw new Throttled("Rate exceeded");
    }
    const [attribute] = input["LookupAttributes"] as { readonly AttributeValue?: string }[];
    const user = this.byName.get(attribute?.AttributeValue ?? "");
    return { Events: user ? [{ CloudTrailEvent: JSON.stringify(recordOf(user)) }] : [] };
  }

  private invoke(input: AccountCall["input"]): object {
    const { event } = input as { readonly event?: { readonly detail: ReturnType<typeof recordOf> } };
    if (event) {
      this.answered.add(event.detail.responseElements.user.userId);
    }
    return { StatusCode: 202 };
  }
}

function recordOf({ userName, userId, createdAt }: StubbedUser) {
  return {
    eventSource: "iam.amazonaws.com",
    eventName: "CreateUser",
    eventTime: new Date(createdAt).toISOString(),
    eventID: `event-${userName}`,
    awsRegion: "us-east-1",
    recipientAccountId: "111122223333",
    userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/alice" },
    responseElements: { user: { userName, userId } },
  };
}

function line(userId: string): string {
  return JSON.stringify({ userId, status: "QUARANTINED" });
}
