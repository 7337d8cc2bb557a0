const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * When trust `until` a date ends, in milliseconds since the epoch: at the end of that day in UTC. The last
 * millisecond of the day is trusted, the first of the next day is not.
 *
 * @returns undefined for text that is not a date of the calendar, such as `2026-02-30`.
 */
export function trustEnd(until: string): number | undefined {
  const [, year, month, day] = DATE.exec(until) ?? [];
  const begin = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDate = !Number.isNaN(begin) && new Date(begin).toISOString().startsWith(until);
  return isDate ? begin + DAY_MS : undefined;
}
