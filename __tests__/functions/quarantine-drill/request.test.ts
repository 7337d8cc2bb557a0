import { audienceOf } from "../../../functions/quarantine-drill/request";

const DAY = 24;
const scheduled = (time: string) => ({ source: "aws.events", "detail-type": "Scheduled Event", time });

test.each([
  // 2026-11-30 is a Monday.
  ["the first daily drill of a week", "2026-11-30T05:00:00Z", DAY, "people"],
  ["the first one at its first moment", "2026-11-30T00:00:00Z", DAY, "people"],
  ["the second daily drill", "2026-12-01T05:00:00Z", DAY, "nobody"],
  ["the last one", "2026-12-06T23:59:59Z", DAY, "nobody"],
  ["the first hourly drill of a week", "2026-11-30T00:30:00Z", 1, "people"],
  ["the second hourly drill", "2026-11-30T01:30:00Z", 1, "nobody"],
  ["every weekly drill", "2026-12-03T12:00:00Z", 7 * DAY, "people"],
])("the audience of %s", (_, time, everyHours, audience) => {
  expect(audienceOf(scheduled(time), everyHours, 0)).toBe(audience);
});

test("the time for which a drill was scheduled decides, and not when it came to run", () => {
  const late = Date.parse("2026-12-01T00:00:03Z");

  expect(audienceOf(scheduled("2026-11-30T23:59:00Z"), 24, late)).toBe("people");
});

test("a schedule's event without a time is one of now", () => {
  expect(audienceOf(scheduled("soon"), 24, Date.parse("2026-11-30T05:00:00Z"))).toBe("people");
});

test.each([
  ["whoever invokes one by hand is told of it", {}, "people"],
  ["unless it is for nobody", { audience: "nobody" }, "nobody"],
])("%s", (_, payload, audience) => {
  expect(audienceOf(payload, 24, 0)).toBe(audience);
});

test.each([[null], [[]], ["nobody"], [{ audience: "all" }], [{ Audience: "nobody" }]])(
  "refuses the payload %j, and shows the ones it takes",
  (payload) => {
    expect(() => audienceOf(payload, 24, 0)).toThrow("expected");
  },
);
