import { momentAhead } from "../../cli/option-values";

const NOW = Date.parse("2026-06-01T12:00:00Z");

test.each([
  ["90m", "2026-06-01T13:30:00.000Z"],
  ["8h", "2026-06-01T20:00:00.000Z"],
  ["7d", "2026-06-08T12:00:00.000Z"],
  ["2026-12-24", "2026-12-24T00:00:00.000Z"],
  ["2026-12-24T18:00Z", "2026-12-24T18:00:00.000Z"],
  ["2026-12-24T18:00:00+02:00", "2026-12-24T16:00:00.000Z"],
])("%s is the moment %s", (text, moment) => {
  expect(new Date(momentAhead(text, NOW)).toISOString()).toBe(moment);
});

test.each([
  ["0m", "in the future; now it is 2026-06-01T12:00:00.000Z"],
  ["2026-06-01T12:00:00Z", "in the future"],
  ["2026-13-01", "in the future"],
  ["99999999d", "in the future"],
  ["2026-12-24T18:00", "Expected a time such as 90m"],
  ["next week", "Expected a time such as 90m"],
  ["", "Expected a time such as 90m"],
])("%j is refused", (text, message) => {
  expect(() => momentAhead(text, NOW)).toThrow(message);
});
