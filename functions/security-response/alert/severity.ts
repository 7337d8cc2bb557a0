import type { Outcome } from "../../contract";
import { isTampered, type ContainmentResult } from "../containment/containment-result";
import { foreignInlinePolicies, foreignPolicies, type UserState } from "../containment/user-state";

export type Severity = Outcome["severity"];

/** What else counts beside the result. */
interface RatedAs {
  /** The user is one of the drill's. @default false */
  readonly isDrill?: boolean;
  /** The verdict is that of a pause. @default false */
  readonly isPaused?: boolean;
}

/**
 * The severity of a result, according to the tables in docs/runbook.md, "How severe an alert is"; a test
 * compares them. What could not be read counts as absent, and the alert says so.
 */
export function rateSeverity(
  result: ContainmentResult,
  creatorType: string,
  policyArn: string,
  { isDrill = false, isPaused = false }: RatedAs = {},
): Severity {
  const { status } = result;
  if (isDrill && status === "QUARANTINED" && !isTampered(result)) {
    return "LOW";
  }
  if (status === "IGNORED" || status === "HELD" || status === "RELEASED") {
    return "LOW";
  }
  if (status === "RESTORED" && result.undoing?.found === "release-ended" && !isTampered(result)) {
    return "MEDIUM";
  }
  if (status === "RESTORED" && result.undoing?.isUndone === false && !isTampered(result)) {
    return "HIGH";
  }
  if (["FAILED", "RESTORED", "ABANDONED"].includes(status) || isTampered(result)) {
    return "CRITICAL";
  }
  const found = pointsOf(result, creatorType, policyArn);
  return SCALE[Math.max(found, leastPoints(result, isPaused))] ?? "CRITICAL";
}

/**
 * Somebody has to look at a user who is denied everything, who vanished, or who is not denied because of a
 * pause, whatever the user has.
 */
function leastPoints({ status, gone }: ContainmentResult, isPaused: boolean): number {
  if (status === "VANISHED") {
    return gone?.isLookedUp ? 1 : 2;
  }
  return status === "QUARANTINED" || isPaused ? 1 : 0;
}

const SCALE: readonly Severity[] = ["LOW", "MEDIUM", "HIGH"];

function pointsOf({ userState = {} }: ContainmentResult, creatorType: string, policyArn: string): number {
  const attached = foreignPolicies(userState, policyArn);
  const rights = [
    ...(userState.groups ?? []),
    ...foreignInlinePolicies(userState),
    ...attached.filter(({ arn }) => !ADMINISTRATOR.test(arn) && !READ_ONLY.test(arn)),
  ];
  return (
    (creatorType === "Root" ? 2 : 0) +
    (attached.some(({ arn }) => ADMINISTRATOR.test(arn)) ? 2 : 0) +
    (rights.length > 0 ? 1 : 0) +
    (userState.accessKeys?.length ? 1 : 0) +
    (lacksMfa(userState) ? 1 : 0)
  );
}

/** AWS managed policies with which a user can do everything, or can give itself the permission to. */
const ADMINISTRATOR = /^arn:aws[a-z-]*:iam::aws:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;
/** AWS managed policies that only read, for example `AmazonS3ReadOnlyAccess`. */
const READ_ONLY = /^arn:aws[a-z-]*:iam::aws:policy\/(?:[\w-]+\/)*\w*ReadOnly(?:Access)?$/;

function lacksMfa({ consolePassword, mfaDevices }: UserState): boolean {
  return consolePassword === true && mfaDevices?.length === 0;
}
