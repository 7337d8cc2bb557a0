import type { TrustedCreator, TrustedUsers, TrustSettings } from "../contract";
import { isObject, type JsonObject } from "../shared/json";

/**
 * Checks the JSON of `TRUSTED_CREATIONS`. A mistake in it must not silently trust more, so unknown keys are
 * refused too.
 * @param problems gets one line per mistake
 */
export function parseTrustSettings(text: string, problems: string[]): TrustSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    problems.push(`expected JSON, got ${text.slice(0, 40)}`);
    return NOBODY;
  }
  if (!isObject(value)) {
    problems.push('expected an object such as {"creators":[],"users":[]}');
    return NOBODY;
  }
  const found: string[] = [];
  checkKeys(value, ["creators", "users"], "", found);
  const creators = entries(value, "creators", ["arn", "invokedBy", "paths", "names"], checkCreator, found);
  const users = entries(value, "users", ["anyCreator", "paths", "names"], checkUsers, found);
  problems.push(...found);
  return found.length > 0
    ? NOBODY
    : { creators: creators as unknown as TrustedCreator[], users: users as unknown as TrustedUsers[] };
}

export const NOBODY: TrustSettings = { creators: [], users: [] };

type Check = (entry: JsonObject, at: string, problems: string[]) => void;

function entries(
  value: JsonObject,
  key: string,
  known: readonly string[],
  check: Check,
  problems: string[],
): JsonObject[] {
  const list = value[key] ?? [];
  if (!Array.isArray(list)) {
    problems.push(`${key}: expected a list`);
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    const at = `${key}[${index}]`;
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
}

function checkUsers(entry: JsonObject, at: string, problems: string[]): void {
  if (entry["anyCreator"] !== true) {
    problems.push(`${at}.anyCreator: expected true, spelled out`);
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
