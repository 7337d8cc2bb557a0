import { LabError } from "../shared/errors";

/** A filter pattern that CloudWatch Logs, or the lab, does not understand. */
export class FilterPatternError extends LabError {}

/** Whether a log event's message matches. */
export type MessageTest = (message: string) => boolean;

type JsonTest = (event: unknown) => boolean;
type Step = string | number;

/**
 * Compiles a filter pattern for JSON log events, or for terms in unstructured ones. The lab lacks patterns
 * for space-delimited events and regular expressions. Grammar: CloudWatch Logs guide, "Filter pattern syntax
 * for metric filters".
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
  return valueAt(new JsonPattern(selector).selector(), parsed(message));
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
    if (quoted || !/^\$(\.[A-Za-z0-9_@:/-]+)*$/.test(text)) {
      throw this.invalid();
    }
    const steps: Step[] = text.split(".").slice(1);
    while (this.accept("[")) {
      const key = this.take();
      steps.push(key.quoted ? key.text : Number(key.text));
      this.expect("]");
      const next = this.tokens[this.at];
      if (next !== undefined && !next.quoted && /^(\.[A-Za-z0-9_@:/-]+)+$/.test(next.text)) {
        steps.push(...next.text.split(".").slice(1));
        this.at++;
      }
    }
    return steps;
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
    const test = this.comparison();
    return (event) => test(valueAt(path, event));
  }

  private comparison(): JsonTest {
    const operator = this.take().text;
    switch (operator) {
      case "IS":
        return this.is(this.take().text);
      case "EXISTS":
        return (value) => value !== undefined;
      case "NOT":
        this.expect("EXISTS");
        return (value) => value === undefined;
      case "=":
      case "!=": {
        const equal = this.equal(this.take());
        return (value) => value !== undefined && equal(value) === (operator === "=");
      }
    }
    const limit = Number(this.take().text);
    const compare = NUMBERS[operator];
    if (compare === undefined || Number.isNaN(limit)) {
      throw this.invalid();
    }
    return (value) => typeof value === "number" && compare(value, limit);
  }

  private is(word: string): JsonTest {
    if (word !== "TRUE" && word !== "FALSE" && word !== "NULL") {
      throw this.invalid();
    }
    const wanted = word === "NULL" ? null : word === "TRUE";
    return (value) => value === wanted;
  }

  /** `*` stands for any text, also in quotes. */
  private equal({ text, quoted }: Token): JsonTest {
    if (!quoted && text !== "" && !Number.isNaN(Number(text))) {
      return (value) => value === Number(text) || value === text;
    }
    const parts = text.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const wanted = new RegExp(`^${parts.join(".*")}$`, "s");
    return (value) => (typeof value === "string" || typeof value === "number") && wanted.test(String(value));
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

function valueAt(path: readonly Step[], event: unknown): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<Step, unknown>)[step] : undefined,
    event,
  );
}
