import { guardTargets } from "../../stacks/config/guard-targets";
import type { Rollout } from "../../stacks/config/rollout";
import type { AccountReading } from "./read-account";
import type { ReviewedAccount } from "./review";

export type GuardCoverage = ReviewedAccount["guard"];

/** What the guard depends on of an account. */
export interface GuardedAccount {
  readonly id: string;
  /** Path of its organizational unit; null when AWS Organizations was not asked. */
  readonly unit: string | null;
}

/** What the guard's coverage is known from. */
export interface GuardKnowledge {
  readonly rollout: Pick<Rollout, "guard" | "securityAccount" | "accounts" | "managementAccount">;
  /** State of the guard's stack; undefined while the guard is off. */
  readonly reading: AccountReading | undefined;
  /** Paths of the organizational units by id; undefined when AWS Organizations was not asked. */
  readonly unitPaths: ReadonlyMap<string, string> | undefined;
}

/**
 * Whether the guard binds an account, by the guard's state. An organizational unit counts for the accounts
 * below it, which only AWS Organizations knows. No service control policy binds the management account
 * (Organizations guide, "Service control policies").
 */
export function guardCoverage({ id, unit }: GuardedAccount, knowledge: GuardKnowledge): GuardCoverage {
  const { rollout, reading, unitPaths } = knowledge;
  if (!rollout.guard.enabled) {
    return "off";
  }
  if (id === rollout.managementAccount?.id) {
    return "not-covered";
  }
  const covering = guardTargets(rollout).filter((target) => {
    const unitPath = unitPaths?.get(target.id);
    return target.kind === "account" ? target.id === id : isBelow(unit, unitPath);
  });
  if (covering.length === 0) {
    return rollout.guard.organizationalUnits !== undefined && unit === null ? "unknown" : "not-covered";
  }
  if (reading === undefined || reading.kind === "unreadable") {
    return "unknown";
  }
  const attachedTo = reading.kind === "read" ? reading.attachedTo : [];
  return covering.some((target) => attachedTo.includes(target.id)) ? "attached" : "not-attached";
}

function isBelow(unit: string | null, above: string | undefined): boolean {
  return unit !== null && above !== undefined && (unit === above || unit.startsWith(`${above}/`));
}
