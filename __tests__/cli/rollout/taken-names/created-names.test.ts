import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createdNames } from "../../../../cli/rollout/taken-names/created-names";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "created-names-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (resource: unknown) =>
  writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify({ resource }));

const STACK = {
  aws_sns_topic: { alerts: { name: "security-alerts" } },
  aws_cloudwatch_event_bus: { bus_1: { name: "security-events" } },
  aws_cloudwatch_event_rule: {
    plain: { name: "security-response-create-user" },
    literal: { name: "audit", event_bus_name: "security-events" },
    referring: { name: "alarms", event_bus_name: "${aws_cloudwatch_event_bus.bus_1.name}" },
  },
};

test("created topics and rules are named as the stack names them, a rule with its bus, in one order", () => {
  write(STACK);
  const addresses = [
    "aws_sns_topic.alerts",
    "aws_cloudwatch_event_rule.referring",
    "aws_cloudwatch_event_rule.plain",
    "aws_cloudwatch_event_rule.literal",
  ];

  expect(
    createdNames(
      folder,
      addresses.map((address) => ({ address, action: "create" })),
    ),
  ).toEqual([
    { kind: "rule", address: addresses[3], name: "audit", bus: "security-events" },
    { kind: "rule", address: addresses[2], name: "security-response-create-user" },
    { kind: "rule", address: addresses[1], name: "alarms", bus: "security-events" },
    { kind: "topic", address: addresses[0], name: "security-alerts" },
  ]);
});

test.each(["update", "replace", "delete"])("a topic to %s is in the state: it is ours", (action) => {
  write(STACK);

  expect(createdNames(folder, [{ address: "aws_sns_topic.alerts", action }])).toEqual([]);
});

test("what AWS refuses to create twice is left to AWS, and the stack is not read for it", () => {
  const changes = [
    { address: "aws_sqs_queue.dead_letters", action: "create" },
    { address: "aws_sns_topic_policy.policy", action: "create" },
  ];

  expect(createdNames(path.join(folder, "nowhere"), changes)).toEqual([]);
});

test("a resource that the stack does not have is an error, not a free name", () => {
  write({});

  expect(() => createdNames(folder, [{ address: "aws_sns_topic.alerts", action: "create" }])).toThrow(
    "expected aws_sns_topic.alerts with a name",
  );
});
