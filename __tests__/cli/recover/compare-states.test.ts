import { compareStates, onlyIn } from "../../../cli/recover/compare-states";
import { describeStates } from "../../../cli/recover/describe-states";
import { readState, type State } from "../../../cli/recover/state";

const LINEAGE = "914cd847-3cee-25af-baa7-f10102c80bcc";

const ACCOUNT = "777788889999";
const LOCAL = { accountId: ACCOUNT, backend: "local" };
const REMOTE = { accountId: ACCOUNT, backend: "s3" };

function stateText(serial: number, resources: readonly string[], lineage = LINEAGE): string {
  return JSON.stringify({
    version: 4,
    serial,
    lineage,
    resources: resources.map((address) => {
      const [type, name] = address.split(".");
      return { mode: "managed", type, name, instances: [{ attributes: {} }] };
    }),
  });
}

function state(serial: number, resources: readonly string[] = [], lineage = LINEAGE): State {
  const read = readState(stateText(serial, resources, lineage));
  if (read === undefined) {
    throw new Error("not a state");
  }
  return read;
}

const errored = state(7, ["aws_sns_topic.alerts", "aws_sqs_queue.dead-letters"]);

test.each([
  ["no current state: it is saved", undefined, { kind: "save", serial: 7 }],
  ["an older current state: it is saved", state(6), { kind: "save", serial: 7 }],
  ["the same state: it was saved before", state(7, errored.resources), { kind: "saved" }],
  ["the same state of a recovery before", state(8, errored.resources), { kind: "saved" }],
  ["a newer current state", state(8), { kind: "refuse", reason: expect.stringContaining("serial is 8") }],
  [
    "another lineage",
    state(6, [], "aaaaaaaa-0000-0000-0000-000000000000"),
    { kind: "refuse", reason: expect.stringContaining("lineages differ") },
  ],
])("%s", (_case, current, recovery) => {
  expect(compareStates(errored, current, LOCAL)).toEqual(recovery);
  expect(compareStates(errored, current, REMOTE)).toEqual(recovery);
});

test("a local file of the same serial is what the failed save left; anywhere else, someone has applied", () => {
  expect(compareStates(errored, state(7), LOCAL)).toEqual({ kind: "save", serial: 8 });
  expect(compareStates(errored, state(7), REMOTE)).toMatchObject({
    kind: "refuse",
    reason: expect.stringContaining("Something has applied since"),
  });
});

describe("a state with resources of another account", () => {
  const withArn = (type: string, arn: string) =>
    readState(
      JSON.stringify({
        version: 4,
        serial: 1,
        lineage: LINEAGE,
        resources: [{ mode: "managed", type, name: "x", instances: [{ attributes: { id: "x", arn } }] }],
      }),
    ) ?? errored;

  test("is refused, also where there is no current state", () => {
    const foreign = withArn("aws_sns_topic", "arn:aws:sns:us-east-1:222233334444:security-alerts");

    expect(compareStates(foreign, undefined, LOCAL)).toMatchObject({
      kind: "refuse",
      reason: expect.stringContaining("222233334444"),
    });
  });

  test.each([
    ["aws_sns_topic", `arn:aws:sns:us-east-1:${ACCOUNT}:security-alerts`],
    ["aws_cloudwatch_event_target", "arn:aws:events:us-east-1:111122223333:event-bus/security-events"],
    ["aws_s3_bucket", "arn:aws:s3:::example"],
  ])("is none for %s with %s", (type, arn) => {
    expect(compareStates(withArn(type, arn), undefined, LOCAL)).toEqual({ kind: "save", serial: 1 });
  });
});

test("another id at the same address is another resource", () => {
  const withId = (id: string) =>
    readState(
      JSON.stringify({
        version: 4,
        serial: 1,
        lineage: LINEAGE,
        resources: [
          {
            mode: "managed",
            type: "aws_kms_key",
            name: "key",
            instances: [{ attributes: { id } }, { deposed: "00000001", attributes: { id: "old" } }],
          },
        ],
      }),
    );

  expect(onlyIn(withId("new"), withId("other"))).toEqual(["aws_kms_key.key (new)"]);
  expect(withId("new")?.resources).toContain("aws_kms_key.key (old), deposed 00000001");
});

test("what only one of two states has is listed beside their serials", () => {
  const current = state(7, ["aws_sns_topic.alerts", "aws_iam_role.responder"]);

  expect(onlyIn(errored, current)).toEqual(["aws_sqs_queue.dead-letters"]);
  expect(describeStates(errored, { text: "", state: current })).toMatchInlineSnapshot(`
    "┌───────────┬──────────────────────────────────────┬──────────┐
    │           │ not saved                            │ current  │
    ├───────────┼──────────────────────────────────────┼──────────┤
    │ serial    │ 7                                    │ 7        │
    │ lineage   │ 914cd847-3cee-25af-baa7-f10102c80bcc │ the same │
    │ resources │ 2                                    │ 2        │
    └───────────┴──────────────────────────────────────┴──────────┘
    Only in the state that was not saved:
      aws_sqs_queue.dead-letters
    Only in the current state:
      aws_iam_role.responder"
  `);
});

test("a local state that cannot be read is shown with its file", () => {
  const text = describeStates(errored, { text: "{", unreadable: "/checkout/state/777788889999.tfstate" });

  expect(text).toContain("unreadable");
  expect(text).toContain("/checkout/state/777788889999.tfstate");
});

test.each(["", "{", "[]", '{"version": 3}', stateText(7, []).slice(0, 40)])("%j is no state", (text) => {
  expect(readState(text)).toBeUndefined();
});

test("addresses have their module and key; data sources are no resources", () => {
  const text = JSON.stringify({
    version: 4,
    serial: 1,
    lineage: LINEAGE,
    resources: [
      { mode: "data", type: "aws_region", name: "here", instances: [{}] },
      {
        module: "module.a",
        mode: "managed",
        type: "aws_sns_topic",
        name: "alerts",
        instances: [{ index_key: 0 }, { index_key: "b" }],
      },
    ],
  });

  expect(readState(text)?.resources).toEqual([
    "module.a.aws_sns_topic.alerts[0]",
    'module.a.aws_sns_topic.alerts["b"]',
  ]);
});
