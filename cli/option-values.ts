import { InvalidArgumentError, Option } from "commander";
import { rolloutSchema } from "../stacks/config/schema";

/** An option that may be given several times, and collects its values. */
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

/** The same rule as for `deploymentRole`. It also excludes text that Terraform would read as a template. */
export function roleName(text: string): string {
  const { success, data } = rolloutSchema.shape.deploymentRole.safeParse(text);
  if (!success || data === undefined) {
    throw new InvalidArgumentError("Expected the name of an IAM role, such as QuarantinePlan.");
  }
  return data;
}

/**
 * Reads a moment in the future as milliseconds since the epoch: `2026-12-24T18:00:00Z`, a date, which begins
 * at midnight UTC, or a time from now such as `90m`, `8h` or `7d`.
 */
export function momentAhead(text: string, now: number): number {
  const [, days] = /^(\d+)d$/.exec(text) ?? [];
  const moment =
    days !== undefined
      ? now + Number(days) * 24 * 3_600_000
      : MOMENT.test(text)
        ? Date.parse(text)
        : now + momentDuration(text);
  if (!(moment > now && moment < LAST_MOMENT)) {
    throw new InvalidArgumentError(
      `Expected a time in the future; now it is ${new Date(now).toISOString()}.`,
    );
  }
  return moment;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** Later years have another format. */
const LAST_MOMENT = Date.UTC(9999, 0);

function momentDuration(text: string): number {
  try {
    return duration(text);
  } catch {
    throw new InvalidArgumentError(
      "Expected a time such as 90m, 8h or 7d, a date, or a moment such as 2026-12-24T18:00:00Z.",
    );
  }
}

/**
 * Text without the spaces around it. It must contain a letter or digit, since tags accept few other
 * characters.
 */
export function someText(text: string): string {
  if (!/[\p{L}\p{N}]/u.test(text)) {
    throw new InvalidArgumentError("Expected some text with a letter or digit.");
  }
  return text.trim();
}
