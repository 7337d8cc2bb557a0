import { DRILL_NAME, DRILL_PATH, SILENCE_RULES, SWEEP_SOURCE } from "../contract";
import { parseArn } from "../shared/arn";
import { objectAt, stringAt, type JsonObject } from "../shared/json";
import { isSessionOf, readApiCall, sessionRole } from "./api-call";
import type { AuditEntry } from "./read-audit-log";
import { readDrill } from "./read-drill";
import { readHealth } from "./read-health";

/** What one event of the audit log says of drills and sweeps. Times are milliseconds since the epoch. */
export type DrillFact = OutcomeFact | CreationFact | ResponseFact | ReportFact | DeployedFact | ListedFact;

interface OfAccount {
  /** From EventBridge's envelope. */
  readonly account: string;
}

/** A drill ended, by the word of its account. */
interface OutcomeFact extends OfAccount {
  readonly kind: "outcome";
  readonly userName: string;
  readonly hasPassed: boolean;
  readonly secondsToContained: number | null;
  readonly secondsToDenied: number | null;
  /** When the audit log got it. */
  readonly at: number;
}

/** The drill's role created a user below its path: CloudTrail's record, which no account can forge. */
interface CreationFact extends OfAccount {
  readonly kind: "creation";
  readonly userName: string;
  /** When the user was created. */
  readonly at: number;
}

/** The responder quarantined a user that it took for an announced drill's, by the word of the account. */
interface ResponseFact extends OfAccount {
  readonly kind: "response";
  readonly userName: string;
  /** When the audit log got it. */
  readonly at: number;
}

/** A sweep said how the parts of its account are, by the word of the account. */
interface ReportFact extends OfAccount {
  readonly kind: "report";
  /** What the account calls itself. */
  readonly accountName: string;
  /** When the audit log got it. */
  readonly at: number;
}

/** A rollout created the account's function `quarantine-drill`. */
interface DeployedFact extends OfAccount {
  readonly kind: "deployed";
  readonly at: number;
}

/** A rollout changed the list of accounts that should be heard of. */
interface ListedFact {
  readonly kind: "listed";
  readonly at: number;
}

/** What matches the events about drills that {@link readDrillFact} understands; others may match too. */
export const DRILL_FACTS = `{ ${[
  `$.detail.responsePayload.kind = "drill"`,
  `$.detail.responsePayload.drill = "*"`,
  `$.detail.requestParameters.path = "${DRILL_PATH}"`,
  `$.detail.requestParameters.functionName = "${DRILL_NAME}"`,
  `$.detail.requestParameters.rule = "${SILENCE_RULES}*"`,
]
  .map((each) => `(${each})`)
  .join(" || ")} }`;

/** The same about sweeps. */
export const SWEEP_FACTS = `{ $.source = "${SWEEP_SOURCE}" }`;

/** Whose calls count. */
export interface FactRoles {
  /** 12-digit id of the security account. */
  readonly securityAccountId: string;
  /** ARN of the role in an account. */
  readonly deploymentRoleOf: (accountId: string) => string;
}

/** Reads an event of the audit log; undefined for one that says nothing of drills and sweeps. */
export function readDrillFact({ event, ingestedAt }: AuditEntry, roles: FactRoles): DrillFact | undefined {
  const account = stringAt(event, "account") ?? "";
  const source = stringAt(event, "source") ?? "";
  const detail = objectAt(event, "detail");
  if (source === "lambda") {
    return outcomeFact(account, detail, ingestedAt);
  }
  if (source === SWEEP_SOURCE) {
    const health = readHealth(detail);
    return health && { kind: "report", account, accountName: health.accountName, at: ingestedAt };
  }
  // Nobody but AWS can use such a source.
  return source.startsWith("aws.") ? callFact(account, detail, ingestedAt, roles) : undefined;
}

function outcomeFact(account: string, detail: JsonObject, at: number): DrillFact | undefined {
  const drill = readDrill(detail, account);
  if (drill !== undefined) {
    const { userName, status, secondsToContained, secondsToDenied } = drill;
    const hasPassed = status === "PASSED";
    return { kind: "outcome", account, userName, hasPassed, secondsToContained, secondsToDenied, at };
  }
  const payload = objectAt(detail, "responsePayload");
  const isResponse = payload["status"] === "QUARANTINED" && stringAt(payload, "drill") !== undefined;
  return isResponse
    ? { kind: "response", account, userName: stringAt(payload, "userName") ?? "", at }
    : undefined;
}

function callFact(
  account: string,
  detail: JsonObject,
  at: number,
  { securityAccountId, deploymentRoleOf }: FactRoles,
): DrillFact | undefined {
  const call = readApiCall(detail);
  if (call === undefined || call.errorCode !== "") {
    return undefined;
  }
  const { parameters, eventSource, eventName } = call;
  const isByRollout = isSessionOf(detail, deploymentRoleOf(account));
  switch (`${eventSource} ${eventName}`) {
    case "iam.amazonaws.com CreateUser": {
      const created = Date.parse(call.time);
      return isOfDrill(detail, account) && !Number.isNaN(created)
        ? { kind: "creation", account, userName: stringAt(parameters, "userName") ?? "", at: created }
        : undefined;
    }
    case "lambda.amazonaws.com CreateFunction":
      return isByRollout && parameters["functionName"] === DRILL_NAME
        ? { kind: "deployed", account, at }
        : undefined;
    case "events.amazonaws.com PutTargets": {
      const rule = stringAt(parameters, "rule") ?? "";
      return isByRollout && account === securityAccountId && rule.startsWith(SILENCE_RULES)
        ? { kind: "listed", at }
        : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * Whether the account's role of the drill made the call, under any path: a new `rolePath` reaches the
 * security account before the others, and their drills of the days before have the role of the old one. No
 * second role of the name can exist in an account (IAM guide, "IAM and AWS STS quotas"), and who replaces the
 * role can give it the path too.
 */
function isOfDrill(detail: JsonObject, account: string): boolean {
  const { service, accountId, resource } = parseArn(sessionRole(detail)) ?? {};
  return (
    service === "iam" &&
    accountId === account &&
    resource?.startsWith("role/") === true &&
    resource.endsWith(`/${DRILL_NAME}`)
  );
}
