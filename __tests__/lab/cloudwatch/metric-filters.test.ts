import { MetricFilters } from "../../../lab/cloudwatch/metric-filters";
import type { Metric } from "../../../lab/cloudwatch/metrics";
import type { MotoClient } from "../../../lab/exchange/moto-client";
import { jsonResponse } from "../../../lab/exchange/responses";
import { exchangeOf } from "../../support/lab/exchange";

const GROUP = "/aws/lambda/responder";
const COUNT = { metricName: "Failures", metricNamespace: "Shop", metricValue: "1" };

/** The filters of the log group; a test may change them. */
function setUp(filters: object[]) {
  const recorded: { name: string; dimensions: Metric["dimensions"]; value: number | undefined }[] = [];
  let reads = 0;
  const moto: MotoClient = (_accountId, { action }) => {
    reads += 1;
    return Promise.resolve(action === "DescribeMetricFilters" ? { metricFilters: filters } : {});
  };
  const metricFilters = new MetricFilters(moto, ({ name, dimensions }, value) =>
    recorded.push({ name, dimensions, value }),
  );
  const call = async (action: string, params: Record<string, unknown>, status = 200) =>
    metricFilters.observe(exchangeOf({ service: "logs", action, params }), jsonResponse({}, status));
  const write = (...messages: string[]) =>
    call("PutLogEvents", { logGroupName: GROUP, logEvents: messages.map((message) => ({ message })) });
  return { metricFilters, recorded, call, write, reads: () => reads };
}

const filter = (filterPattern: string, transformation: object = COUNT, filterName = "f") => ({
  filterName,
  filterPattern,
  metricTransformations: [transformation],
});

test("each line that matches counts", async () => {
  const { recorded, write } = setUp([filter("ERROR")]);

  await write("ERROR one", "fine", "ERROR two");

  expect(recorded).toEqual([
    { name: "Failures", dimensions: {}, value: 1 },
    { name: "Failures", dimensions: {}, value: 1 },
  ]);
});

test("value and dimensions come from the line; a value that is no number counts nothing", async () => {
  const transformation = { ...COUNT, metricValue: "$.ms", dimensions: { Kind: "$.kind" } };
  const { recorded, write } = setUp([filter("{ $.ms = * }", transformation)]);

  await write('{"ms":12.5,"kind":"slow"}', '{"ms":"long","kind":"slow"}');

  expect(recorded).toEqual([{ name: "Failures", dimensions: { Kind: "slow" }, value: 12.5 }]);
});

test("the default value counts once for lines of which none matches", async () => {
  const { recorded, write } = setUp([filter("ERROR", { ...COUNT, defaultValue: 0 })]);

  await write("fine", "fine too");
  await write("fine", "ERROR");

  expect(recorded.map(({ value }) => value)).toEqual([0, 1]);
});

test("of filters with one name the last put is in force: moto keeps both", async () => {
  const { recorded, write } = setUp([filter("fine"), filter("ERROR")]);

  await write("fine");

  expect(recorded).toEqual([]);
});

test("the filters are read again only after one of them has changed", async () => {
  const filters = [filter("ERROR")];
  const { recorded, call, write, reads } = setUp(filters);
  await write("fine");
  await write("fine");
  const before = reads();

  filters[0] = filter("fine");
  await call("PutMetricFilter", { logGroupName: GROUP });
  await write("fine");

  expect({ before, after: reads(), counted: recorded.length }).toEqual({ before: 1, after: 2, counted: 1 });
});

test.each([
  ["a pattern of more than 1,024 characters", { filterPattern: `"${"x".repeat(1_023)}"` }],
  [
    "four dimensions",
    { metricTransformations: [{ ...COUNT, dimensions: { a: "$.a", b: "$.b", c: "$.c", d: "$.d" } }] },
  ],
  [
    "a default value beside dimensions",
    { metricTransformations: [{ ...COUNT, defaultValue: 0, dimensions: { a: "$.a" } }] },
  ],
])("%s is refused", (_, params) => {
  const { metricFilters } = setUp([]);

  expect(() =>
    metricFilters.check(exchangeOf({ service: "logs", action: "PutMetricFilter", params })),
  ).toThrow(expect.objectContaining({ code: "InvalidParameterException" }) as Error);
});

test("a pattern that cannot be read is refused when the filter is put", () => {
  const { metricFilters } = setUp([]);
  const put = (filterPattern: string) => () =>
    metricFilters.check(
      exchangeOf({ service: "logs", action: "PutMetricFilter", params: { filterPattern } }),
    );

  expect(put("{ $.ms = ")).toThrow(expect.objectContaining({ code: "InvalidParameterException" }) as Error);
  expect(put("{ $.ms = 1 }")).not.toThrow();
});
