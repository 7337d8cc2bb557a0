import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { PathProblem } from "./errors";
import { rolloutJsonSchema, type JsonSchema } from "./json-schema";
import { render, valueAt, type KeyPath } from "./key-path";

type Issue = z.core.$ZodIssue;

/** Turns what zod found into mistakes that name the place, what was expected and what was found. */
export function schemaProblems(raw: unknown, issues: readonly Issue[]): PathProblem[] {
  return issues.flatMap((issue) => fromIssue(raw, issue));
}

function fromIssue(raw: unknown, issue: Issue): PathProblem[] {
  const path = issue.path.filter((key) => typeof key !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(raw, path, key));
  }
  const value = valueAt(raw, path);
  return [{ path, expected: expectation(issue), found: render(value), ...hintFor(path, value) }];
}

function unknownKey(raw: unknown, path: KeyPath, key: string): PathProblem {
  const known = knownKeys(raw, path);
  const nearest = known.length === 0 ? undefined : closest(key, known);
  // A key that differs in more than half of its letters is another word, not a misspelling.
  const near = nearest !== undefined && distance(key, nearest) <= Math.ceil(key.length / 2);
  return {
    path: [...path, key],
    expected: `one of the keys ${known.join(", ")}`,
    found: JSON.stringify(key),
    ...(near && { hint: `did you mean ${nearest}?` }),
  };
}

/** What YAML calls the types that zod names. */
const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  object: "keys and values",
  string: "text",
  boolean: "true or false",
};

function expectation(issue: Issue): string {
  // The schema's own messages state the rule; zod's are for programmers.
  return issue.code === "invalid_type" && issue.message.startsWith("Invalid input")
    ? (TYPES[issue.expected] ?? issue.expected)
    : issue.message;
}

/**
 * An account id without quotes is a number in YAML, and one that began with 0 is now another number. A file
 * without accounts waits for the import. A partition that exists is no misspelling.
 */
function hintFor(path: KeyPath, value: unknown): { hint?: string } {
  if (path.length === 1 && path[0] === "accounts" && isNothing(value)) {
    return { hint: "quarantine accounts import fills it from AWS Organizations" };
  }
  if (path.length === 1 && path[0] === "partition" && value === "aws-eusc") {
    return { hint: "aws-eusc, the AWS European Sovereign Cloud, is not supported yet" };
  }
  if (path.at(-1) !== "id" || typeof value !== "number") {
    return {};
  }
  const lost = String(value).length < 12 ? ", where YAML drops leading zeros" : "";
  return { hint: `without quotes it is a number${lost}: write id: "${String(value).padStart(12, "0")}"` };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function knownKeys(raw: unknown, path: KeyPath): string[] {
  let at: JsonSchema | undefined = rolloutJsonSchema();
  for (const [depth, key] of path.entries()) {
    at = typeof key === "number" ? at?.items : at?.properties?.[key];
    const type = valueAt(raw, [...path.slice(0, depth + 1), "type"]);
    at = at?.oneOf?.find(({ properties }) => properties?.["type"]?.const === type) ?? at;
  }
  return Object.keys(at?.properties ?? {});
}
