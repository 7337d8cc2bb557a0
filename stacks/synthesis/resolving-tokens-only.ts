import { Token, Tokenization, type ResolveOptions } from "cdktf";

type Resolve = (value: unknown, options: ResolveOptions) => unknown;

/** CDKTF's own resolver: https://developer.hashicorp.com/terraform/cdktf/concepts/tokens */
const tokenization: { resolve: Resolve } = Tokenization;

/**
 * Runs a synthesis in which CDKTF resolves only what may hold a token. Otherwise it searches every string
 * three times on each of its two passes over a stack (cdktf 0.21, tokens/private/resolve), and most strings
 * hold none.
 */
export function resolvingTokensOnly<T>(synthesize: () => T): T {
  const original = tokenization.resolve;
  tokenization.resolve = (value, options) => resolveTokens(value, (part) => original(part, options));
  try {
    return synthesize();
  } finally {
    tokenization.resolve = original;
  }
}

/** Copies plain data without what is undefined, as CDKTF does, and hands it everything else as it is. */
function resolveTokens(value: unknown, resolve: (part: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return mayBeToken(value) ? resolve(value) : value;
  }
  if (Array.isArray(value)) {
    // A token can stand for a whole list, so a list is left to CDKTF as a whole.
    return value.some(mayBeToken)
      ? resolve(value)
      : value.map((item) => resolveTokens(item, resolve)).filter((item) => item !== undefined);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    return resolve(value);
  }
  const resolved: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    // The same holds for a map, whose key is the token then, and for an object that is one.
    if (typeof item === "function" || mayBeToken(key)) {
      return resolve(value);
    }
    const result = resolveTokens(item, resolve);
    if (result !== undefined) {
      resolved[key] = result;
    }
  }
  return resolved;
}

/**
 * Marks of a token in a string: its name, or the exponent of a token that stands for a number, which is near
 * 1e289.
 */
const TOKEN_MARK = /TfToken\[|e\+/;

/** Whether a single value is a token or holds one. Says yes in doubt. */
function mayBeToken(value: unknown): boolean {
  if (typeof value === "string") {
    return TOKEN_MARK.test(value) || STAND_INS.has(value);
  }
  if (typeof value === "number") {
    return !Number.isSafeInteger(value) || STAND_INS.has(value);
  }
  // CDKTF refuses functions.
  return typeof value === "function";
}

/** What CDKTF puts in place of a map's values. On their own they are a mistake, which CDKTF reports. */
const STAND_INS: ReadonlySet<unknown> = new Set([
  Token.STRING_MAP_TOKEN_VALUE,
  Token.NUMBER_MAP_TOKEN_VALUE,
  Token.ANY_MAP_TOKEN_VALUE,
]);
