import { isIPv4 } from "node:net";
import { LabError } from "../shared/errors";

/** An event pattern that the lab does not support. Ignoring the unknown part would match wrong events. */
export class PatternError extends LabError {}

/** Whether a value of an event matches; `undefined` is an absent field. */
export type ValueTest = (value: unknown) => boolean;

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

const OPERATORS: Readonly<Record<string, (operand: unknown, field: string) => ValueTest>> = {
  exists: (operand, field) => {
    if (typeof operand !== "boolean") {
      throw wrong(field, "exists", "true or false", operand);
    }
    return (value) => (value !== undefined) === operand;
  },
  prefix: textTest("prefix", (text, operand) => text.startsWith(operand)),
  suffix: textTest("suffix", (text, operand) => text.endsWith(operand)),
  "equals-ignore-case": (operand, field) => {
    const wanted = asText(operand, "equals-ignore-case", field).toLowerCase();
    return (value) => typeof value === "string" && value.toLowerCase() === wanted;
  },
  wildcard: (operand, field) => {
    const expression = wildcard(asText(operand, "wildcard", field), field);
    return (value) => typeof value === "string" && expression.test(value);
  },
  numeric: (operand, field) => {
    const tests = comparisons(operand, field);
    return (value) => typeof value === "number" && tests.every((test) => test(value));
  },
  cidr: (operand, field) => {
    const contains = addressBlock(asText(operand, "cidr", field), field);
    return (value) => typeof value === "string" && contains(value);
  },
  "anything-but": anythingBut,
};

/** The test for an element of a list in a pattern: a literal, or an object with one operator. */
export function valueTest(element: unknown, field: string): ValueTest {
  if (element === null || ["string", "number", "boolean"].includes(typeof element)) {
    return (value) => value === element;
  }
  const operators = typeof element === "object" && element !== null && !Array.isArray(element) ? element : {};
  const entries: [string, unknown][] = Object.entries(operators);
  const [entry, ...more] = entries;
  if (entry === undefined || more.length > 0) {
    throw wrong(field, "an element", "a literal or one operator", element);
  }
  const [name, operand] = entry;
  const operator = OPERATORS[name];
  if (operator === undefined) {
    throw new PatternError(
      `Event pattern, field ${field}: the lab does not know the operator "${name}" (known: ${Object.keys(OPERATORS).join(", ")}).`,
    );
  }
  return operator(operand, field);
}

function textTest(
  name: string,
  matches: (text: string, operand: string) => boolean,
): (operand: unknown, field: string) => ValueTest {
  return (operand, field) => {
    if (typeof operand === "object" && operand !== null && "equals-ignore-case" in operand) {
      const wanted = asText(operand["equals-ignore-case"], name, field).toLowerCase();
      return (value) => typeof value === "string" && matches(value.toLowerCase(), wanted);
    }
    const wanted = asText(operand, name, field);
    return (value) => typeof value === "string" && matches(value, wanted);
  };
}

/**
 * A field that is absent is not "anything but":
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
function anythingBut(operand: unknown, field: string): ValueTest {
  const nested = typeof operand === "object" && operand !== null && !Array.isArray(operand);
  const excluded = nested
    ? nestedAnythingBut(operand, field)
    : asList(operand).map((item) => literal(item, field));
  return (value) => value !== undefined && !excluded.some((matches) => matches(value));
}

function nestedAnythingBut(operand: object, field: string): ValueTest[] {
  return Object.entries(operand).flatMap(([name, inner]: [string, unknown]) => {
    if (!["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(name)) {
      throw new PatternError(
        `Event pattern, field ${field}: the lab does not support "anything-but" with "${name}".`,
      );
    }
    return asList(inner).map((item) => valueTest({ [name]: item }, field));
  });
}

function literal(element: unknown, field: string): ValueTest {
  if (typeof element === "object") {
    throw wrong(field, "anything-but", "strings or numbers", element);
  }
  return (value) => value === element;
}

function comparisons(operand: unknown, field: string): ((value: number) => boolean)[] {
  const list = asList(operand);
  if (list.length === 0 || list.length % 2 !== 0) {
    throw wrong(field, "numeric", "pairs of operator and number", operand);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const compare = COMPARISONS[String(list[index])];
    const bound = list[index + 1];
    if (compare === undefined || typeof bound !== "number") {
      throw wrong(field, "numeric", "pairs of operator and number", operand);
    }
    tests.push((value) => compare(value, bound));
  }
  return tests;
}

/** `*` matches any characters; `\*` and `\\` are literal. */
function wildcard(text: string, field: string): RegExp {
  if (text.includes("**")) {
    throw wrong(field, "wildcard", "no two * in a row", text);
  }
  const source = text.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\]/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) {
      return `\\${escaped}`;
    }
    return found === "*" ? "[\\s\\S]*" : `\\${found}`;
  });
  return new RegExp(`^${source}$`);
}

function addressBlock(block: string, field: string): (address: string) => boolean {
  const [network = "", bits = ""] = block.split("/");
  const size = Number(bits);
  if (!isIPv4(network) || !/^\d+$/.test(bits) || size > 32) {
    throw wrong(field, "cidr", "an IPv4 block", block);
  }
  const prefix = (address: string): number => Math.floor(addressNumber(address) / 2 ** (32 - size));
  return (address) => isIPv4(address) && prefix(address) === prefix(network);
}

function addressNumber(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function asList(operand: unknown): unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}

function asText(operand: unknown, name: string, field: string): string {
  if (typeof operand === "string") {
    return operand;
  }
  throw wrong(field, name, "a string", operand);
}

function wrong(field: string, name: string, expected: string, found: unknown): PatternError {
  return new PatternError(
    `Event pattern, field ${field}: ${name} takes ${expected}, found ${JSON.stringify(found)}.`,
  );
}
