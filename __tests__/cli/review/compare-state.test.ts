import { compareState } from "../../../cli/review/compare-state";
import type { Difference } from "../../../cli/review/review";
import { parseState, type StateFile } from "../../../cli/state-file";
import type { JsonObject } from "../../../functions/shared/json";
import { loadFixture } from "../../support/load-fixture";

type Body = Record<string, unknown>;

/** A stack and the state that Terraform wrote for it. */
interface Pair {
  readonly stack: { resource: Record<string, Record<string, Body>>; provider: JsonObject };
  readonly state: StateFile;
}

function recorded(kind: string): Pair {
  const state = parseState(JSON.stringify(loadFixture(`review/${kind}.state`)));
  if (state === undefined) {
    throw new Error(`${kind}: expected a state`);
  }
  return { stack: loadFixture(`review/${kind}.stack`) as Pair["stack"], state };
}

/** Attributes of a resource in the state, by the beginning of its name. */
function attributesOf({ state }: Pair, type: string, name = ""): Body {
  const resource = state.resources.find((each) => each.type === type && each.name.startsWith(name));
  const attributes = resource?.instances[0]?.attributes;
  if (!attributes) {
    throw new Error(`expected a ${type} ${name} in the state`);
  }
  return attributes;
}

function bodyOf({ stack }: Pair, type: string, name = ""): Body {
  const [, body] = Object.entries(stack.resource[type] ?? {}).find(([each]) => each.startsWith(name)) ?? [];
  if (body === undefined) {
    throw new Error(`expected a ${type} ${name} in the stack`);
  }
  return body;
}

function blockOf(attributes: Body, name: string): Body {
  const [block] = attributes[name] as [Body];
  return block;
}

/** Changes a document that is kept as text. */
function editJson(attributes: Body, name: string, edit: (document: { Statement: Body[] }) => void): void {
  const document = JSON.parse(attributes[name] as string) as { Statement: Body[] };
  edit(document);
  attributes[name] = JSON.stringify(document);
}

const compare = ({ stack, state }: Pair) => compareState(stack, state);
const places = (differences: readonly Difference[]) =>
  differences.map(({ address, attribute }) => `${address.split("_").slice(0, 4).join("_")} ${attribute}`);

test.each(["target", "security", "guard"])("what Terraform wrote for a stack does not differ: %s", (kind) => {
  expect(compare(recorded(kind))).toEqual([]);
});

test("a stack that the provider was not asked for yet has only missing resources", () => {
  const { stack, state } = recorded("target");

  const differences = compareState(stack, { ...state, resources: [] });

  expect(differences).toHaveLength(Object.values(stack.resource).flatMap(Object.keys).length);
  expect(
    new Set(differences.map(({ attribute, expected, found }) => `${attribute}|${expected}|${found}`)),
  ).toEqual(new Set(["|present|absent"]));
});

interface Case {
  readonly kind?: string;
  readonly edit: (pair: Pair) => void;
  readonly attribute: string;
  readonly expected: string;
  readonly found: string;
}

const SHA = /^[\w+/]{43}=$/;

