import type { StackReport } from "../../../cli/report/report";
import type { StackProgress, StackState } from "../../../cli/rollout/progress";

/** 2026-01-05, 08:00 UTC. */
export const NOW = Date.UTC(2026, 0, 5, 8);

/** A stack of a rollout that began a minute ago. */
export function stackAt(name: string, wave: string | undefined, state: StackState): StackProgress {
  return {
    target: { name, accountId: "444455556666", wave },
    state,
    startedAt: state.kind === "pending" ? undefined : NOW - 60_000,
    endedAt: state.kind === "ended" ? NOW - 15_000 : undefined,
    retries: 0,
  };
}

export function reportOf(name: string, changes: Partial<StackReport> = {}): StackReport {
  return {
    name,
    accountId: "444455556666",
    wave: "canary",
    outcome: "applied",
    retries: 0,
    startedAt: "2026-01-05T08:00:00.000Z",
    endedAt: "2026-01-05T08:01:07.000Z",
    stackSha256: "",
    ...changes,
  };
}
