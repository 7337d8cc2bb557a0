import type { StackReport } from "../report/report";
import type { StackProgress, StackResult } from "../rollout/progress";
import type { ChangeCounts } from "../terraform/messages";

/** `3 to add, 1 to change`. */
export function describeCounts({ add, change, remove }: ChangeCounts, done: boolean): string {
  const parts = [
    [add, done ? "added" : "to add"],
    [change, done ? "changed" : "to change"],
    [remove, done ? "destroyed" : "to destroy"],
  ] as const;
  const texts = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  // A plan may change nothing but outputs.
  return texts.length > 0 ? texts.join(", ") : "outputs only";
}

/** The result of a stack, as text. */
export function describeResult({ outcome, counts, cause }: StackResult): string {
  switch (outcome) {
    case "unchanged":
      return "no changes";
    case "changed":
      return counts === undefined ? "changes" : describeCounts(counts, false);
    case "applied":
      return counts === undefined ? "applied" : describeCounts(counts, true);
    case "failed":
      return `failed: ${cause ?? "unknown cause"}`;
    case "declined":
      return "not approved";
    case "not-started":
      return `not started: ${cause ?? "the rollout stopped"}`;
  }
}

/** The same for a stack in a report. */
export function describeReport({ outcome, changes, cause }: StackReport): string {
  return outcome === "pending" || outcome === "working"
    ? outcome
    : describeResult({ outcome, ...(changes && { counts: changes }), ...(cause !== undefined && { cause }) });
}

/** The state of a stack, as text. */
export function describeState({ state }: StackProgress, now: number): string {
  switch (state.kind) {
    case "pending":
      return "pending";
    case "working":
      return state.detail === undefined ? state.step : `${state.step}, ${state.detail}`;
    case "waiting":
      return `${state.step} again in ${Math.max(0, Math.ceil((state.againAt - now) / 1000))} s: ${state.cause}`;
    case "planned":
      return `planned, ${describeCounts(state.counts, false)}`;
    case "ended":
      return describeResult(state.result);
  }
}

/** Cuts a text to this number of characters, and marks that it was cut. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Minutes and seconds: `0:07`, `12:30`. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
