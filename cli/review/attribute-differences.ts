import { isDeepStrictEqual } from "node:util";
import { isObject, parseObject } from "../../functions/shared/json";
import { cut } from "../../functions/shared/text";
import type { Difference } from "./review";

/** Stands where a resource or an attribute is not. */
export const ABSENT = "absent";

const SENSITIVE = "(sensitive)";

/** Characters of a value: a policy's statement fits, a whole function's environment does not. */
const MAX_VALUE = 300;

/** Attributes of one resource. */
export interface Attributes {
  readonly value: unknown;
  /**
   * Which of them are sensitive: `true` for all of a value, or an object or list in its shape. Source:
   * https://developer.hashicorp.com/terraform/internals/json-format#change-representation
   */
  readonly sensitive: unknown;
}

/**
 * Where the attributes of a resource disagree, each with its path. JSON documents, such as policies and event
 * patterns, are compared by their parts. The order in a list does not count: most are sets, and no list of
 * the deployed resources has an order that means something. Nothing, `""`, `[]` and `{}` are the same.
 */
export function attributeDifferences(address: string, expected: Attributes, found: Attributes): Difference[] {
  return differencesAt([], expected, found).map((each) => ({ address, ...each }));
}

type Place = readonly (string | number)[];

function differencesAt(place: Place, expected: Attributes, found: Attributes): Omit<Difference, "address">[] {
  if (isSame(expected.value, found.value)) {
    return [];
  }
  const isSensitive = expected.sensitive === true || found.sensitive === true;
  if (!isSensitive) {
    const [before, after] = [partsOf(expected), partsOf(found)];
    if (before !== undefined && after !== undefined && before.isList === after.isList) {
      return pairs(before, after).flatMap(({ key, expected: own = NOTHING, found: other = NOTHING }) =>
        differencesAt([...place, key], own, other),
      );
    }
  }
  const text = ({ value, sensitive }: Attributes) =>
    isEmpty(value) ? ABSENT : textOf(withoutSensitive(value, isSensitive || sensitive));
  return [{ attribute: place.join("."), expected: text(expected), found: text(found) }];
}

const NOTHING: Attributes = { value: null, sensitive: false };

function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b) || (isEmpty(a) && isEmpty(b));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}

/** What an object, a list or the text of a JSON document consists of. */
interface Parts {
  readonly isList: boolean;
  readonly parts: ReadonlyMap<string | number, Attributes>;
}

/** Undefined for what has no parts. What is empty has none, so that it shows as absent. */
function partsOf({ value, sensitive }: Attributes): Parts | undefined {
  if (isEmpty(value)) {
    return undefined;
  }
  if (typeof value === "string") {
    return partsOf({ value: parseObject(value), sensitive });
  }
  const isList = Array.isArray(value);
  const entries: Iterable<[string | number, unknown]> = isList
    ? (value as unknown[]).entries()
    : Object.entries(isObject(value) ? value : {});
  const parts = new Map(
    [...entries].map(([key, each]) => [key, { value: each, sensitive: below(sensitive, key) }]),
  );
  return parts.size === 0 ? undefined : { isList, parts };
}

function below(sensitive: unknown, key: string | number): unknown {
  return sensitive === true || (sensitive as Readonly<Record<string, unknown>> | null | undefined)?.[key];
}

interface Pair {
  readonly key: string | number;
  readonly expected?: Attributes | undefined;
  readonly found?: Attributes | undefined;
}

function pairs(expected: Parts, found: Parts): Pair[] {
  if (!expected.isList) {
    const keys = new Set([...expected.parts.keys(), ...found.parts.keys()]);
    return [...keys].map((key) => ({ key, expected: expected.parts.get(key), found: found.parts.get(key) }));
  }
  const left = new Map(found.parts);
  /** Takes the first part that is left and fits. */
  const take = (fits: (part: Attributes) => boolean): Attributes | undefined => {
    const [key, part] = [...left].find(([, each]) => fits(each)) ?? [];
    if (key !== undefined) {
      left.delete(key);
    }
    return part;
  };
  const others = [...expected.parts].filter(
    ([, part]) => take((each) => isSame(part.value, each.value)) === undefined,
  );
  const paired = others.map(([key, part]) => {
    const name = nameOf(part.value);
    return { key, expected: part, found: take((each) => name !== undefined && nameOf(each.value) === name) };
  });
  // What has no namesake is one that was changed, as long as there is one of the other side for it.
  const filled = paired.map((pair) => ({
    ...pair,
    found:
      pair.found ??
      take((each) => nameOf(each.value) === undefined || nameOf(pair.expected.value) === undefined),
  }));
  return [...filled, ...[...left].map(([key, part]) => ({ key, found: part }))];
}

/** By what the elements of a list are told apart, such as statements of a policy and inline policies. */
const NAMES = ["Sid", "Id", "name", "id", "key"];

function nameOf(value: unknown): unknown {
  return isObject(value)
    ? NAMES.map((name) => value[name]).find((name) => typeof name === "string")
    : undefined;
}

function textOf(value: unknown): string {
  return cut(typeof value === "string" ? value : JSON.stringify(value), MAX_VALUE);
}

function withoutSensitive(value: unknown, sensitive: unknown): unknown {
  if (sensitive === true) {
    return SENSITIVE;
  }
  if (Array.isArray(value)) {
    return value.map((each, index) => withoutSensitive(each, below(sensitive, index)));
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, withoutSensitive(each, below(sensitive, key))]),
      )
    : value;
}
