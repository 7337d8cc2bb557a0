import { readAccountBy } from "../../../cli/review/read-account";
import type { OrganizationReading } from "../../../cli/review/read-organization";
import type { StateReading } from "../../../cli/review/read-state";
import { reviewSchema, type Review } from "../../../cli/review/review";
import { reviewOrganization, type ReviewDependencies } from "../../../cli/review/review-organization";
import { stackTargets, type StackTarget } from "../../../cli/stack-target";
import { parseState } from "../../../cli/state-file";
import { RESPONDER_ENV } from "../../../functions/contract";
import { parseRollout } from "../../../stacks/config/load";

const ROLLOUT = parseRollout(
  "rollout.yaml",
  `organizationId: o-exampleorgid
securityAccount: { id: "111122223333" }
managementAccount: { id: "999988887777" }
guard: { enabled: true, breakGlassRoles: [BreakGlass] }
waves: [canary, production]
accounts:
  - { name: payments, id: "444455556666", wave: canary, trust: { creators: [{ arn: "arn:aws:iam::*:role/UserOnboarding" }] } }
  - { name: research, id: "777788889999", wave: production, mode: observe }
`,
  "/",
);
const [SECURITY, PAYMENTS, RESEARCH, GUARD] = stackTargets(ROLLOUT) as [
  StackTarget,
  StackTarget,
  StackTarget,
  StackTarget,
];
const PRESENT = "present";

/** A function of which little is configured, as each stack of a target account has it. */
const STACK = {
  resource: {
    aws_lambda_function: { responder: { function_name: "security-response", source_code_hash: "new" } },
    aws_sns_topic: { alerts: { name: "security-alerts" } },
  },
};

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function stateOf(...resources: readonly Resource[]): StateReading {
  const managed = resources.map(({ type, name, attributes }) => ({
    ...{ mode: "managed", type, name },
    instances: [{ attributes }],
  }));
  const text = JSON.stringify({ version: 4, serial: 9, lineage: "a", resources: managed });
  const state = parseState(text);
  return state === undefined
    ? { kind: "unreadable", error: "the test made no state" }
    : { kind: "read", state, appliedAt: "2026-11-01T08:00:00.000Z" };
}

const responder = (mode: string, version = "0.3.0", hash = "new"): Resource => ({
  type: "aws_lambda_function",
  name: "responder",
  attributes: {
    function_name: "security-response",
    source_code_hash: hash,
    code_sha256: hash,
    environment: [{ variables: { [RESPONDER_ENV.mode]: mode, [RESPONDER_ENV.version]: version } }],
  },
});
const TOPIC: Resource = { type: "aws_sns_topic", name: "alerts", attributes: { name: "security-alerts" } };
const attachment = (target_id: string): Resource => ({
  type: "aws_organizations_policy_attachment",
  name: `account-${target_id}`,
  attributes: { target_id },
});

/** Everything is as configured. */
const STATES: Readonly<Record<string, StateReading>> = {
  [SECURITY.accountId]: stateOf(TOPIC),
  [PAYMENTS.accountId]: stateOf(responder("enforce"), TOPIC),
  [RESEARCH.accountId]: stateOf(responder("observe"), TOPIC),
  [GUARD.accountId]: stateOf(attachment(SECURITY.accountId), attachment(PAYMENTS.accountId)),
};

const STACKS: Readonly<Record<string, object>> = {
  [SECURITY.accountId]: { resource: { aws_sns_topic: STACK.resource.aws_sns_topic } },
  [GUARD.accountId]: {
    resource: {
      aws_organizations_policy_attachment: {
        [`account-${SECURITY.accountId}`]: { target_id: SECURITY.accountId },
        [`account-${PAYMENTS.accountId}`]: { target_id: PAYMENTS.accountId },
      },
    },
  },
};

function review(
  states: Readonly<Record<string, StateReading>> = {},
  parts: Partial<ReviewDependencies> = {},
  targets: readonly StackTarget[] = stackTargets(ROLLOUT),
): Promise<Review> {
  const all: Readonly<Record<string, StateReading>> = { ...STATES, ...states };
  return reviewOrganization(targets, {
    rollout: ROLLOUT,
    version: "0.3.0",
    readAccount: readAccountBy(
      ({ accountId }) => Promise.resolve(all[accountId] ?? { kind: "none" }),
      (id) => STACKS[id] ?? STACK,
    ),
    concurrency: 2,
    now: () => new Date("2026-11-30T12:00:00Z"),
    ...parts,
  });
}

/** Name, status and problems of each row. */
const rows = ({ accounts }: Review) =>
  accounts.map(({ name, status, problems }) => [name, status, ...problems]);

