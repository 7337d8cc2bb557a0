import { describePause, MAX_PAUSE_MS, pauseAt, readPause, writePause } from "../../../functions/shared/pause";

const NOW = Date.parse("2026-12-24T16:00:00Z");
const HOUR = 3_600_000;
const pause = { until: NOW + 2 * HOUR, by: "alice@example.com" };

test("what is written is read again, to the second", () => {
  const text = writePause({ ...pause, until: pause.until + 999 });

  expect(text).toBe("until 2026-12-24T18:00:00Z by alice@example.com");
  expect(readPause(text)).toEqual(pause);
});

test.each([
  undefined,
  "",
  "none",
  "until never by alice",
  "until 2026-12-24 by alice",
  "until 2026-13-24T18:00:00Z by alice",
  "until 2026-12-24T18:00:00Z",
  "until 2026-12-24T18:00:00Z by alice, really",
  "until 2026-12-24T18:00:00Z by alice\n",
  "until +99999-12-24T18:00:00Z by alice",
])("%j is no pause", (text) => {
  expect(readPause(text)).toBeUndefined();
});

test.each<[string, number, boolean]>([
  ["counts before its end", 1, true],
  ["does not count at its end", 0, false],
  ["does not count after it", -HOUR, false],
  ["counts when it ends after the longest time", MAX_PAUSE_MS, true],
  ["counts when the operator's clock is two minutes ahead", MAX_PAUSE_MS + 120_000, true],
  ["does not count when it ends an hour later than that", MAX_PAUSE_MS + HOUR, false],
  ["does not count when it ends in another century", 100 * 365 * 24 * HOUR, false],
])("a pause %s", (_, left, counts) => {
  const ending = { ...pause, until: NOW + left };

  expect(pauseAt(ending, NOW)).toEqual(counts ? ending : undefined);
});

test("people read when it ends, and by whom", () => {
  expect(describePause(pause)).toBe("PAUSED until 2026-12-24T18:00:00Z by alice@example.com");
});
