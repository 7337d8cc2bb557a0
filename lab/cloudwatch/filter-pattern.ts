import { LabError } from "../shared/errors";

/** A filter pattern that CloudWatch Logs, or the lab, does not understand. */
export class FilterPatternError extends LabError {}

/** Whether a log event's message matches. */
export type MessageTest = (message: string) => boolean;

type JsonTest = (event: unknown) => boolean;
/** Any element of an array. */
const ANY = Symbol("[*]");
type Step = string | number | typeof ANY;

/** Selectors with `[*]` that one pattern may have. Source: CloudWatch Logs guide, as below, "Quotas". */
const MAX_WILDCARD_SELECTORS = 3;

/**
 * Compiles a filter pattern for JSON log events, or for terms in unstructured ones. The lab lacks patterns
 * for space-delimited events, regular expressions and `$.*`, and refuses them. Grammar: CloudWatch Logs
 * guide, "Filter pattern syntax for metric filters" and "Using filter patterns to match terms in JSON log
 * events".
 */
export function compileFilterPattern(pattern: string): MessageTest {
  const text = pattern.trim();
  if (text.startsWith("{")) {
    const test = new JsonPattern(text).compile();
    return (message) => {
      const event = parsed(message);
      return event !== undefined && test(event);
    };
  }
  if (text.startsWith("[") || text.includes("%")) {
    throw new FilterPatternError(`Invalid metric filter pattern: the lab does not support ${pattern}`);
  }
  return compileTerms(text);
}

/** The value at a selector such as `$.detail.items[0]`; undefined when the message has none. */
export function selectValue(selector: string, message: string): unknown {
  return valuesAt(new JsonPattern(selector).selector(), parsed(message))[0];
}

/** All terms have to be there, one of those with `?`, and none with `-`. Case counts. */
function compileTerms(text: string): MessageTest {
  const terms = [...text.matchAll(/([?-]?)(?:"([^"]*)"|([^\s"]+))/g)].map(
    ([, sign = "", quoted, bare = ""]) => ({ sign, term: quoted ?? bare }),
  );
  const of = (wanted: string): string[] =>
    terms.filter(({ sign }) => sign === wanted).map(({ term }) => term);
  const [required, excluded, optional] = [of(""), of("-"), of("?")];
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    // Beside required terms, CloudWatch Logs ignores the optional ones.
    (optional.length === 0 || required.length > 0 || optional.some((term) => message.includes(term)));
}

function parsed(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const TOKEN =
  /\s*(?:(&&|\|\||!=|<=|>=|[=<>(){}[\]*,])|"((?:[^"\\]|\\.)*)"|'([^']*)'|(\$?[A-Za-z0-9_.+$*:/@#-]+))/y;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** A parser for `{ SELECTOR OPERATOR VALUE }`, with `&&`, `||` and parentheses. */
class JsonPattern {
  private readonly tokens: Token[] = [];
  private at = 0;
  private wildcardSelectors = 0;

  constructor(private readonly pattern: string) {
    TOKEN.lastIndex = 0;
    for (let position = 0; pattern.slice(position).trim() !== ""; position = TOKEN.lastIndex) {
      TOKEN.lastIndex = position;
      const found = TOKEN.exec(pattern);
      if (found === null) {
        throw this.invalid();
      }
      const quoted = found[2] ?? found[3];
      this.tokens.push({ text: quoted ?? found[1] ?? found[4] ?? "", quoted: quoted !== undefined });
    }
  }

  compile(): JsonTest {
    this.expect("{");
    const test = this.any();
    this.expect("}");
    if (this.at < this.tokens.length) {
      throw this.invalid();
    }
    return test;
  }

  selector(): readonly Step[] {
    const { text, quoted } = this.take();
    // Letters, digits, hyphens and underscores; anything else stands in brackets and quotes.
    if (quoted || !/^\$(\.[A-Za-z0-9_-]+)*$/.test(text)) {
      throw this.invalid();
    }
    const steps: Step[] = text.split(".").slice(1);
    while (this.accept("[")) {
      steps.push(this.element());
      this.expect("]");
      const next = this.tokens[this.at];
      if (next !== undefined && !next.quoted && /^(\.[A-Za-z0-9_-]+)+$/.test(next.text)) {
        steps.push(...next.text.split(".").slice(1));
        this.at++;
      }
    }
    const wildcards = steps.filter((step) => step === ANY).length;
    this.wildcardSelectors += wildcards;
    if (wildcards > 1 || this.wildcardSelectors > MAX_WILDCARD_SELECTORS) {
      throw this.invalid();
    }
    return steps;
  }

