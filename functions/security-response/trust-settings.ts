import type { MayUndo, TrustedCreator, TrustedUsers, TrustSettings } from "../contract";
import { isObject, type JsonObject } from "../shared/json";
import { trustEnd } from "../shared/trust-end";

/**
 * Checks the JSON of `TRUSTED_CREATIONS`. A mistake in it must not silently trust more, so unknown keys are
 * refused too.
 * @param problems gets one line per mistake
 */
export function parseTrustSettings(text: string, problems: string[]): TrustSettings {
  const value = parseJson(text, problems);
  if (value === undefined) {
    return NOBODY;
  }
  if (!isObject(value)) {
    problems.push('expected an object such as {"creators":[],"users":[]}');
    return NOBODY;
  }
  const found: string[] = [];
  checkKeys(value, ["creators", "users"], "", found);
  const creators = entries(
    value["creators"] ?? [],
    "creators",
    ["arn", "invokedBy", "paths", "names", "until"],
    checkCreator,
    found,
  );
  const users = entries(
    value["users"] ?? [],
    "users",
    ["anyCreator", "paths", "names", "until"],
    checkUsers,
    found,
  );
  problems.push(...found);
  return found.length > 0
    ? NOBODY
    : { creators: creators as unknown as TrustedCreator[], users: users as unknown as TrustedUsers[] };
}

export const NOBODY: TrustSettings = { creators: [], users: [] };

/** Exact ARN of a role: no character in it is a wildcard. */
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/;
const USER_PATH = /^\/(?:[\w+=,.@-]+\/)+$/;

/**
 * Checks the JSON of `MAY_UNDO`. As with trust, a mistake in it must not silently permit more.
 * @param problems gets one line per mistake
 */
export function parseMayUndo(text: string, problems: string[]): MayUndo[] {
  const list = parseJson(text, problems);
  if (list === undefined) {
    return [];
  }
  const found: string[] = [];
  const roles = entries(list, "", ["arn", "path"], checkMayUndo, found);
  problems.push(...found);
  return found.length > 0 ? [] : (roles as unknown as MayUndo[]);
}

function checkMayUndo({ arn, path }: JsonObject, at: string, problems: string[]): void {
  if (typeof arn !== "string" || !ROLE_ARN.test(arn)) {
    problems.push(`${at}.arn: expected the exact ARN of a role, got ${JSON.stringify(arn) ?? "nothing"}`);
  }
  if (path !== undefined && (typeof path !== "string" || !USER_PATH.test(path))) {
    problems.push(`${at}.path: expected a path such as /attack-simulation/, got ${JSON.stringify(path)}`);
  }
}

/** Undefined for text that is no JSON, which has no other way to say that. */
function parseJson(text: string, problems: string[]): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    problems.push(`expected JSON, got ${text.slice(0, 40)}`);
    return undefined;
  }
}

type Check = (entry: JsonObject, at: string, problems: string[]) => void;

/** @param name Name of the list, empty for the whole of the text. */
function entries(
  list: unknown,
  name: string,
  known: readonly string[],
  check: Check,
  problems: string[],
): JsonObject[] {
  if (!Array.isArray(list)) {
    problems.push(name === "" ? "expected a list" : `${name}: expected a list`);
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    const at = `${name}[${index}]`;
    if (!isObject(entry)) {
      problems.push(`${at}: expected an object`);
      return [];
    }
    checkKeys(entry, known, `${at}.`, problems);
    check(entry, at, problems);
    for (const field of ["paths", "names"]) {
      checkPatterns(entry[field], `${at}.${field}`, problems);
    }
    return [entry];
  });
}

function checkCreator(entry: JsonObject, at: string, problems: string[]): void {
  if (!isText(entry["arn"])) {
    problems.push(`${at}.arn: expected an ARN or a pattern of one`);
  }
  const { invokedBy } = entry;
  if (invokedBy !== undefined && !isText(invokedBy)) {
    problems.push(`${at}.invokedBy: expected a service name`);
  }
  checkUntil(entry["until"], at, problems);
}

function checkUsers(entry: JsonObject, at: string, problems: string[]): void {
  if (entry["anyCreator"] !== true) {
    problems.push(`${at}.anyCreator: expected true, spelled out`);
  }
  checkUntil(entry["until"], at, problems);
}

/** An entry whose end cannot be read must not be taken for one without end. */
function checkUntil(until: unknown, at: string, problems: string[]): void {
  if (until !== undefined && (typeof until !== "string" || trustEnd(until) === undefined)) {
    problems.push(`${at}.until: expected a date such as 2026-12-31, got ${JSON.stringify(until)}`);
  }
}

function checkPatterns(value: unknown, at: string, problems: string[]): void {
  if (value === undefined) {
    return;
  }
  if (!Array.isArray(value) || !value.every(isText)) {
    problems.push(`${at}: expected a list of patterns`);
  }
}

function checkKeys(value: JsonObject, known: readonly string[], at: string, problems: string[]): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      problems.push(`${at}${key}: unknown, expected one of ${known.join(", ")}`);
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
