import { effectLines } from "../../../cli/effects/effect";
import { effectsOf, unconfirmedMail, type PlannedResource } from "../../../cli/effects/effects-of";
import { RESPONDER_ENV } from "../../../functions/contract";
import { parseRollout } from "../../../stacks/config/load";
import { stackMaker } from "../../../stacks/synthesis/synthesize";
import { plannedResources } from "../../support/cli/planned-resources";
import { GUARDED_YAML, SAMPLE_YAML } from "../../support/stacks/sample";
import { FIXTURE_PACKAGES } from "../../support/stacks/synthesize";

/** The account of the sample in which most cases happen, by a piece of its text. */
const PAYMENTS = '    id: "777788889999"\n    wave: production\n';

const withPayments = (settings: string) => SAMPLE_YAML.replace(PAYMENTS, `${PAYMENTS}    ${settings}\n`);
const withKey = (text: string, yaml = SAMPLE_YAML) => `${yaml}${text}\n`;
const withSecurity = (settings: string) =>
  SAMPLE_YAML.replace("securityAccount:\n", `securityAccount:\n  ${settings}\n`);

const ACCOUNTS = {
  security: "111122223333",
  sandbox: "444455556666",
  payments: "777788889999",
  management: "999988887777",
};
type AccountName = keyof typeof ACCOUNTS;

function stackOf(account: AccountName, yaml: string, packages = FIXTURE_PACKAGES): object {
  return stackMaker(parseRollout("rollout.yaml", yaml, "/project"), packages)(ACCOUNTS[account]);
}

/** What it means when one configuration follows another: `! ` is before what weakens. */
function lines(account: AccountName, before: string, after: string): string[] {
  return linesOf(plannedResources(stackOf(account, before), stackOf(account, after)));
}

function linesOf(resources: readonly PlannedResource[]): string[] {
  return effectLines(effectsOf(resources)).map(({ text, weakens }) => `${weakens ? "! " : ""}${text}`);
}

test("nothing means nothing", () => {
  expect(lines("payments", SAMPLE_YAML, SAMPLE_YAML)).toEqual([]);
  expect(effectsOf([])).toEqual([]);
});

const OBSERVED = withPayments("mode: observe");
const DRILLED = withKey("drill: { everyHours: 24 }");
const TRUST = "users of arn:aws:iam::*:role/UserOnboarding";
const ONBOARDING = "arn:aws:iam::777788889999:role/Onboarding";
const ALIKE = SAMPLE_YAML.replace(
  / {4}(attackSimulation|reservedConcurrency|notificationEmails|deleteLoginProfile): .*\n/g,
  "",
);
const trusting = (entry: string) => withPayments(`trust: { creators: [{ arn: "${ONBOARDING}"${entry} }] }`);

