import type { PathProblem } from "./errors";
import { at, listAt, render, type KeyPath } from "./key-path";

/** Lambda's default, per account and Region. Source: Lambda guide, "Lambda quotas". */
export const DEFAULT_CONCURRENCY_QUOTA = 1_000;

/** What Lambda keeps for all other functions. Source: Lambda guide, "Configuring reserved concurrency". */
const UNRESERVED = 100;

/** Reservations that Lambda would refuse, in `defaults` and in accounts. */
export function concurrencyProblems(raw: unknown): PathProblem[] {
  const accounts = listAt(raw, ["accounts"]).map((_, index): KeyPath => ["accounts", index]);
  return [["defaults"], ...accounts].flatMap((owner) => reservationProblems(raw, owner));
}

function reservationProblems(raw: unknown, owner: KeyPath): PathProblem[] {
  const own = (key: string) => at(raw, [...owner, key]);
  const inherited = (key: string) => own(key).value ?? at(raw, ["defaults", key]).value;
  const reserved = inherited("reservedConcurrency");
  const quota = inherited("concurrencyQuota") ?? DEFAULT_CONCURRENCY_QUOTA;
  const written = [own("reservedConcurrency"), own("concurrencyQuota")].find(
    ({ value }) => value !== undefined,
  );
  // What an account takes over is reported in `defaults`; values of another type by the schema.
  if (written === undefined || typeof reserved !== "number" || typeof quota !== "number") {
    return [];
  }
  const most = quota - UNRESERVED;
  if (reserved <= most) {
    return [];
  }
  return [
    {
      path: [...owner, "reservedConcurrency"],
      expected: most < 1 ? `no reservation with a quota of ${quota}` : `at most ${most}`,
      found: render(reserved),
      hint:
        `${UNRESERVED} of the account's ${quota} concurrent executions have to stay unreserved. New accounts begin ` +
        "with 10 and can reserve nothing; concurrencyQuota says that the quota is another one",
    },
  ];
}
