import { MetricData } from "../../../lab/cloudwatch/metric-data";
import { MINUTE_MS, Metrics } from "../../../lab/cloudwatch/metrics";
import { jsonResponse } from "../../../lab/exchange/responses";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";
import { manualClock } from "../../support/lab/manual-clock";

const MINUTE = Date.parse("2026-01-05T08:00:00Z");
const HOME = { accountId: ACCOUNT, region: "us-east-1" };

/** The statistics of `Shop/Orders`, in the minute of {@link MINUTE}, after one call of PutMetricData. */
async function statisticsAfter(datum: object, { status = 200, dimensions = {}, at = MINUTE } = {}) {
  const clock = manualClock(new Date(MINUTE));
  const metrics = new Metrics(clock);
  const params = { Namespace: "Shop", MetricData: [{ MetricName: "Orders", ...datum }] };
  const call = {
    service: "monitoring",
    action: "PutMetricData",
    params,
    rest: { method: "POST", path: "/" },
  };
  await new MetricData(metrics, clock).observe(exchangeOf(call), jsonResponse({}, status));
  return metrics.statistics(
    { home: HOME, namespace: "Shop", name: "Orders", dimensions },
    at,
    at + MINUTE_MS,
  );
}

test.each([
  ["the query protocol, as text", { Value: "2.5" }],
  ["JSON and CBOR, as a number", { Value: 2.5 }],
])("a value of %s counts in the minute that runs", async (_protocol, datum) => {
  expect(await statisticsAfter(datum)).toEqual({
    Sum: 2.5,
    SampleCount: 1,
    Average: 2.5,
    Minimum: 2.5,
    Maximum: 2.5,
  });
});

test.each([
  ["ISO 8601", "2026-01-05T07:30:20Z"],
  ["seconds since 1970", MINUTE / 1000 - 29 * 60 - 40],
  ["seconds as text", String(MINUTE / 1000 - 29 * 60 - 40)],
])("a value counts in the minute of its time, given in %s", async (_form, Timestamp) => {
  const at = MINUTE - 30 * MINUTE_MS;

  expect(await statisticsAfter({ Value: 1, Timestamp }, { at })).toMatchObject({ Sum: 1 });
  expect(await statisticsAfter({ Value: 1, Timestamp })).toBeUndefined();
});

test("values count as often as their counts say, and once without", async () => {
  expect(await statisticsAfter({ Values: ["1", "5"], Counts: ["3", "1"] })).toMatchObject({
    Sum: 8,
    SampleCount: 4,
    Minimum: 1,
    Maximum: 5,
  });
  expect(await statisticsAfter({ Values: [1, 5] })).toMatchObject({ Sum: 6, SampleCount: 2 });
});

test("statistics of a client are taken as they are", async () => {
  const StatisticValues = { Sum: "10", SampleCount: "4", Minimum: "1", Maximum: "6" };

  expect(await statisticsAfter({ StatisticValues })).toEqual({
    Sum: 10,
    SampleCount: 4,
    Average: 2.5,
    Minimum: 1,
    Maximum: 6,
  });
});

test("a datum belongs to the metric with all its dimensions, and to no other", async () => {
  const datum = { Value: 1, Dimensions: [{ Name: "Region", Value: "EU" }] };

  expect(await statisticsAfter(datum, { dimensions: { Region: "EU" } })).toMatchObject({ Sum: 1 });
  expect(await statisticsAfter(datum)).toBeUndefined();
});

test("a refused call counts nothing", async () => {
  expect(await statisticsAfter({ Value: 1 }, { status: 403 })).toBeUndefined();
});
