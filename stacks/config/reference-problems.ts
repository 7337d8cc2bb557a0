import { accountImportProblems } from "./account-import";
import { backendProblems } from "./backend";
import { channelProblems, webhookNames } from "./channels";
import { concurrencyProblems } from "./concurrency";
import { drillProblems } from "./drill";
import type { PathProblem } from "./errors";
import { guardProblems } from "./guard";
import { at, formatPath, listAt, render, valueAt, type KeyPath, type Place } from "./key-path";
import { resourceSettingsProblems } from "./resource-settings";
import { DEFAULT_MANAGEMENT_ACCOUNT_NAME, DEFAULT_SECURITY_ACCOUNT_NAME } from "./schema";
import { endedTrustProblems, trustProblems, trustSizeProblems } from "./trust";

/**
 * Mistakes that no single value shows: repeated ids and names, unknown waves, a target that is the security
 * account, a backend out of reach, trust that matches nearly everyone. The file may have other mistakes, so
 * that all are reported at once; values of the wrong type are left to the schema.
 *
 * @param now Milliseconds since the epoch: trust that has ended by then is a mistake. Undefined for none.
 */
export function referenceProblems(raw: unknown, now?: number): PathProblem[] {
  const accounts = listAt(raw, ["accounts"]);
  const waves = listAt(raw, ["waves"]);
  const trusts = [["trust"], ...accounts.map((_, index) => ["accounts", index, "trust"])];
  return [
    ...repeats(waves.map((wave, index) => ({ value: wave, path: ["waves", index] }))),
    ...repeats([...centralNames(raw), ...accounts.map((_, index) => at(raw, ["accounts", index, "name"]))]),
    ...repeats(accounts.map((_, index) => at(raw, ["accounts", index, "id"]))),
    ...accounts.flatMap((_, index) => targetProblems(raw, index, waves)),
    ...repeats(webhookNames(raw)),
    ...channelProblems(raw),
    ...concurrencyProblems(raw),
    ...drillProblems(raw),
    ...accountImportProblems(raw),
    ...backendProblems(raw),
    ...guardProblems(raw),
    ...resourceSettingsProblems(raw),
    ...trusts.flatMap((path) => trustProblems(raw, path)),
    ...(now === undefined ? [] : trusts.flatMap((path) => endedTrustProblems(raw, path, now))),
    ...accounts.flatMap((_, index) => trustSizeProblems(raw, index)),
    ...[["defaults"], ["securityAccount"], ...accounts.map((_, index) => ["accounts", index])].flatMap(
      (owner) => repeatedEmails(raw, owner),
    ),
  ];
}

/** SNS subscribes an address once, whatever its case. */
function repeatedEmails(raw: unknown, owner: KeyPath): PathProblem[] {
  const path = [...owner, "notificationEmails"];
  return repeats(
    listAt(raw, path).map((email, index) => ({
      value: typeof email === "string" ? email.toLowerCase() : email,
      path: [...path, index],
    })),
  );
}

/** The names of the accounts that are no targets, as written or by default: they are names of stacks too. */
function centralNames(raw: unknown): Place[] {
  const security = at(raw, ["securityAccount", "name"]);
  const management = at(raw, ["managementAccount", "name"]);
  const hasManagement = valueAt(raw, ["managementAccount"]) !== undefined;
  return [
    { ...security, value: security.value ?? DEFAULT_SECURITY_ACCOUNT_NAME },
    ...(hasManagement ? [{ ...management, value: management.value ?? DEFAULT_MANAGEMENT_ACCOUNT_NAME }] : []),
  ];
}

function repeats(places: readonly Place[]): PathProblem[] {
  const first = new Map<unknown, KeyPath>();
  return places.flatMap(({ value, path }) => {
    if (typeof value !== "string") {
      return [];
    }
    const earlier = first.get(value);
    if (earlier === undefined) {
      first.set(value, path);
      return [];
    }
    return [
      { path, expected: "a value of its own", found: `${render(value)}, as in ${formatPath(earlier)}` },
    ];
  });
}

function targetProblems(raw: unknown, index: number, waves: readonly unknown[]): PathProblem[] {
  const id = at(raw, ["accounts", index, "id"]);
  const wave = at(raw, ["accounts", index, "wave"]);
  const problems: PathProblem[] = [];
  if (typeof id.value === "string" && id.value === valueAt(raw, ["securityAccount", "id"])) {
    problems.push({
      path: id.path,
      expected: "an account other than the security account",
      found: render(id.value),
      hint: "the security account receives the events and is not a target; keep IAM users out of it with an SCP",
    });
  }
  if (typeof wave.value === "string" && !waves.includes(wave.value)) {
    problems.push({
      path: wave.path,
      expected: `one of the waves ${waves.join(", ")}`,
      found: render(wave.value),
    });
  }
  return problems;
}
