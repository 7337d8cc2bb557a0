import type { Outcome } from "../../contract";
import { isTampered, type ContainmentResult } from "../containment/containment-result";
import { foreignInlinePolicies, foreignPolicies, type UserState } from "../containment/user-state";

export type Severity = Outcome["severity"];

/**
 * How bad a creation is. Points are added up:
 *
 * | found | points | |---|---| | the creator is the root user | 2 | | AdministratorAccess, IAMFullAccess or
 * PowerUserAccess is attached | 2 | | the user is in a group, or has an inline policy or another policy
 * attached that is not one of AWS's read-only ones | 1 | | the user has an access key, active or set inactive
 * since | 1 | | the user has a console password and no MFA device | 1 |
 *
 * 0 is LOW, 1 MEDIUM, 2 HIGH, 3 and more CRITICAL. A user who is not contained, or a quarantine policy that
 * was tampered with, is CRITICAL whatever was found. A user who vanished is MEDIUM at least, HIGH when its id
 * could not be looked up; one that was left alone after a late event is LOW. What could not be checked counts
 * as not found, and the alert says so.
 *
 * A drill's user is LOW once it is quarantined, whatever was found.
 */
export function rateSeverity(
  result: ContainmentResult,
  creatorType: string,
  policyArn: string,
  isDrill = false,
): Severity {
  const { status, gone } = result;
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
  const points = status === "VANISHED" ? Math.max(found, gone?.isLookedUp ? 1 : 2) : found;
  return SCALE[points] ?? "CRITICAL";
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

/** Policies of AWS by which a user can do everything, or get the right to. */
const ADMINISTRATOR = /^arn:aws[a-z-]*:iam::aws:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;
/** Policies of AWS that only read, for example `AmazonS3ReadOnlyAccess`. */
const READ_ONLY = /^arn:aws[a-z-]*:iam::aws:policy\/(?:[\w-]+\/)*\w*ReadOnly(?:Access)?$/;

function lacksMfa({ consolePassword, mfaDevices }: UserState): boolean {
  return consolePassword === true && mfaDevices?.length === 0;
}