test.each<[what: string, account: AccountName, before: string, after: string, expected: string[]]>([
  ["an account that enforces from now on", "payments", OBSERVED, SAMPLE_YAML, ["mode: observe → enforce"]],
  ["one that only observes from now on", "payments", SAMPLE_YAML, OBSERVED, ["! mode: enforce → observe"]],
  [
    "keys that stay active",
    "payments",
    SAMPLE_YAML,
    withPayments("deactivateAccessKeys: false"),
    ["! access keys are deactivated: yes → no"],
  ],
  [
    "passwords that are deleted, on top",
    "sandbox",
    SAMPLE_YAML,
    withKey("defaults: { deleteLoginProfile: true }"),
    ["console passwords are deleted: no → yes"],
  ],
  [
    "logs that are kept for less time",
    "payments",
    SAMPLE_YAML,
    withPayments("logRetentionDays: 30"),
    ["! logs are kept: 365 days → 30 days"],
  ],
  [
    "logs that are kept longer",
    "payments",
    withPayments("logRetentionDays: 30"),
    SAMPLE_YAML,
    ["logs are kept: 30 days → 365 days"],
  ],
  [
    "reserved concurrency",
    "sandbox",
    SAMPLE_YAML,
    SAMPLE_YAML.replace("reservedConcurrency: 20", "reservedConcurrency: 30"),
    ["reserved concurrency: 20 → 30"],
  ],
  [
    "a simulation that goes",
    "sandbox",
    SAMPLE_YAML,
    SAMPLE_YAML.replace("    attackSimulation: true\n", ""),
    [
      "attack simulation: on → off",
      "function removed: attack-simulation",
      "log group removed: /aws/lambda/attack-simulation",
      "role removed: attack-simulation",
    ],
  ],
  [
    "sweeps that come less often",
    "payments",
    SAMPLE_YAML,
    withKey("sweep: { everyMinutes: 60 }"),
    ["! sweep: every 15 minutes → every 60 minutes"],
  ],
  [
    "users of an unknown creator that are quarantined too",
    "payments",
    SAMPLE_YAML,
    withKey("sweep: { unknownCreator: quarantine }"),
    ["users of an unknown creator: alert → quarantine"],
  ],
  [
    "drills",
    "sandbox",
    SAMPLE_YAML,
    DRILLED,
    [
      "drill: off → every 24 hours",
      "function added: quarantine-drill",
      "rule added: security-response-drill",
      "log group added: /aws/lambda/quarantine-drill",
      "role added: quarantine-drill",
    ],
  ],
  [
    "drills that are rarer",
    "sandbox",
    withKey("drill: { everyHours: 1 }"),
    DRILLED,
    ["! drill: every hour → every 24 hours"],
  ],
  [
    "an address",
    "payments",
    SAMPLE_YAML,
    SAMPLE_YAML.replace("oncall@example.com]", "oncall@example.com, soc@example.com]"),
    ["mail added: soc@example.com"],
  ],
  [
    "an address that goes, while others stay",
    "payments",
    SAMPLE_YAML,
    SAMPLE_YAML.replace("[payments@example.com, ", "["),
    ["mail removed: payments@example.com"],
  ],
  [
    "the last addresses, after which nobody is mailed",
    "payments",
    SAMPLE_YAML,
    SAMPLE_YAML.replace("[payments@example.com, oncall@example.com]", "[]"),
    ["! mail removed: payments@example.com", "! mail removed: oncall@example.com"],
  ],
  [
    "one more role that may undo a quarantine",
    "payments",
    SAMPLE_YAML,
    withKey("guard: { breakGlassRoles: [security/BreakGlass] }"),
    ["! role that may undo a quarantine added: security/BreakGlass"],
  ],
  [
    "a creator who is trusted",
    "payments",
    SAMPLE_YAML,
    trusting(""),
    [`! trust added: users of ${ONBOARDING}`],
  ],
  [
    "one who is trusted no more",
    "payments",
    trusting(""),
    SAMPLE_YAML,
    [`trust removed: users of ${ONBOARDING}`],
  ],
  [
    "an entry that names its account",
    "payments",
    SAMPLE_YAML,
    SAMPLE_YAML.replace("iam::*:", "iam::777788889999:"),
    ["trust added: users of arn:aws:iam::777788889999:role/UserOnboarding", `trust removed: ${TRUST}`],
  ],
  [
    "an entry that loses a limit",
    "payments",
    trusting(", paths: [/service/*], names: [ses-*]"),
    trusting(", paths: [/service/*]"),
    [`! trust: users of ${ONBOARDING} (on /service/*, named ses-*) → users of ${ONBOARDING} (on /service/*)`],
  ],
  [
    "an entry that gets a limit and an end",
    "payments",
    trusting(", paths: [/service/*]"),
    trusting(", paths: [/service/ses/*], until: 2999-12-31"),
    [
      `trust: users of ${ONBOARDING} (on /service/*) → users of ${ONBOARDING} (on /service/ses/*, until 2999-12-31)`,
    ],
  ],
  [
    "an entry that ends later",
    "payments",
    trusting(", until: 2999-06-30"),
    trusting(", until: 2999-12-31"),
    [`! trust: users of ${ONBOARDING} (until 2999-06-30) → users of ${ONBOARDING} (until 2999-12-31)`],
  ],
  [
    "tags",
    "payments",
    withKey('tags: { CostCenter: "4711", Team: security }'),
    withKey('tags: { CostCenter: "4712", Team: security, ManagedBy: platform }'),
    ["tag added: ManagedBy=platform", "tag added: CostCenter=4712", "tag removed: CostCenter=4711"],
  ],
  [
    "tags of the guard",
    "management",
    GUARDED_YAML,
    withKey('tags: { CostCenter: "4711" }', GUARDED_YAML),
    ["tag added: CostCenter=4711"],
  ],
  [
    "a path that the roles get",
    "security",
    SAMPLE_YAML,
    withKey("rolePath: /security/"),
    ["path in the ARNs of the roles: / → /security/"],
  ],
  ["the path that a role has without one, written down", "payments", SAMPLE_YAML, withKey("rolePath: /"), []],
  [
    "a boundary that the roles get",
    "payments",
    SAMPLE_YAML,
    withKey("permissionsBoundary: security/Boundary"),
    ["permissions boundary of the roles: none → security/Boundary"],
  ],
  [
    "another one, which AWS manages",
    "payments",
    withKey("permissionsBoundary: security/Boundary"),
    withKey("permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess"),
    ["permissions boundary of the roles: security/Boundary → arn:aws:iam::aws:policy/PowerUserAccess"],
  ],
  [
    "one that is taken away",
    "payments",
    withKey("permissionsBoundary: security/Boundary"),
    SAMPLE_YAML,
    ["! permissions boundary of the roles: security/Boundary → none"],
  ],
  [
    "the security account's settings",
    "security",
    SAMPLE_YAML,
    SAMPLE_YAML.replace(
      "archiveRetentionDays: 30",
      "archiveRetentionDays: 14\n  slowContainmentSeconds: 600",
    ),
    ["! the archive is kept: 30 days → 14 days", "! slow containment: from 300 s → from 600 s"],
  ],
  [
    "the least severity of a channel",
    "security",
    withSecurity("channels: { securityHub: { minimumSeverity: MEDIUM } }"),
    withSecurity("channels: { securityHub: { minimumSeverity: CRITICAL } }"),
    ["! Security Hub: from MEDIUM → from CRITICAL"],
  ],
  [
    "a guard that is smaller, and that more roles evade",
    "management",
    GUARDED_YAML,
    GUARDED_YAML.replace("guard:\n", "guard:\n  waves: [canary]\n  exemptRoles: [Admin]\n"),
    ["! guarded account or unit removed: 777788889999", "! role exempt from the guard added: Admin"],
  ],
  [
    "a trail that the guard keeps",
    "management",
    GUARDED_YAML,
    GUARDED_YAML.replace("guard:\n", "guard:\n  trails: [management-events]\n"),
    ["trail under the guard added: management-events"],
  ],
])("%s", (_what, account, before, after, expected) => {
  expect(lines(account, before, after)).toEqual(expected);
});

