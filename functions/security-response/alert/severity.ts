import type { Outcome, OutcomeStatus } from "../../contract";
import type { Holdings } from "../containment/holdings";

export type Severity = Outcome["severity"];

/**
 * How bad a creation is. Points are added up:
 *
 * | found | points |
 * |---|---|
 * | the creator is the root user | 2 |
 * | AdministratorAccess is attached | 2 |
 * | the user has an access key, active or set inactive since | 1 |
 * | the user has a console password and no MFA device | 1 |
 *
 * 0 is LOW, 1 MEDIUM, 2 HIGH, 3 and more CRITICAL. A user who is not contained is CRITICAL whatever was found; what could not
 * be checked counts as not found, and the alert says so.
 */
export function rateSeverity(status: OutcomeStatus, creatorType: string, holdings: Holdings): Severity {
  if (status === "FAILED") return "CRITICAL";
  const points =
    (creatorType === "Root" ? 2 : 0) +
    (isAdministrator(holdings) ? 2 : 0) +
    (holdings.accessKeys?.length ? 1 : 0) +
    (holdings.consolePassword && holdings.mfaDevices?.length === 0 ? 1 : 0);
  return SCALE[points] ?? "CRITICAL";
}

const SCALE: readonly Severity[] = ["LOW", "MEDIUM", "HIGH"];

const ADMINISTRATOR = /^arn:aws[a-z-]*:iam::aws:policy\/AdministratorAccess$/;

function isAdministrator({ attachedPolicies }: Holdings): boolean {
  return attachedPolicies?.some(({ arn }) => ADMINISTRATOR.test(arn)) ?? false;
}