  private element(): Step {
    const { text, quoted } = this.take();
    if (quoted) {
      return text;
    }
    if (text === "*") {
      return ANY;
    }
    if (!/^\d+$/.test(text)) {
      throw this.invalid();
    }
    return Number(text);
  }

  private any(): JsonTest {
    const tests = [this.all()];
    while (this.accept("||")) {
      tests.push(this.all());
    }
    return (event) => tests.some((test) => test(event));
  }

  private all(): JsonTest {
    const tests = [this.one()];
    while (this.accept("&&")) {
      tests.push(this.one());
    }
    return (event) => tests.every((test) => test(event));
  }

  private one(): JsonTest {
    if (this.accept("(")) {
      const test = this.any();
      this.expect(")");
      return test;
    }
    const path = this.selector();
    if (this.accept("NOT")) {
      this.expect("EXISTS");
      return (event) => valuesAt(path, event).length === 0;
    }
    const test = this.comparison();
    return (event) => valuesAt(path, event).some(test);
  }

  private comparison(): (value: unknown) => boolean {
    const operator = this.take().text;
    switch (operator) {
      case "IS":
        return this.is(this.take().text);
      case "=":
      case "!=": {
        const equal = this.equal(this.take());
        // A selector of anything but text or a number matches neither.
        return (value) =>
          (typeof value === "string" || typeof value === "number") && equal(value) === (operator === "=");
      }
    }
    const limit = Number(this.take().text);
    const compare = NUMBERS[operator];
    if (compare === undefined || Number.isNaN(limit)) {
      throw this.invalid();
    }
    return (value) => typeof value === "number" && compare(value, limit);
  }

  private is(word: string): (value: unknown) => boolean {
    if (word !== "TRUE" && word !== "FALSE" && word !== "NULL") {
      throw this.invalid();
    }
    const wanted = word === "NULL" ? null : word === "TRUE";
    return (value) => value === wanted;
  }

  /** `*` at the beginning or the end stands for any text, also in quotes; elsewhere it is a star. */
  private equal({ text, quoted }: Token): (value: string | number) => boolean {
    if (!quoted && text !== "" && !Number.isNaN(Number(text))) {
      return (value) => value === Number(text) || value === text;
    }
    const [, before, term = "", after] = /^(\*?)(.*?)(\*?)$/s.exec(text) ?? [];
    return (value) => {
      const found = String(value);
      if (before && after) {
        return found.includes(term);
      }
      return before ? found.endsWith(term) : after ? found.startsWith(term) : found === term;
    };
  }

  private take(): Token {
    const token = this.tokens[this.at++];
    if (token === undefined) {
      throw this.invalid();
    }
    return token;
  }

  private accept(text: string): boolean {
    const token = this.tokens[this.at];
    const found = token !== undefined && !token.quoted && token.text === text;
    this.at += found ? 1 : 0;
    return found;
  }

  private expect(text: string): void {
    if (!this.accept(text)) {
      throw this.invalid();
    }
  }

  private invalid(): FilterPatternError {
    return new FilterPatternError(`Invalid metric filter pattern: ${this.pattern}`);
  }
}

const NUMBERS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

/** What a selector finds: nothing, one value, or one for each element that it takes in. */
function valuesAt(path: readonly Step[], event: unknown): readonly unknown[] {
  return path.reduce<readonly unknown[]>(
    (values, step) => values.flatMap((value) => valuesOf(value, step)),
    [event],
  );
}

function valuesOf(value: unknown, step: Step): readonly unknown[] {
  if (step === ANY) {
    return Array.isArray(value) ? (value as readonly unknown[]) : [];
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
    return [];
  }
  return [(value as Readonly<Record<string | number, unknown>>)[step]];
}
