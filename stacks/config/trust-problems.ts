import { at, listAt, render, valueAt, type KeyPath } from "./key-path";
import { mergeTrust } from "./resolve";
import type { RolloutFile } from "./schema";
import type { PathProblem } from "./schema-problems";

/**
 * Bytes of trust that fit into the responder's environment: Lambda allows 4 KB for all variables together
 * (Lambda quotas, "Environment variables"), and the others need less than 1 KB.
 */
export const MAX_TRUST_BYTES = 3_000;

/** Fewer letters than these in a pattern match too much to name someone. */
const NAMING_LETTERS = 3;

/** Trust that would let nearly everybody through, or nobody. */
export function trustProblems(raw: unknown, path: KeyPath): PathProblem[] {
  const partition = valueAt(raw, ["partition"]) ?? "aws";
  const creators = listAt(raw, [...path, "creators"]).flatMap((_, index) => {
    const arn = at(raw, [...path, "creators", index, "arn"]);
    return typeof arn.value === "string" && arn.value.startsWith("arn:")
      ? creatorProblems(arn.value, arn.path, partition)
      : [];
  });
  const users = listAt(raw, [...path, "users"]).flatMap((_, index) =>
    userProblems(raw, [...path, "users", index]),
  );
  return [...creators, ...users];
}

function creatorProblems(arn: string, path: KeyPath, partition: unknown): PathProblem[] {
  const found = render(arn);
  const [, arnPartition, , , , ...rest] = arn.split(":");
  const [type, ...names] = rest.join(":").split("/");
  const problems: PathProblem[] = [];
  if (arnPartition !== partition) {
    problems.push({ path, expected: `an ARN of the partition ${String(partition)}`, found });
  }
  if (type === "assumed-role" && /[*?]/.test(names[0] ?? "")) {
    const hint = "whoever assumes a role chooses the session name, so only the role's name proves anything";
    problems.push({ path, expected: "the exact name of the role before the session name", found, hint });
  } else if (!namesSomeone(names.join(""))) {
    const hint = "this one trusts nearly everybody";
    problems.push({ path, expected: "a pattern that names someone", found, hint });
  }
  return problems;
}

function userProblems(raw: unknown, path: KeyPath): PathProblem[] {
  const patterns = ["paths", "names"].flatMap((key) =>
    listAt(raw, [...path, key]).map((_, index) => at(raw, [...path, key, index])),
  );
  if (patterns.length === 0) {
    return [{ path, expected: "paths or names", found: render(valueAt(raw, path)) }];
  }
  return patterns
    .filter(({ value }) => typeof value === "string" && !namesSomeone(value))
    .map(({ value, path: place }) => ({
      path: place,
      expected: "a pattern that names someone",
      found: render(value),
      hint: "this one trusts nearly everybody",
    }));
}

function namesSomeone(pattern: string): boolean {
  return pattern.replace(/[*?/]/g, "").length >= NAMING_LETTERS;
}

/**
 * The trust of an account, the organization's included, that does not fit into the function's environment.
 */
export function trustSizeProblems(raw: unknown, index: number): PathProblem[] {
  const parts = [["trust"], ["accounts", index, "trust"]].map(
    (path) => valueAt(raw, path) as RolloutFile["trust"],
  );
  const bytes = Buffer.byteLength(JSON.stringify(mergeTrust(...parts)));
  if (bytes <= MAX_TRUST_BYTES) {
    return [];
  }
  return [
    {
      path: ["accounts", index, "trust"],
      expected: `at most ${MAX_TRUST_BYTES} bytes of trust, the organization's and the account's together`,
      found: `${bytes} bytes`,
      hint: "it has to fit into the function's environment: use patterns",
    },
  ];
}
