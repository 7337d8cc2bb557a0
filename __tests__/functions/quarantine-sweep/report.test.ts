import { sweepMetrics } from "../../../functions/quarantine-sweep/report";

const NOTHING = {
  users: 10,
  candidates: 0,
  recovered: 0,
  afterPause: 0,
  unknown: 0,
  gaps: 0,
  left: 0,
  failures: [],
};
const NOW = Date.parse("2026-06-01T12:00:00Z");

test("a report becomes metrics of what is above zero, in one line", () => {
  const line = sweepMetrics({ ...NOTHING, candidates: 3, recovered: 2 }, NOW);

  expect(line).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(line ?? "")).toEqual({
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: "IamUserQuarantine",
          Dimensions: [[]],
          Metrics: [
            { Name: "SweepCandidates", Unit: "Count" },
            { Name: "RecoveredEvents", Unit: "Count" },
          ],
        },
      ],
    },
    SweepCandidates: 3,
    RecoveredEvents: 2,
  });
});

test("a sweep that found nothing costs no metric", () => {
  expect(sweepMetrics(NOTHING, NOW)).toBeUndefined();
});
