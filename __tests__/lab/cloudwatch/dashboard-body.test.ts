import { checkDashboard } from "../../../lab/cloudwatch/dashboard-body";
import { exchangeOf } from "../../support/lab/exchange";

const METRIC = ["AWS/SQS", "NumberOfMessagesSent", "QueueName", "q", { stat: "Sum" }];
const widget = (properties: object = {}, placed: object = { x: 0, y: 0, width: 12, height: 6 }) => ({
  ...placed,
  type: "metric",
  properties: { region: "us-east-1", metrics: [METRIC], ...properties },
});
const log = (query: string) => ({ type: "log", properties: { region: "us-east-1", query } });

const put = (DashboardBody: unknown, DashboardName = "security-events") => {
  const params = {
    DashboardName,
    DashboardBody: typeof DashboardBody === "string" ? DashboardBody : JSON.stringify(DashboardBody),
  };
  const rest = { method: "POST", path: "/" };
  void checkDashboard(exchangeOf({ service: "monitoring", action: "PutDashboard", params, rest }));
};

test.each([
  ["no widget", { widgets: [] }],
  ["a metric", { start: "-P7D", periodOverride: "inherit", widgets: [widget()] }],
  ["a query", { widgets: [log("SOURCE '/a/b' | fields @message")] }],
  ["text", { widgets: [{ type: "text", properties: { markdown: "# Here" } }] }],
])("a dashboard with %s is taken", (_, body) => {
  expect(() => put(body)).not.toThrow();
});

test.each([
  ["what is no JSON", "{"],
  ["no list of widgets", {}],
  ["a widget of no known type", { widgets: [{ type: "picture", properties: {} }] }],
  ["a widget without a Region", { widgets: [widget({ region: undefined })] }],
  ["a key that no page has", { widgets: [widget({ titel: "x" })] }],
  ["a metric without a name", { widgets: [widget({ metrics: [["AWS/SQS"]] })] }],
  ["a dimension without a value", { widgets: [widget({ metrics: [["AWS/SQS", "Sent", "QueueName"]] })] }],
  ["a name behind how it is drawn", { widgets: [widget({ metrics: [["AWS/SQS", {}, "Sent"]] })] }],
  ["a statistic that there is not", { widgets: [widget({ stat: "Median" })] }],
  ["a period that is no minute", { widgets: [widget({ period: 90 })] }],
  ["a widget beyond the 24 columns", { widgets: [widget({}, { x: 24, y: 0 })] }],
  ["a widget with x alone", { widgets: [widget({}, { x: 0 })] }],
  ["a query without a log group", { widgets: [log("fields @message")] }],
  ["an alarm that is no ARN", { widgets: [{ type: "alarm", properties: { alarms: ["a"] } }] }],
  ["a start that is no time", { start: "yesterday", widgets: [] }],
])("a dashboard with %s is refused", (_, body) => {
  expect(() => put(body)).toThrow(expect.objectContaining({ code: "InvalidParameterInput" }) as Error);
});

test("a name with other characters is refused", () => {
  expect(() => put({ widgets: [] }, "security events")).toThrow(/DashboardName/);
});
