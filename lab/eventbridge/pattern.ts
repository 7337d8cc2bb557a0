import { PatternError, valueTest } from "./pattern-operators";

/** Whether an event, or an object in it, matches. */
export type EventTest = (event: unknown) => boolean;

/**
 * Compiles an event pattern. Operators: exact values, null, `prefix`, `suffix`, `equals-ignore-case`,
 * `wildcard`, `anything-but`, `exists`, `numeric`, `cidr` and `$or`, as in
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws PatternError for anything else.
 */
export function compilePattern(pattern: unknown): EventTest {
  if (!isObject(pattern)) {
    throw new PatternError(`Event pattern: expected an object, found ${JSON.stringify(pattern)}.`);
  }
  return objectTest(pattern, "");
}

/** Whether an event matches a pattern. @throws PatternError for an unknown operator. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return compilePattern(pattern)(event);
}

function objectTest(pattern: Record<string, unknown>, path: string): EventTest {
  const entries = Object.entries(pattern);
  if (entries.length === 0 && path !== "") {
    throw new PatternError(`Event pattern, field ${path}: empty object.`);
  }
  const tests = entries.map(([key, condition]) =>
    key === "$or" ? orTest(condition, path) : fieldTest(key, condition, path === "" ? key : `${path}.${key}`),
  );
  return (event) => tests.every((test) => test(event));
}

function orTest(condition: unknown, path: string): EventTest {
  const alternatives = Array.isArray(condition) ? (condition as unknown[]) : [];
  if (alternatives.length < 2 || !alternatives.every(isObject)) {
    throw new PatternError(`Event pattern, field ${path}$or: expected a list of two or more objects.`);
  }
  const tests = alternatives.map((alternative) => objectTest(alternative, path));
  return (event) => tests.some((test) => test(event));
}

function fieldTest(key: string, condition: unknown, field: string): EventTest {
  if (Array.isArray(condition)) {
    if (condition.length === 0) {
      throw new PatternError(`Event pattern, field ${field}: empty list.`);
    }
    const tests = condition.map((element: unknown) => valueTest(element, field));
    return (event) => candidates(event, key).some((value) => tests.some((test) => test(value)));
  }
  if (isObject(condition)) {
    const test = objectTest(condition, field);
    return (event) => nested(event, key).some(test);
  }
  throw new PatternError(
    `Event pattern, field ${field}: expected a list of values or an object, found ${JSON.stringify(condition)}.`,
  );
}

/** The leaf values of a field; an array counts as its elements. An absent field is one `undefined`. */
function candidates(event: unknown, key: string): unknown[] {
  const value = isObject(event) ? event[key] : undefined;
  if (Array.isArray(value)) {
    return value.length === 0 ? [undefined] : value.flat(Infinity);
  }
  // "exists" works on leaves only, so an object counts as absent.
  return [isObject(value) ? undefined : value];
}

/**
 * The objects below a field. Where there is none, one empty object, so that `exists: false` below it can
 * match.
 */
function nested(event: unknown, key: string): unknown[] {
  const value = isObject(event) ? event[key] : undefined;
  const objects = (Array.isArray(value) ? (value.flat(Infinity) as unknown[]) : [value]).filter(isObject);
  return objects.length === 0 ? [{}] : objects;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
