import { metricLine } from "../../../functions/shared/metric-line";
import { embeddedMetrics } from "../../../lab/cloudwatch/embedded-metrics";
import type { Metric } from "../../../lab/cloudwatch/metrics";
import { jsonResponse } from "../../../lab/exchange/responses";
import { exchangeOf } from "../../support/lab/exchange";

const AT = Date.parse("2026-11-26T18:10:00Z");

/** What log lines leave in CloudWatch. */
async function recorded(messages: readonly string[], status = 200) {
  const found: (Omit<Metric, "home"> & { value: number | undefined; at: Date | undefined })[] = [];
  const observe = embeddedMetrics(({ namespace, name, dimensions }, value, at) =>
    found.push({ namespace, name, dimensions, value, at }),
  );
  const params = { logGroupName: "/g", logEvents: messages.map((message) => ({ message })) };
  await observe(exchangeOf({ service: "logs", action: "PutLogEvents", params }), jsonResponse({}, status));
  return found;
}

test("a line of the embedded metric format counts, one value or several", async () => {
  const line = metricLine(
    [
      { name: "SilentAccounts", unit: "Count", values: 2 },
      { name: "DrillSecondsToDenied", unit: "Seconds", values: [9.2, 11] },
    ],
    AT,
  );
  const metric = { namespace: "IamUserQuarantine", dimensions: {}, at: new Date(AT) };

  expect(await recorded(["an ordinary line", line])).toEqual([
    { ...metric, name: "SilentAccounts", value: 2 },
    { ...metric, name: "DrillSecondsToDenied", value: 9.2 },
    { ...metric, name: "DrillSecondsToDenied", value: 11 },
  ]);
});

test("dimensions are read from the line", async () => {
  const CloudWatchMetrics = [{ Namespace: "N", Dimensions: [["Kind"]], Metrics: [{ Name: "M" }] }];
  const line = JSON.stringify({ _aws: { Timestamp: AT, CloudWatchMetrics }, Kind: "slow", M: 1 });

  expect(await recorded([line])).toMatchObject([{ name: "M", dimensions: { Kind: "slow" }, value: 1 }]);
});

test.each([
  ["without a time", { CloudWatchMetrics: [{ Namespace: "N", Dimensions: [[]], Metrics: [{ Name: "M" }] }] }],
  ["without metrics", { Timestamp: AT }],
  ["with metrics that are no list", { Timestamp: AT, CloudWatchMetrics: "M" }],
])("a line %s makes no metric", async (_, _aws) => {
  expect(await recorded([JSON.stringify({ _aws, M: 1 })])).toEqual([]);
});

test("a line that was not written makes no metric", async () => {
  expect(await recorded([metricLine([{ name: "M", unit: "Count", values: 1 }], AT)], 400)).toEqual([]);
});
