import type { ChangeCounts } from "./messages";
import type { PlannedChanges } from "./planned-changes";

/** A saved plan: the shown changes, which an apply makes. */
export interface StackPlan extends PlannedChanges {
  /** Account that it was made for: 12 digits. */
  readonly accountId: string;
  /** Absolute path of the plan, for `terraform apply` and `terraform show`. Holds values of the state. */
  readonly file: string;
  /** True for a plan that removes the whole stack, except for what it keeps. */
  readonly destroys: boolean;
  /** How many resources such a plan leaves. @default 0 */
  readonly kept?: number;
  /** False if the account is as configured: there is nothing to apply. */
  readonly hasChanges: boolean;
}

/**
 * Types of resources that a retirement keeps by default: logs, and the dead-letter queue. They stay in the
 * account's state, so that the next rollout uses them again.
 */
export const KEPT_TYPES: readonly string[] = ["aws_cloudwatch_log_group", "aws_sqs_queue"];

export const NO_CHANGES: ChangeCounts = { add: 0, change: 0, remove: 0 };

export const NOTHING_PLANNED: PlannedChanges = {
  counts: NO_CHANGES,
  changes: [],
  effects: [],
  unconfirmed: [],
};

/**
 * What may remain of a change after an apply that failed half-way: a resource that failed during creation is
 * replaced the next time, and of a replacement either half may be done.
 */
const REST: Readonly<Record<string, readonly string[]>> = {
  create: ["replace", "update"],
  replace: ["create", "delete", "update"],
};

/** Whether a plan contains only changes of an approved plan, or what remains of them. */
export function isPartOf(plan: StackPlan, approved: StackPlan): boolean {
  const shown = new Map(approved.changes.map(({ address, action }) => [address, action]));
  return plan.changes.every(({ address, action }) => {
    const before = shown.get(address);
    return before !== undefined && (before === action || REST[before]?.includes(action) === true);
  });
}
