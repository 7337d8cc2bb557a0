import { isObject, objectAt, stringAt, type JsonObject } from "../../shared/json";

/** Who made a call, from CloudTrail's `userIdentity`. Empty strings stand for what is not there. */
export interface Caller {
  /** `IAMUser`, `AssumedRole`, `Root`, `FederatedUser`, `IdentityCenterUser`, `AWSService` or `unknown`. */
  readonly type: string;
  /** ARN of the caller: a user, the root user, or the session of a role. */
  readonly arn: string;
  /** ARN of the role behind the session; only for `AssumedRole`. */
  readonly sessionIssuerArn: string;
  /** AWS service that made the call on the caller's behalf. */
  readonly invokedBy: string;
  /** Name of the caller for alerts: the most specific one that the record has. */
  readonly label: string;
}

/** The caller where no record states one. */
export const UNKNOWN_CALLER: Caller = {
  type: "unknown",
  arn: "",
  sessionIssuerArn: "",
  invokedBy: "",
  label: "unknown",
};

/** Reads `detail.userIdentity`, which may be missing or have no type. Never throws. */
export function readCaller(detail: JsonObject): Caller {
  if (!isObject(detail["userIdentity"])) {
    return UNKNOWN_CALLER;
  }
  const identity = detail["userIdentity"];
  const type = stringAt(identity, "type") ?? "unknown";
  const arn = stringAt(identity, "arn") ?? "";
  const issuer = objectAt(objectAt(identity, "sessionContext"), "sessionIssuer");
  const invokedBy = stringAt(identity, "invokedBy") ?? "";
  return {
    type,
    arn,
    // The issuer of a federated user is the IAM user who called GetFederationToken: trust in that user must
    // not extend to federated users.
    sessionIssuerArn: type === "AssumedRole" ? (stringAt(issuer, "arn") ?? "") : "",
    invokedBy,
    label: arn || identityCenterUser(identity) || stringAt(identity, "principalId") || invokedBy || type,
  };
}

/** Identity Center callers have no ARN but `onBehalfOf.userId`. */
function identityCenterUser(identity: JsonObject): string {
  const userId = stringAt(objectAt(identity, "onBehalfOf"), "userId");
  return userId ? `Identity Center user ${userId}` : "";
}
