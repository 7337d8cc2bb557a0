import { PAUSED_DESCRIPTION } from "../../functions/contract";
import { writePause } from "../../functions/shared/pause";
import { cut } from "../../functions/shared/text";
import { escapeControlCharacters } from "../escape-control-characters";
import { EXIT, type ExitCode } from "../exit-codes";
import type { PauseOrder } from "./pause-account";
import type { PausedAccount } from "./pause-accounts";

/** A pause, as the operator requests it. */
export interface PauseFacts {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly operator: string;
  readonly approvedBy: string;
  readonly reason: string;
}

/** The longest description of a function (Lambda API reference, UpdateFunctionConfiguration). */
const MAX_DESCRIPTION = 256;

/** The order for a pause. `plan`, the console and the alert about the change show its description. */
export function pauseOrder({ until, operator, approvedBy, reason }: PauseFacts): PauseOrder {
  const end = `${new Date(until).toISOString().slice(0, 19)}Z`;
  const text = `${PAUSED_DESCRIPTION}${end} by ${operator}, approved by ${approvedBy}: ${reason}`;
  return {
    variable: writePause({ until, by: operator }),
    description: cut(escapeControlCharacters(text), MAX_DESCRIPTION),
  };
}

/** Up to this number, accounts are named; more are only counted. Failed accounts are always named. */
const NAMED = 20;

/**
 * The result for people: the number of accounts in which the order took effect, the accounts that needed no
 * change, and every failed account with the reason.
 *
 * @param done The state of an account in which the order took effect, such as `paused until
 * 2026-12-24T18:00:00Z`.
 */
export function pauseText(accounts: readonly PausedAccount[], done: string): string {
  const named = (each: PausedAccount): string => `${each.account.name} (${each.account.id})`;
  const ready = accounts.filter(({ result }) => result.kind === "done");
  const reasons = new Map<string, string[]>();
  for (const each of accounts) {
    if (each.result.kind === "nothing-to-do") {
      reasons.set(each.result.why, [...(reasons.get(each.result.why) ?? []), named(each)]);
    }
  }
  const failed = accounts.flatMap((each) =>
    each.result.kind === "failed" ? [`FAILED ${named(each)}: ${each.result.error}`] : [],
  );
  return [
    ...failed,
    ...[...reasons].map(([why, names]) => `${count(names.length)} ${why}: ${list(names)}`),
    `${count(ready.length)} ${done}${ready.length > 0 ? `: ${list(ready.map(named))}` : ""}`,
    ...(failed.length > 0 ? [`${count(failed.length)} FAILED: run the command again for them`] : []),
  ]
    .map(escapeControlCharacters)
    .join("\n");
}

/** The result for machines. */
export function pauseJson(accounts: readonly PausedAccount[]): object {
  return {
    accounts: accounts.map(({ account: { id, name }, result }) => ({ id, name, ...result })),
  };
}

export function pauseExitCode(accounts: readonly PausedAccount[]): ExitCode {
  return accounts.some(({ result }) => result.kind === "failed") ? EXIT.failed : EXIT.done;
}

function list(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function count(accounts: number): string {
  return `${accounts} ${accounts === 1 ? "account" : "accounts"}`;
}
