const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d+)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
/** As IAM writes `createDate` in CloudTrail: `Aug 1, 2024 1:33:28 PM`, in UTC. */
const WORDS = /^[A-Z][a-z]{2} \d{1,2}, \d{4},? \d{1,2}:\d{2}:\d{2} [AP]M$/;

const EARLIEST = Date.UTC(2006, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);
/** Epoch numbers below this are seconds, from it on milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000;

/**
 * Reads a time in any format seen in CloudTrail records and their copies.
 * @returns ISO 8601 in UTC, or undefined when it is no time
 */
export function toIsoTime(value: unknown): string | undefined {
  const ms = toMilliseconds(value);
  if (ms === undefined || Number.isNaN(ms) || ms < EARLIEST || ms > LATEST) {
    return undefined;
  }
  return new Date(ms).toISOString();
}

function toMilliseconds(value: unknown): number | undefined {
  if (typeof value === "number") {
    return fromEpoch(value);
  }
  if (typeof value !== "string") {
    return undefined;
  }
  const text = value.trim();
  if (/^\d{9,16}(\.\d+)?$/.test(text)) {
    return fromEpoch(Number(text));
  }
  const iso = ISO.exec(text);
  if (iso) {
    return fromIso(iso);
  }
  return WORDS.test(text) ? Date.parse(`${text.replace(/(\d{4}),/, "$1")} UTC`) : undefined;
}

function fromEpoch(value: number): number {
  return Math.round(value < FIRST_MILLISECONDS ? value * 1000 : value);
}

function fromIso([, date = "", time = "", fraction = "", zone = "Z"]: RegExpExecArray): number {
  const millis = fraction ? fraction.padEnd(4, "0").slice(0, 4) : "";
  const offset = /^(z|utc)$/i.test(zone) ? "Z" : zone.replace(/^(...)(\d\d)$/, "$1:$2");
  return Date.parse(`${date}T${time}${millis}${offset}`);
}