test("an account that is off does nothing: what weakens comes first, and parts of a kind share a line", () => {
  expect(lines("payments", SAMPLE_YAML, withPayments('mode: "off"')).slice(0, 3)).toEqual([
    "! mode: enforce → off",
    "! sweep: every 15 minutes → off",
    "! users of an unknown creator: alert → none",
  ]);
  expect(lines("payments", SAMPLE_YAML, withPayments('mode: "off"'))).toContainEqual(
    expect.stringMatching(
      /^alarm added: security-response-[\w-]+(, security-response-[\w-]+){4} and \d+ more$/,
    ),
  );
});

test("alerts about the guard end with it", () => {
  expect(lines("security", GUARDED_YAML, SAMPLE_YAML)).toEqual([
    "! alerts about the guard: on → off",
    "rule removed: security-events-guard-alerts",
  ]);
});

test("another version replaces the functions' code; an older one is marked", () => {
  const [old, next] = ["0.9.0", "0.10.0"].map((version) => {
    const code = { ...FIXTURE_PACKAGES.responder, sha256: `sha256-of-${version}` };
    return stackOf("payments", SAMPLE_YAML, { ...FIXTURE_PACKAGES, responder: code, version });
  });

  expect(linesOf(plannedResources(old, next))).toEqual([
    "version: 0.9.0 → 0.10.0",
    "code replaced: security-response",
    "code replaced: security-response-hold",
  ]);
  expect(linesOf(plannedResources(next, old))[0]).toBe("! version: 0.10.0 → 0.9.0");
});

test("a new account says what will hold, and nothing of it is weaker than before", () => {
  const account = stackOf("payments", SAMPLE_YAML);

  expect(linesOf(plannedResources(undefined, account))).toMatchInlineSnapshot(`
    [
      "mode: enforce",
      "sweep: every 15 minutes",
      "users of an unknown creator: alert",
      "access keys are deactivated: yes",
      "console passwords are deleted: yes",
      "logs are kept: 365 days",
      "version: 1.2.3",
      "trust added: users of arn:aws:iam::*:role/UserOnboarding",
      "role that may undo a quarantine added: OrganizationAccountAccessRole",
      "mail added: payments@example.com",
      "mail added: oncall@example.com",
    ]
  `);
  expect(linesOf(plannedResources(undefined, account)).join("\n")).not.toContain("!");
});

