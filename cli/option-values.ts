import { InvalidArgumentError, Option } from "commander";

/** An option that may be given several times, and collects what it is given. */
export function repeatable(
  flags: string,
  description: string,
  check: (value: string) => string = (value) => value,
): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(
    (value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), check(value)],
  );
}

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return value;
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads `90s`, `5m` or `1h` as milliseconds. */
export function duration(text: string): number {
  const [, count, unit = ""] = /^(\d+)([smh])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (count === undefined || factor === undefined) {
    throw new InvalidArgumentError("Expected a time such as 90s, 5m or 1h.");
  }
  return Number(count) * factor;
}
