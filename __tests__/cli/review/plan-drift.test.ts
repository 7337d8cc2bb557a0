import { driftInPlan } from "../../../cli/review/plan-drift";
import { terraformOutput } from "../../support/cli/terraform-output";

const IN_USE = terraformOutput("refresh-only-in-use.json");
const DRIFTED = terraformOutput("refresh-only-drifted.json");

interface Resource {
  readonly address: string;
  readonly type: string;
  readonly change: {
    before: Record<string, unknown>;
    after: Record<string, unknown>;
    [marks: string]: unknown;
  };
}
interface Plan {
  resource_drift: Resource[];
  prior_state: { values: { root_module: { resources: { type: string }[] } } };
}

/** A recorded plan with one resource alone, changed. */
function changed(
  text: string,
  address: string,
  change: (resource: Resource["change"], plan: Plan) => void,
): string {
  const plan = JSON.parse(text) as Plan;
  plan.resource_drift = plan.resource_drift.filter((each) => each.address.startsWith(address));
  const [resource] = plan.resource_drift;
  if (resource === undefined) {
    throw new Error(`${address} is not in the plan`);
  }
  change(resource.change, plan);
  return JSON.stringify(plan);
}

/** What drifted, as `address attribute: expected -> found`, without the hashes that CDKTF adds to names. */
const driftIn = (text: string) =>
  driftInPlan(text)?.map(
    ({ address, attribute, expected, found }) =>
      `${address.replace(/_[0-9A-F]{8}$/, "")} ${attribute}: ${expected} -> ${found}`,
  );

test("an account that is in use, with a quarantined user, has not drifted", () => {
  expect(driftIn(IN_USE)).toEqual([]);
});

test("each attribute that somebody changed is named, and what is gone as a whole", () => {
  expect(driftIn(DRIFTED)).toMatchInlineSnapshot(`
    [
      "aws_cloudwatch_event_rule.detection_rule state: ENABLED -> DISABLED",
      "aws_cloudwatch_event_target.outcomes_security-bus : present -> absent",
      "aws_iam_policy.quarantine-policy policy.Statement.0.Effect: Deny -> Allow",
      "aws_iam_role.responder_role assume_role_policy.Statement.0.Principal.Service: lambda.amazonaws.com -> absent",
      "aws_iam_role.responder_role assume_role_policy.Statement.0.Principal.AWS: absent -> arn:aws:iam::444455556666:root",
      "aws_iam_role.responder_role assume_role_policy.Statement.0.Sid: LambdaAssumes -> absent",
      "aws_iam_role.responder_role inline_policy: absent -> [{"name":"backdoor","policy":"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Action\\":\\"*\\",\\"Effect\\":\\"Allow\\",\\"Resource\\":\\"*\\"}]}"}]",
      "aws_iam_role.sweep_role managed_policy_arns: absent -> ["arn:aws:iam::aws:policy/AdministratorAccess"]",
      "aws_lambda_function.responder_function environment.0.variables.MODE: absent -> off",
      "aws_lambda_function.responder_function reserved_concurrent_executions: -1 -> 0",
      "aws_lambda_function.sweep_function code_sha256: 3vuzn8IayeUNTzVglqmyjIGJczY+KatFD9rB2NC9K0A= -> aOkzp9Fr5nmpCl7cZE9q+mAuoArvDSD96eoF+W0xrjI=",
      "aws_sns_topic.alerts_topic : present -> absent",
      "aws_sns_topic_policy.alerts_policy : present -> absent",
      "aws_sns_topic_subscription.alerts_email-oncallexamplecom : present -> absent",
    ]
  `);
});

test("a function's time and number of the last change are no drift by themselves", () => {
  const text = changed(IN_USE, "aws_lambda_function.responder", ({ before, after }) => {
    Object.assign(after, {
      last_modified: "2026-11-30T12:00:00.000+0000",
      version: "2",
      qualified_arn: `${String(before["arn"])}:2`,
      qualified_invoke_arn: `${String(before["invoke_arn"])}:2`,
    });
  });

  expect(driftIn(text)).toEqual([]);
});

test("a subscription that its receiver has confirmed meanwhile has not drifted", () => {
  const text = changed(DRIFTED, "aws_sns_topic_subscription", (change) => {
    change.before = { ...change.before, pending_confirmation: true };
    change.after = { ...change.before, pending_confirmation: false };
  });

  expect(driftIn(text)).toEqual([]);
});

describe("an inline policy of a role", () => {
  const OWN = "security-response";
  const names = (text: string) => driftIn(text)?.map((line) => /"name":"([\w-]+)"/.exec(line)?.[1]);

  test("that somebody added is named, and the role's own, which the state has elsewhere, is not", () => {
    const text = changed(DRIFTED, "aws_iam_role.responder", () => undefined);

    expect(driftIn(text)?.filter((line) => line.includes("inline_policy"))).toEqual([
      expect.stringContaining('inline_policy: absent -> [{"name":"backdoor"'),
    ]);
    expect(driftIn(text)?.join()).not.toContain(`"name":"${OWN}"`);
  });

  test("of the same name in another role is not taken for the role's own", () => {
    const text = changed(IN_USE, "aws_iam_role.responder", ({ before, after }) => {
      before["name"] = after["name"] = "another-role";
    });

    expect(names(text)).toEqual([OWN]);
  });
});

test.each([
  ["aws_sns_topic.alerts", "aws_sns_topic_policy"],
  ["aws_sqs_queue.dead-letters", "aws_sqs_queue_policy"],
])("the policy of %s is compared where no %s is in the state", (address, type) => {
  const text = changed(IN_USE, address, (_, { prior_state }) => {
    const { root_module } = prior_state.values;
    root_module.resources = root_module.resources.filter((each) => each.type !== type);
  });

  expect(driftIn(text)?.join("\n")).toMatch(/ policy(\.Statement\.0\S*)?: /);
});

test("what Terraform marks as sensitive is named and not shown", () => {
  const text = changed(DRIFTED, "aws_lambda_function.responder", (change) => {
    change["before_sensitive"] = { environment: [{ variables: true }] };
  });

  expect(driftIn(text)).toContainEqual(
    expect.stringContaining("environment.0.variables: (sensitive) -> (sensitive)"),
  );
});

test.each([
  ["no resources", '{"prior_state":{"values":{}}}', []],
  ["another text", "Error: no", undefined],
  ["another JSON", "[]", undefined],
])("%s", (_, text, drift) => {
  expect(driftInPlan(text)).toEqual(drift);
});
