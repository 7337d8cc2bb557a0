import { readSchedule, ScheduleError } from "../../../lab/eventbridge/schedule-expression";

/** The first times after a Monday at 08:00:30 UTC. */
function nextTimes(expression: string, count = 2): string[] {
  const schedule = readSchedule(expression);
  const times: string[] = [];
  let time: number | undefined = Date.parse("2026-01-05T08:00:30Z");
  while (times.length < count && time !== undefined) {
    time = schedule.after(time);
    times.push(time === undefined ? "never" : new Date(time).toISOString().slice(0, 19));
  }
  return times;
}

describe("rate", () => {
  test.each([
    ["rate(1 minute)", ["2026-01-05T08:01:30", "2026-01-05T08:02:30"]],
    ["rate(5 minutes)", ["2026-01-05T08:05:30", "2026-01-05T08:10:30"]],
    ["rate(1 hour)", ["2026-01-05T09:00:30", "2026-01-05T10:00:30"]],
    ["rate(7 days)", ["2026-01-12T08:00:30", "2026-01-19T08:00:30"]],
  ])("%s fires at %j", (expression, times) => {
    expect(nextTimes(expression)).toEqual(times);
  });
});

describe("cron", () => {
  test.each([
    ["cron(0 10 * * ? *)", ["2026-01-05T10:00:00", "2026-01-06T10:00:00"]],
    ["cron(15 12 * * ? *)", ["2026-01-05T12:15:00", "2026-01-06T12:15:00"]],
    ["cron(0 18 ? * MON-FRI *)", ["2026-01-05T18:00:00", "2026-01-06T18:00:00"]],
    ["cron(0 8 1 * ? *)", ["2026-02-01T08:00:00", "2026-03-01T08:00:00"]],
    ["cron(0/15 * * * ? *)", ["2026-01-05T08:15:00", "2026-01-05T08:30:00"]],
    ["cron(0/10 * ? * MON-FRI *)", ["2026-01-05T08:10:00", "2026-01-05T08:20:00"]],
    ["cron(0/5 8-17 ? * MON-FRI *)", ["2026-01-05T08:05:00", "2026-01-05T08:10:00"]],
    ["cron(5,35 14 * * ? *)", ["2026-01-05T14:05:00", "2026-01-05T14:35:00"]],
    ["cron(0 0 L * ? *)", ["2026-01-31T00:00:00", "2026-02-28T00:00:00"]],
    ["cron(0 9 ? * 6L *)", ["2026-01-30T09:00:00", "2026-02-27T09:00:00"]],
    ["cron(0 9 ? * 3#2 *)", ["2026-01-13T09:00:00", "2026-02-10T09:00:00"]],
    ["cron(0 9 ? * mon#1 *)", ["2026-01-05T09:00:00", "2026-02-02T09:00:00"]],
    ["cron(0 9 ? * L *)", ["2026-01-10T09:00:00", "2026-01-17T09:00:00"]],
    ["cron(0 9 1W * ? *)", ["2026-02-02T09:00:00", "2026-03-02T09:00:00"]],
    ["cron(0 9 31W * ? *)", ["2026-01-30T09:00:00", "2026-03-31T09:00:00"]],
    ["cron(0 0 29 FEB ? *)", ["2028-02-29T00:00:00", "2032-02-29T00:00:00"]],
    ["cron(0 0 1 1 ? 2027)", ["2027-01-01T00:00:00", "never"]],
    ["cron(0 0 ? JAN,JUL SUN 2026-2027)", ["2026-01-11T00:00:00", "2026-01-18T00:00:00"]],
    ["cron(0 0 30 2 ? *)", ["never"]],
  ])("%s fires at %j", (expression, times) => {
    expect(nextTimes(expression)).toEqual(times);
  });
});

test.each([
  "rate(1 minutes)",
  "rate(5 minute)",
  "rate(0 minutes)",
  "rate(1.5 hours)",
  "rate(1 second)",
  "rate( 1 minute)",
  "cron(0 10 * * *)",
  "cron(0 10 * * * *)",
  "cron(0 10 ? * ? *)",
  "cron(60 10 * * ? *)",
  "cron(0 24 * * ? *)",
  "cron(0 10 0 * ? *)",
  "cron(0 10 * 13 ? *)",
  "cron(0 10 ? * 8 *)",
  "cron(0 10 ? * 3#6 *)",
  "cron(5-1 10 * * ? *)",
  "cron(0/0 10 * * ? *)",
  "cron(x 10 * * ? *)",
  "at(2026-01-05T08:00:00)",
  "every day",
])("refuses %s", (expression) => {
  expect(() => readSchedule(expression)).toThrow(
    new ScheduleError("Parameter ScheduleExpression is not valid."),
  );
});