test("what is as configured has no problem, in the order of the rollout and by the schema", async () => {
  const result = await review();

  expect(rows(result)).toEqual(
    [SECURITY, PAYMENTS, RESEARCH, GUARD].map(({ name }) => [name, "as-configured"]),
  );
  expect(reviewSchema.parse(result)).toEqual(result);
  expect(result.accounts[1]).toEqual({
    id: "444455556666",
    name: "payments",
    kind: "target",
    unit: null,
    wave: "canary",
    mode: "enforce",
    trust: "Leaves alone: users of arn:aws:iam::*:role/UserOnboarding.",
    guard: "attached",
    status: "as-configured",
    problems: [],
    deployed: {
      version: "0.3.0",
      mode: "enforce",
      functions: [{ name: "security-response", sha256: "new", isCurrent: true }],
      resources: 2,
      serial: 9,
      appliedAt: "2026-11-01T08:00:00.000Z",
    },
    differences: [],
    drift: null,
    live: null,
  });
});

test.each<[string, StateReading, string, string[]]>([
  ["without a state", { kind: "none" }, "not-deployed", ["It has no state."]],
  ["of which more is known", { kind: "none", problem: "No workspace." }, "not-deployed", ["No workspace."]],
  ["with an empty state", stateOf(), "not-deployed", ["Its state has no resources."]],
  [
    "that cannot be read",
    { kind: "unreadable", error: "AccessDenied" },
    "unreadable",
    ["Its state could not be read: AccessDenied"],
  ],
  [
    "in another mode",
    stateOf(responder("observe"), TOPIC),
    "differs",
    ["Its mode is observe instead of enforce."],
  ],
  [
    "with old code",
    stateOf(responder("enforce", "0.2.0", "old"), TOPIC),
    "differs",
    [
      "Other code than this checkout builds, version 0.2.0: security-response.",
      "Not as configured: 1 attribute differs.",
    ],
  ],
  [
    "that lacks a resource and has another",
    stateOf(responder("enforce"), { ...TOPIC, name: "former" }),
    "differs",
    ["Not as configured: resources 1 missing, 1 surplus."],
  ],
])("an account %s", async (_name, reading, status, problems) => {
  const result = await review({ [PAYMENTS.accountId]: reading });

  expect(rows(result)).toEqual([
    [PAYMENTS.name, status, ...problems],
    ...[SECURITY, RESEARCH, GUARD].map(({ name }) => [name, "as-configured"]),
  ]);
});

test("a guard that was detached from an account makes both accounts differ", async () => {
  const { accounts } = await review({ [GUARD.accountId]: stateOf(attachment(SECURITY.accountId)) });

  expect(accounts.map(({ name, status, guard }) => [name, status, guard])).toEqual([
    ["payments", "differs", "not-attached"],
    ["management", "differs", "not-covered"],
    ["security", "as-configured", "attached"],
    ["research", "as-configured", "not-covered"],
  ]);
});

test("the guard's state is read for an account that alone is selected", async () => {
  const { accounts } = await review({}, {}, [PAYMENTS]);

  expect(accounts.map(({ name, guard }) => [name, guard])).toEqual([["payments", "attached"]]);
});

const ORGANIZATION: OrganizationReading = {
  uncovered: [{ id: "888877776666", name: "New", unit: "/Prod", problem: "rollout.yaml does not list it." }],
  left: new Map([[RESEARCH.accountId, "It is suspended in the organization."]]),
  units: new Map([[PAYMENTS.accountId, "/Prod"]]),
  unitPaths: new Map(),
};

test("accounts that nobody covers come first, those that have left before what is as configured", async () => {
  const result = await review({}, { organization: ORGANIZATION });

  expect(rows(result)).toEqual([
    ["New", "uncovered", "rollout.yaml does not list it."],
    ["research", "left", "It is suspended in the organization."],
    ...[SECURITY, PAYMENTS, GUARD].map(({ name }) => [name, "as-configured"]),
  ]);
  expect(result.accounts.map(({ unit }) => unit)).toEqual(["/Prod", null, null, "/Prod", null]);
});

const GONE = { address: "aws_sqs_queue.dead-letters", attribute: "", expected: "present", found: "absent" };
const DRIFT = { address: "aws_sns_topic.alerts", attribute: "name", expected: PRESENT, found: "absent" };

test("drift and health are asked of what is deployed, and the worst decides", async () => {
  const live = { users: [], lastDrill: null, problems: [] };
  const asked: string[] = [];
  const result = await review(
    { [SECURITY.accountId]: { kind: "none" } },
    {
      readDrift: ({ name }) => {
        asked.push(name);
        return Promise.resolve(
          name === "research"
            ? { kind: "failed", problem: "Denied." }
            : { kind: "read", drift: name === "payments" ? [DRIFT, GONE] : [] },
        );
      },
      readLive: (accounts) =>
        Promise.resolve(
          new Map(accounts.map(({ id, name }) => [id, { live, unhealthy: [`${name} has a gap.`] }])),
        ),
    },
  );

  expect(asked.sort()).toEqual(["management", "payments", "research"]);
  expect(rows(result)).toEqual([
    ["research", "unreadable", "Denied.", "research has a gap."],
    ["security", "not-deployed", "It has no state."],
    [
      "payments",
      "drifted",
      "AWS has something else than its state: resources 1 missing; 1 attribute differs.",
      "payments has a gap.",
    ],
    ["management", "as-configured"],
  ]);
  expect(result.asked).toEqual({ organization: false, drift: true, live: true });
});