test.each<[string, Case]>([
  [
    "a rule that is disabled",
    {
      edit: (pair) => (attributesOf(pair, "aws_cloudwatch_event_rule")["state"] = "DISABLED"),
      ...{ attribute: "state", expected: "ENABLED", found: "DISABLED" },
    },
  ],
  [
    "another mode in the environment",
    {
      edit: (pair) => {
        const environment = blockOf(attributesOf(pair, "aws_lambda_function"), "environment");
        (environment["variables"] as Body)["QUARANTINE_MODE"] = "observe";
      },
      ...{ attribute: "environment.0.variables.QUARANTINE_MODE", expected: "enforce", found: "observe" },
    },
  ],
  [
    "a variable that the stack no longer sets",
    {
      edit: (pair) => {
        const environment = blockOf(attributesOf(pair, "aws_lambda_function"), "environment");
        (environment["variables"] as Body)["FORMER"] = "x";
      },
      ...{ attribute: "environment.0.variables.FORMER", expected: "absent", found: "x" },
    },
  ],
  [
    "old code",
    {
      edit: (pair) =>
        Object.assign(attributesOf(pair, "aws_lambda_function"), {
          source_code_hash: "b2xk",
          code_sha256: "b2xk",
        }),
      ...{ attribute: "source_code_hash", expected: expect.stringMatching(SHA) as string, found: "b2xk" },
    },
  ],
  [
    "code that somebody replaced, as of the last refresh",
    {
      edit: (pair) => (attributesOf(pair, "aws_lambda_function")["code_sha256"] = "Zm9yZWlnbg=="),
      ...{ attribute: "code_sha256", expected: expect.stringMatching(SHA) as string, found: "Zm9yZWlnbg==" },
    },
  ],
  [
    "a statement of a policy that allows more",
    {
      edit: (pair) =>
        editJson(attributesOf(pair, "aws_iam_role_policy", "responder"), "policy", ({ Statement }) => {
          Object.assign(Statement[0] ?? {}, { Action: "iam:*" });
        }),
      ...{ attribute: "policy.Statement.0.Action", expected: "iam:AttachUserPolicy", found: "iam:*" },
    },
  ],
  [
    "a retry policy, which is a block",
    {
      edit: (pair) => {
        const target = attributesOf(pair, "aws_cloudwatch_event_target");
        blockOf(target, "retry_policy")["maximum_retry_attempts"] = 0;
      },
      ...{ attribute: "retry_policy.0.maximum_retry_attempts", expected: "185", found: "0" },
    },
  ],
  [
    "a dead-letter queue that a target has no more",
    {
      edit: (pair) => (attributesOf(pair, "aws_cloudwatch_event_target")["dead_letter_config"] = []),
      attribute: "dead_letter_config",
      expected: expect.stringContaining("security-response-dead-letters") as string,
      found: "absent",
    },
  ],
  [
    "a target that leads to another function than the stack's reference",
    {
      edit: (pair) => (attributesOf(pair, "aws_cloudwatch_event_target")["arn"] = "arn:aws:lambda:x"),
      attribute: "arn",
      expected: expect.stringMatching(/:function:security-response$/) as string,
      found: "arn:aws:lambda:x",
    },
  ],
  [
    "a tag of every resource that one lacks",
    {
      edit: (pair) => (attributesOf(pair, "aws_sqs_queue")["tags_all"] = {}),
      ...{ attribute: "tags_all.ManagedBy", expected: "iam-user-quarantine", found: "absent" },
    },
  ],
  [
    "a tag that the stack does not set",
    {
      edit: (pair) => ((attributesOf(pair, "aws_sqs_queue")["tags_all"] as Body)["Owner"] = "x"),
      ...{ attribute: "tags_all.Owner", expected: "absent", found: "x" },
    },
  ],
  [
    "a resource that is tainted",
    {
      edit: ({ state }) => {
        const instance = state.resources[0]?.instances[0];
        Object.assign(instance ?? {}, { status: "tainted" });
      },
      ...{ attribute: "", expected: "present", found: "tainted: the next apply replaces it" },
    },
  ],
  [
    "a resource that was replaced, and whose former one was left",
    {
      edit: ({ state }) => {
        const [instance] = state.resources[0]?.instances ?? [];
        state.resources[0]?.instances.push({ ...instance, deposed: "abcdef12" });
      },
      attribute: "",
      expected: "absent",
      found: "deposed: its replacement exists, and it was not destroyed",
    },
  ],
  [
    "a resource that the stack does not have",
    {
      edit: ({ state }) => {
        const [resource] = state.resources;
        state.resources.push({ ...(resource as StateFile["resources"][number]), name: "former" });
      },
      ...{ attribute: "", expected: "absent", found: "present" },
    },
  ],
  [
    "a resource that the state does not have",
    {
      edit: ({ state }) => {
        const index = state.resources.findIndex(({ type }) => type === "aws_cloudwatch_metric_alarm");
        state.resources.splice(index, 1);
      },
      ...{ attribute: "", expected: "present", found: "absent" },
    },
  ],
  [
    "an account that the guard was detached from",
    {
      kind: "guard",
      edit: ({ state }) => {
        const index = state.resources.findIndex(({ type }) => type === "aws_organizations_policy_attachment");
        state.resources.splice(index, 1);
      },
      ...{ attribute: "", expected: "present", found: "absent" },
    },
  ],
  [
    "an archive that keeps events for less",
    {
      kind: "security",
      edit: (pair) => (attributesOf(pair, "aws_cloudwatch_event_archive")["retention_days"] = 1),
      ...{ attribute: "retention_days", expected: expect.stringMatching(/^\d+$/) as string, found: "1" },
    },
  ],
])("one difference: %s", (_name, { kind = "target", edit, attribute, expected, found }) => {
  const pair = recorded(kind);

  edit(pair);

  expect(compare(pair)).toEqual([{ address: expect.stringMatching(/^aws_/), attribute, expected, found }]);
});

