import { LabError } from "../shared/errors";

/** A schedule expression that EventBridge does not take. */
export class ScheduleError extends LabError {}

/** When a rule fires next. */
export interface Schedule {
  /** The first time after `time`, in milliseconds since 1970; undefined when there is none. */
  after(time: number): number | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS };

/** No date repeats less often than every 8 years: February 29 around a century without one. */
const FARTHEST_DAYS = 8 * 366;

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`; times are UTC. Grammar: EventBridge guide, "Creating a
 * rule that runs on a schedule".
 *
 * @throws ScheduleError for what EventBridge refuses.
 */
export function readSchedule(expression: string): Schedule {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null) {
    const [, count = "", unit = "", plural = ""] = rate;
    // `rate(1 hours)` and `rate(5 hour)` are not valid.
    if ((count === "1") !== (plural === "")) {
      throw invalid();
    }
    const period = Number(count) * (UNITS[unit] ?? MINUTE_MS);
    return { after: (time) => time + period };
  }
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (cron === null) {
    throw invalid();
  }
  return cronSchedule((cron[1] ?? "").trim().split(/\s+/));
}

function invalid(): ScheduleError {
  return new ScheduleError("Parameter ScheduleExpression is not valid.");
}

/** A UTC date; months and weekdays count from 1, weekdays from Sunday. */
interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly daysInMonth: number;
}

type DayTest = (day: Day) => boolean;

function cronSchedule(fields: readonly string[]): Schedule {
  const [
    minuteField = "",
    hourField = "",
    dayField = "",
    monthField = "",
    weekdayField = "",
    yearField = "",
  ] = fields;
  // One of the two fields for days has to be a question mark, and only one.
  if (fields.length !== 6 || (dayField === "?") === (weekdayField === "?")) {
    throw invalid();
  }
  const minutes = numbers(minuteField, 0, 59);
  const hours = numbers(hourField, 0, 23);
  const months = numbers(monthField, 1, 12, MONTHS);
  const years = numbers(yearField, 1970, 2199);
  const onDay = dayField === "?" ? weekdayTest(weekdayField) : dayOfMonthTest(dayField);
  return {
    after: (time) => {
      const first = Math.floor(time / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      const firstDay = Math.floor(first / DAY_MS) * DAY_MS;
      for (let index = 0; index < FARTHEST_DAYS; index++) {
        const start = firstDay + index * DAY_MS;
        const day = dayAt(start);
        if (years.has(day.year) && months.has(day.month) && onDay(day)) {
          const found = firstTime(start, hours, minutes, first);
          if (found !== undefined) {
            return found;
          }
        }
      }
      return undefined;
    },
  };
}

function firstTime(
  start: number,
  hours: ReadonlySet<number>,
  minutes: ReadonlySet<number>,
  earliest: number,
): number | undefined {
  for (let minute = 0; minute < 24 * 60; minute++) {
    const time = start + minute * MINUTE_MS;
    if (time >= earliest && hours.has(Math.floor(minute / 60)) && minutes.has(minute % 60)) {
      return time;
    }
  }
  return undefined;
}

/** `*`, values, names, ranges, lists and steps. */
function numbers(
  field: string,
  lowest: number,
  highest: number,
  names: readonly string[] = [],
): ReadonlySet<number> {
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from = "", to] = range === "*" ? [String(lowest), String(highest)] : range.split("-");
    const first = numberIn(from, lowest, highest, names);
    const last =
      to !== undefined ? numberIn(to, lowest, highest, names) : step === undefined ? first : highest;
    const width = step === undefined ? 1 : Number(step);
    if (range.split("-").length > 2 || width < 1 || last < first) {
      throw invalid();
    }
    for (let value = first; value <= last; value += width) {
      found.add(value);
    }
  }
  return found;
}

function numberIn(text: string, lowest: number, highest: number, names: readonly string[]): number {
  const named = names.indexOf(text.toUpperCase());
  const value = named === -1 ? (/^\d+$/.test(text) ? Number(text) : NaN) : named + 1;
  if (!(value >= lowest && value <= highest)) {
    throw invalid();
  }
  return value;
}

/** `L` is the last day, `15W` the weekday nearest to the 15th in the same month. */
function dayOfMonthTest(field: string): DayTest {
  if (field === "L") {
    return ({ day, daysInMonth }) => day === daysInMonth;
  }
  const nearest = /^(\d+)W$/.exec(field);
  if (nearest !== null) {
    const wanted = numberIn(nearest[1] ?? "", 1, 31, []);
    return (day) => day.day === nearestWeekday(day, wanted);
  }
  const days = numbers(field, 1, 31);
  return ({ day }) => days.has(day);
}

function nearestWeekday({ day, weekday, daysInMonth }: Day, wanted: number): number | undefined {
  if (wanted > daysInMonth) {
    return undefined;
  }
  const thatWeekday = (((weekday - 1 + wanted - day) % 7) + 7) % 7; // 0 is Sunday
  if (thatWeekday === 6) {
    return wanted === 1 ? 3 : wanted - 1;
  }
  if (thatWeekday === 0) {
    return wanted === daysInMonth ? wanted - 2 : wanted + 1;
  }
  return wanted;
}

/** `L` is Saturday, `6L` the last Friday of the month, `3#2` the second Tuesday of the month. */
function weekdayTest(field: string): DayTest {
  if (field === "L") {
    return ({ weekday }) => weekday === 7;
  }
  const [, last] = /^(\w+)L$/.exec(field) ?? [];
  if (last !== undefined) {
    const wanted = numberIn(last, 1, 7, WEEKDAYS);
    return ({ weekday, day, daysInMonth }) => weekday === wanted && day > daysInMonth - 7;
  }
  const nth = /^(\w+)#([1-5])$/.exec(field);
  if (nth !== null) {
    const wanted = numberIn(nth[1] ?? "", 1, 7, WEEKDAYS);
    return ({ weekday, day }) => weekday === wanted && Math.ceil(day / 7) === Number(nth[2]);
  }
  const weekdays = numbers(field, 1, 7, WEEKDAYS);
  return ({ weekday }) => weekdays.has(weekday);
}

function dayAt(time: number): Day {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, day: date.getUTCDate(), weekday: date.getUTCDay() + 1, daysInMonth };
}