test("new accounts with the same settings are alike, whatever their names", () => {
  const effects = (account: AccountName) => effectsOf(plannedResources(undefined, stackOf(account, ALIKE)));

  expect(effects("sandbox")).toEqual(effects("payments"));
});

test("what an older version did not say is nothing that anybody has added", () => {
  const responder = (variables: object) => ({
    function_name: "security-response",
    environment: [{ variables }],
  });
  const mayUndo = JSON.stringify([{ arn: "arn:aws:iam::777788889999:role/Deploy" }]);

  expect(
    linesOf([
      {
        type: "aws_lambda_function",
        before: responder({}),
        after: responder({ [RESPONDER_ENV.mayUndo]: mayUndo }),
        isReplaced: false,
      },
    ]),
  ).toEqual(["role that may undo a quarantine added: Deploy"]);
});

test("a boundary that somebody took off one of the roles is put back", () => {
  const stack = stackOf("payments", withKey("permissionsBoundary: Boundary"));
  const resources = plannedResources(stack, stack).map((resource) =>
    resource.after?.["name"] === "security-response" && resource.type === "aws_iam_role"
      ? { ...resource, before: { ...resource.before, permissions_boundary: "" } }
      : resource,
  );

  expect(linesOf(resources)).toEqual(["permissions boundary of the roles: Boundary or none → Boundary"]);
});

test("an account that is renamed says so", () => {
  const renamed = SAMPLE_YAML.replace("name: payments", "name: billing");

  expect(lines("payments", SAMPLE_YAML, renamed)).toEqual(["name in alerts: payments → billing"]);
});

describe("mail that waits for its receiver", () => {
  const subscription = { protocol: "email", endpoint: "soc@example.com" };
  const resource = (changes: Partial<PlannedResource>): PlannedResource => ({
    ...{ type: "aws_sns_topic_subscription", before: undefined, after: subscription, isReplaced: false },
    ...changes,
  });

  test.each<[string, Partial<PlannedResource>, string[]]>([
    ["a new address", {}, ["soc@example.com"]],
    [
      "one that has not confirmed",
      { before: { ...subscription, pending_confirmation: true } },
      ["soc@example.com"],
    ],
    ["one that has", { before: { ...subscription, pending_confirmation: false } }, []],
    ["one whose topic is replaced", { before: subscription, isReplaced: true }, ["soc@example.com"]],
    ["one that goes", { before: subscription, after: undefined }, []],
    ["a function", { after: { protocol: "lambda", endpoint: "arn" } }, []],
  ])("%s", (_what, changes, addresses) => {
    expect(unconfirmedMail([resource(changes)])).toEqual(addresses);
  });
});

test("what stands in an account is cut, and controls no terminal", () => {
  const responder = (mode: string) => ({
    function_name: "security-response",
    environment: [{ variables: { [RESPONDER_ENV.mode]: mode } }],
  });
  const [effect] = effectsOf([
    {
      type: "aws_lambda_function",
      before: responder(`\u001b[2Joff${"x".repeat(1_000)}`),
      after: responder("enforce"),
      isReplaced: false,
    },
  ]);

  expect(effect).toMatchObject({ setting: "mode", after: "enforce", weakens: false });
  expect(effect?.before).toMatch(/^\uFFFD\[2Joffx+\.\.\.$/);
  expect(effect?.before).toHaveLength(300);
});

test("parts that are replaced are named, since what they hold is lost", () => {
  const topic = { name: "security-alerts" };
  const responder = { function_name: "security-response" };

  expect(
    linesOf([
      { type: "aws_lambda_function", before: responder, after: responder, isReplaced: false },
      { type: "aws_sns_topic", before: topic, after: topic, isReplaced: true },
    ]),
  ).toEqual(["topic replaced: security-alerts"]);
});

test("a rollout ends a pause, and says so", () => {
  const stack = stackOf("payments", SAMPLE_YAML);
  const paused = JSON.parse(
    JSON.stringify(stack).replaceAll(
      `"${RESPONDER_ENV.pause}":"none"`,
      `"${RESPONDER_ENV.pause}":"until 2026-12-24T18:00:00Z by alice"`,
    ),
  ) as object;

  expect(linesOf(plannedResources(paused, stack))).toEqual([
    "pause: until 2026-12-24T18:00:00Z by alice → ended",
  ]);
});
