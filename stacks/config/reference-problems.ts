import { formatPath, render, valueAt, type KeyPath } from "./key-path";
import { DEFAULTS, mergeTrust } from "./resolve";
import type { RolloutFile } from "./schema";
import type { PathProblem } from "./schema-problems";

/**
 * Bytes of trust that fit into the responder's environment: Lambda allows 4 KB for all variables together
 * (Lambda quotas, "Environment variables"), and the others need less than 1 KB.
 */
export const MAX_TRUST_BYTES = 3_000;

/**
 * Mistakes that no single value shows: repeated ids and names, unknown waves, a target that is the security account,
 * trust that would let everybody through. Works on a file that may be wrong elsewhere, so that all mistakes are
 * reported at once; what has the wrong type is left to the schema.
 */
export function referenceProblems(raw: unknown): PathProblem[] {
  const accounts = listAt(raw, ["accounts"]);
  const waves = listAt(raw, ["waves"]);
  return [
    ...repeats(waves.map((wave, index) => ({ value: wave, path: ["waves", index] }))),
    ...repeats([securityName(raw), ...accounts.map((_, index) => at(raw, ["accounts", index, "name"]))]),
    ...repeats(accounts.map((_, index) => at(raw, ["accounts", index, "id"]))),
    ...accounts.flatMap((_, index) => targetProblems(raw, index, waves)),
    ...trustProblems(raw, ["trust"]),
    ...accounts.flatMap((_, index) => trustProblems(raw, ["accounts", index, "trust"])),
    ...accounts.flatMap((_, index) => trustSize(raw, index)),
  ];
}

interface Place {
  readonly value: unknown;
  readonly path: KeyPath;
}

function at(raw: unknown, path: KeyPath): Place {
  return { value: valueAt(raw, path), path };
}

/** The security account's name, as written or by default: it is the name of a stack too. */
function securityName(raw: unknown): Place {
  const written = at(raw, ["securityAccount", "name"]);
  return { ...written, value: written.value ?? DEFAULTS.securityAccountName };
}

function listAt(raw: unknown, path: KeyPath): readonly unknown[] {
  const value = valueAt(raw, path);
  return Array.isArray(value) ? value : [];
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

function trustProblems(raw: unknown, path: KeyPath): PathProblem[] {
  const partition = valueAt(raw, ["partition"]) ?? "aws";
  const creators = listAt(raw, [...path, "creators"]).flatMap((_, index) => {
    const arn = at(raw, [...path, "creators", index, "arn"]);
    return typeof arn.value === "string" && arn.value.startsWith("arn:")
      ? creatorProblems(arn.value, arn.path, partition)
      : [];
  });
  const users = listAt(raw, [...path, "users"]).flatMap((entry, index) => {
    const place = [...path, "users", index];
    const narrowed = ["paths", "names"].some((key) => valueAt(entry, [key]) !== undefined);
    return narrowed ? [] : [{ path: place, expected: "paths or names", found: render(entry) }];
  });
  return [...creators, ...users];
}

function creatorProblems(arn: string, path: KeyPath, partition: unknown): PathProblem[] {
  const found = render(arn);
  const [, arnPartition, , , , ...resource] = arn.split(":");
  const [, ...name] = resource.join(":").split("/");
  const problems: PathProblem[] = [];
  if (arnPartition !== partition) {
    problems.push({ path, expected: `an ARN of the partition ${String(partition)}`, found });
  }
  if (/^[*?/]*$/.test(name.join("/"))) {
    problems.push({
      path,
      expected: "a pattern that names someone",
      found,
      hint: "this one trusts everybody",
    });
  }
  return problems;
}

function trustSize(raw: unknown, index: number): PathProblem[] {
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