test.each<[string, (pair: Pair) => void]>([
  [
    "the order of a policy's keys and actions",
    (pair) =>
      editJson(attributesOf(pair, "aws_sqs_queue_policy"), "policy", ({ Statement }) => Statement.reverse()),
  ],
  [
    "a value of the provider",
    (pair) => (attributesOf(pair, "aws_lambda_function")["ephemeral_storage"] = [{ size: 1 }]),
  ],
  ["a number as text", (pair) => (attributesOf(pair, "aws_lambda_function")["timeout"] = "60")],
  [
    "where the package lay",
    (pair) => (attributesOf(pair, "aws_lambda_function")["filename"] = "elsewhere.zip"),
  ],
  ["the metadata of CDKTF", (pair) => (bodyOf(pair, "aws_sqs_queue")["//"] = { metadata: {} })],
  ["null, which sets nothing", (pair) => (bodyOf(pair, "aws_sqs_queue")["fifo_queue"] = null)],
  ["an empty text for none", (pair) => (bodyOf(pair, "aws_sqs_queue")["kms_master_key_id"] = "")],
  [
    "a reference that only an apply resolves",
    (pair) => (bodyOf(pair, "aws_sqs_queue")["name"] = "${aws_sns_topic.none.name}"),
  ],
  ["an expression that is no reference", (pair) => (bodyOf(pair, "aws_sqs_queue")["name"] = '${upper("x")}')],
  [
    "data sources",
    ({ state }) => state.resources.push({ mode: "data", type: "aws_region", name: "here", instances: [{}] }),
  ],
])("no difference: %s", (_name, edit) => {
  const pair = recorded("target");

  edit(pair);

  expect(compare(pair)).toEqual([]);
});

test("blocks are paired by what they say, then by name, whatever their order", () => {
  const pair = recorded("target");
  const alarm = attributesOf(pair, "aws_cloudwatch_metric_alarm");
  const body = bodyOf(pair, "aws_cloudwatch_metric_alarm");
  body["metric_query"] = [
    { id: "all", expression: "m1 + m2", return_data: true },
    { id: "m1", metric: { metric_name: "Errors", period: 60 } },
  ];
  const query = (parts: Body) => ({ expression: "", label: "", metric: [], return_data: false, ...parts });
  alarm["metric_query"] = [
    query({ id: "m1", metric: [{ metric_name: "Errors", period: 300, stat: "Sum", unit: "" }] }),
    query({ id: "all", expression: "m1 + m2", return_data: true }),
  ];

  expect(places(compare(pair))).toEqual([expect.stringMatching(/ metric_query\.1\.metric\.0\.period$/)]);
});

test("of a value that is sensitive in the state, only that it differs is shown", () => {
  const pair = recorded("target");
  const attributes = attributesOf(pair, "aws_sqs_queue");
  const resource = pair.state.resources.find(({ type }) => type === "aws_sqs_queue");
  Object.assign(resource?.instances[0] ?? {}, {
    sensitive_attributes: [[{ type: "get_attr", value: "name" }]],
  });
  attributes["name"] = "hidden";

  const [difference] = compare(pair).filter(({ attribute }) => attribute === "name");

  expect(difference).toMatchObject({ expected: "(sensitive)", found: "(sensitive)" });
});
