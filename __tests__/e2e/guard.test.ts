import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  AttachRolePolicyCommand,
  DetachUserPolicyCommand,
  ListUsersCommand,
  TagUserCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import {
  ADVERSARIES,
  BREAK_GLASS_ROLE,
  GROUPS,
  prepareActors,
  type Adversary,
} from "../../bench/hold/adversaries";
import type { FightResult } from "../../bench/hold/fight";
import { EXIT } from "../../cli/exit-codes";
import { reviewSchema } from "../../cli/review/review";
import { DRILL_PATH, QUARANTINE_DOCUMENT, RESPONDER_ENV } from "../../functions/contract";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { attachedPoliciesOf, tagsOf } from "../../lab/client/read-user";
import { LabDeployment } from "../../lab/deployment";
import { startLab, type Lab } from "../../lab/lab";
import { ADMINISTRATOR_POLICY_ARN, LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import { AccountNames, NAMES } from "../../stacks/names";
import { CliProcess, type CliEnd } from "../support/cli/process";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";
import { fightAs, SLOW_AWS, undoneIn } from "./cases/fights";
import { endOfHold } from "./cases/looks";

/** Three stacks by Terraform on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 900_000;
jest.setTimeout(300_000);

const { managementAccount, securityAccount, memberAccounts } = LAB_ORGANIZATION;
const [GUARDED, UNGUARDED] = memberAccounts;
const names = new AccountNames("aws", GUARDED.id);

let lab: Lab;
let client: LabClient;
let deployment: LabDeployment;
let cli: CliProcess | undefined;
let administrator: LabApi;

/** `quarantine ARGS`, as the management account's administrator. */
function quarantine(...args: string[]): Promise<CliEnd> {
  cli = new CliProcess(args, { cwd: deployment.folder, env: deployment.environment });
  return cli.ended;
}

beforeAll(async () => {
  // Each quarantine that is held keeps an environment busy.
  lab = await startLab({ ...LAB_ORGANIZATION, lambdaMaxConcurrency: 2 * ADVERSARIES.length });
  client = new LabClient(addressOf(lab));
  administrator = labApi(lab.endpoint, lab.credentials(GUARDED.id).accessKeyId);
  deployment = new LabDeployment({
    folder: path.join(__dirname, "../../.lab/e2e-guard"),
    rolloutYaml: labRolloutYaml({
      ...LAB_ORGANIZATION,
      memberAccounts: [GUARDED],
      managementAccount,
      guard: { enabled: true, breakGlassRoles: [BREAK_GLASS_ROLE] },
      drill: { everyHours: 24 },
    }),
    environment: lab.environment(managementAccount.id),
  });
}, DEPLOYMENT_MS);

afterAll(async () => {
  cli?.stop();
  await cli?.ended;
  await lab.stop();
});

/** A role that the account's administrator may assume and that may do everything. */
async function makeBreakGlassRole(accountId: string): Promise<void> {
  const iam = client.iam(accountId);
  const [rolePath = "", RoleName] = BREAK_GLASS_ROLE.split("/");
  await iam.send(
    new CreateRoleCommand({
      RoleName,
      Path: `/${rolePath}/`,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: new AccountNames("aws", accountId).rootArn },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ADMINISTRATOR_POLICY_ARN }));
}

test(
  "plan names the accounts that lack the break-glass role, before anything is done",
  async () => {
    await makeBreakGlassRole(securityAccount.id);

    const { code, stdout } = await quarantine("plan", "--account", managementAccount.name);

    expect(code).toBe(EXIT.failed);
    expect(stdout).toContain(
      `the account ${GUARDED.name} (${GUARDED.id}) has no role ${names.roleArn(BREAK_GLASS_ROLE)}`,
    );
  },
  DEPLOYMENT_MS,
);

test(
  "rollout deploys the guard last, and the deployment role sees no changes under it",
  async () => {
    await makeBreakGlassRole(GUARDED.id);

    const rollout = await quarantine("rollout", "--yes");
    const plan = await quarantine("plan", "--account", "*");

    expect({ ...rollout, stdout: "" }).toMatchObject({ code: EXIT.done });
    expect(rollout.stderr).toContain("The guard: 2 attachments; where fewest are left, 8 more");
    expect(plan).toMatchObject({ code: EXIT.done });
  },
  DEPLOYMENT_MS,
);

test("review finds no difference in what was just deployed, and first the account that nobody covers", async () => {
  const { code, stdout } = await quarantine("review", "--organization", "--json");

  const { accounts } = reviewSchema.parse(JSON.parse(stdout));
  expect(accounts.map(({ name, status, guard }) => ({ name, status, guard }))).toEqual([
    { name: UNGUARDED.name, status: "uncovered", guard: "not-covered" },
    { name: securityAccount.name, status: "as-configured", guard: "attached" },
    { name: GUARDED.name, status: "as-configured", guard: "attached" },
    { name: managementAccount.name, status: "as-configured", guard: "not-covered" },
  ]);
  expect(accounts.flatMap(({ differences }) => differences)).toEqual([]);
  const guarded = accounts.find(({ name }) => name === GUARDED.name);
  expect(guarded).toMatchObject({ unit: "/", trust: "Trusts nobody.", deployed: { mode: "enforce" } });
  expect(guarded?.deployed?.functions.map(({ name, isCurrent }) => [name, isCurrent])).toEqual([
    [NAMES.simulation, true],
    [NAMES.drill, true],
    [NAMES.hold, true],
    [NAMES.responder, true],
    [NAMES.sweep, true],
  ]);
  expect(code).toBe(EXIT.changes);
});

test("review names old code, another mode, a detached guard, a missing account and one that cannot be read", async () => {
  const { folder } = deployment;
  const elsewhere = path.join(folder, "review");
  const state = (id: string) => path.join(elsewhere, "state", `${id}.tfstate`);
  cpSync(path.join(folder, "state"), path.join(elsewhere, "state"), { recursive: true });
  const yaml = readFileSync(path.join(folder, "rollout.yaml"), "utf8");
  const configured = path.join(elsewhere, "rollout.yaml");
  const observing = yaml.replace(`id: "${GUARDED.id}"`, "$&\n    mode: observe");
  const added = `  - { name: ${UNGUARDED.name}, id: "${UNGUARDED.id}", wave: lab }\n`;
  writeFileSync(configured, `${observing}${added}`);
  edit(state(GUARDED.id), (text) =>
    text.replaceAll(/"(code_sha256|source_code_hash)": "[^"]+"/g, '"$1": "b2xk"'),
  );
  edit(state(managementAccount.id), (text) =>
    text.replaceAll(`"target_id": "${securityAccount.id}"`, '"target_id": "111111111111"'),
  );
  edit(state(securityAccount.id), (text) => text.slice(0, 1_000));

  cli = new CliProcess(["review", "--json"], {
    cwd: elsewhere,
    env: { ...deployment.environment, ROLLOUT_CONFIG: configured },
  });
  const { code, stdout } = await cli.ended;

  const { accounts } = reviewSchema.parse(JSON.parse(stdout));
  const byName = Object.fromEntries(accounts.map((account) => [account.name, account]));
  expect(accounts.map(({ name, status, guard }) => ({ name, status, guard }))).toEqual([
    { name: securityAccount.name, status: "unreadable", guard: "not-attached" },
    { name: UNGUARDED.name, status: "not-deployed", guard: "not-attached" },
    { name: GUARDED.name, status: "differs", guard: "not-covered" },
    { name: managementAccount.name, status: "differs", guard: "not-covered" },
  ]);
  expect(byName[GUARDED.name]?.problems).toEqual([
    "Its mode is enforce instead of observe.",
    expect.stringMatching(/^Other code than this checkout builds: .*security-response/),
    expect.stringContaining("attributes differ"),
  ]);
  expect(code).toBe(EXIT.failed);
});

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

/** Creates a user as the administrator, and waits for the responder. */
async function quarantinedUser(userName: string): Promise<IAMClient> {
  await administrator("iam", "CreateUser", { UserName: userName });
  const iam = client.iam(GUARDED.id);
  await eventually(`the quarantine of ${userName}`, async () => {
    const { SecurityStatus } = await tagsOf(iam, userName);
    return SecurityStatus === "QUARANTINED" ? true : undefined;
  });
  return iam;
}

const FUNCTION = `/functions/${NAMES.responder}`;
const rest = (method: string, date: string, end = "") => ({ method, path: `/${date}${FUNCTION}${end}` });

/** Every way out that an administrator of the account tries, on the user mallory. */
const UNDOING: readonly Parameters<LabApi>[] = [
  ["iam", "DetachUserPolicy", { UserName: "mallory", PolicyArn: names.quarantinePolicyArn }],
  ["iam", "UpdateUser", { UserName: "mallory", NewUserName: "mallory2" }],
  ["iam", "CreateAccessKey", { UserName: "mallory" }],
  ["iam", "CreateLoginProfile", { UserName: "mallory", Password: "Correct-horse-1" }],
  ["iam", "UntagUser", { UserName: "mallory", TagKeys: ["securitystatus"] }],
  ["iam", "TagUser", { UserName: "mallory", Tags: [{ Key: "SecurityStatus", Value: "RELEASED" }] }],
  [
    "iam",
    "CreatePolicyVersion",
    { PolicyArn: names.quarantinePolicyArn, PolicyDocument: "{}", SetAsDefault: true },
  ],
  ["iam", "DeletePolicy", { PolicyArn: names.quarantinePolicyArn }],
  ["iam", "DeleteUserPermissionsBoundary", { UserName: "bounded" }],
  ["iam", "PutRolePolicy", { RoleName: NAMES.responder, PolicyName: "x", PolicyDocument: "{}" }],
  ["iam", "UpdateAssumeRolePolicy", { RoleName: "QuarantineBreakGlass", PolicyDocument: "{}" }],
  ["events", "DisableRule", { Name: NAMES.detectionRule }],
  ["events", "RemoveTargets", { Rule: NAMES.detectionRule, Ids: ["responder"] }],
  [
    "lambda",
    "PutFunctionConcurrency",
    { ReservedConcurrentExecutions: 0 },
    rest("PUT", "2017-10-31", "/concurrency"),
  ],
  [
    "lambda",
    "UpdateFunctionConfiguration",
    { Environment: { Variables: { [RESPONDER_ENV.mode]: "off" } } },
    rest("PUT", "2015-03-31", "/configuration"),
  ],
  [
    "lambda",
    "UpdateFunctionConfiguration",
    { Environment: { Variables: { [RESPONDER_ENV.pause]: "until 2026-12-24T18:00:00Z by mallory" } } },
    rest("PUT", "2015-03-31", "/configuration"),
  ],
  ["lambda", "DeleteFunction", {}, rest("DELETE", "2015-03-31")],
  ["sns", "DeleteTopic", { TopicArn: names.topicArn }],
  ["logs", "DeleteLogGroup", { logGroupName: "/aws/lambda/security-response" }],
  ["logs", "DeleteLogGroup", { logGroupName: "/aws/lambda/quarantine-sweep" }],
  ["events", "UpdateEventBus", { Name: "default", KmsKeyIdentifier: "a-key-without-grants" }],
  ["iam", "CreateUser", { UserName: "drill-0badf00d", Path: DRILL_PATH }],
  ["organizations", "AcceptHandshake", { HandshakeId: "h-examplehandshakeid" }],
];

describe("under the guard", () => {
  beforeAll(async () => {
    await quarantinedUser("mallory");
    // Our boundary on a user, whose tag does not count yet: the policy's ARN does.
    await administrator("iam", "CreateUser", { UserName: "bounded" });
    await administrator("iam", "PutUserPermissionsBoundary", {
      UserName: "bounded",
      PermissionsBoundary: names.quarantinePolicyArn,
    });
  });

  test.each(UNDOING)("%s %s %j is refused, and the refusal names the policy", async (...call) => {
    await expect(administrator(...call)).rejects.toMatchObject({
      message: expect.stringMatching(
        /with an explicit deny in a service control policy: arn:aws:organizations::123456789012:policy\/o-lab0000001\/service_control_policy\/p-\w+/,
      ),
    });
  });

  test.each<[string, string, Record<string, unknown>]>([
    ["iam", "GetRole", { RoleName: NAMES.responder }],
    ["iam", "ListUserTags", { UserName: "mallory" }],
    ["iam", "GetPolicy", { PolicyArn: names.quarantinePolicyArn }],
    ["events", "DescribeRule", { Name: NAMES.detectionRule }],
    ["events", "ListTargetsByRule", { Rule: NAMES.detectionRule }],
    ["sns", "GetTopicAttributes", { TopicArn: names.topicArn }],
    ["iam", "CreateRole", { RoleName: "security-team", AssumeRolePolicyDocument: "{}" }],
    ["events", "PutRule", { Name: "security-team-logins", EventPattern: '{"source":["aws.signin"]}' }],
    ["sns", "CreateTopic", { Name: "security-news" }],
    ["logs", "CreateLogGroup", { logGroupName: "/aws/lambda/billing" }],
  ])("%s %s %j is what others do, and allowed", async (service, action, params) => {
    await expect(administrator(service, action, params)).resolves.toBeDefined();
  });

  test("a drill passes, and removes its user, which is quarantined", async () => {
    const drill = await client.invoke(GUARDED.id, NAMES.drill, { audience: "nobody" });

    expect(drill).toMatchObject({ status: "PASSED", failed: [], leftOvers: [] });
    const { Users } = await client.iam(GUARDED.id).send(new ListUsersCommand({ PathPrefix: DRILL_PATH }));
    expect(Users).toEqual([]);
  });

  test("the break-glass role releases a user, with the calls of the runbook", async () => {
    await endOfHold(lab, GUARDED.id, "mallory");
    const iam = client.iam(GUARDED.id, await client.assumeRole(GUARDED.id, BREAK_GLASS_ROLE));

    await iam.send(
      new DetachUserPolicyCommand({ UserName: "mallory", PolicyArn: names.quarantinePolicyArn }),
    );
    await iam.send(
      new TagUserCommand({ UserName: "mallory", Tags: [{ Key: "SecurityStatus", Value: "RELEASED" }] }),
    );

    expect(await attachedPoliciesOf(iam, "mallory")).toEqual([]);
    await expect(administrator("iam", "CreateAccessKey", { UserName: "mallory" })).resolves.toBeDefined();
  });

  test("a role whose name begins like the break-glass role's does not", async () => {
    await quarantinedUser("trudy");
    const iam = client.iam(GUARDED.id);
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: names.rootArn }, Action: "sts:AssumeRole" }],
    });
    await iam.send(
      new CreateRoleCommand({
        RoleName: "QuarantineBreakGlassX",
        Path: "/security/",
        AssumeRolePolicyDocument: trust,
      }),
    );
    await iam.send(
      new AttachRolePolicyCommand({
        RoleName: "QuarantineBreakGlassX",
        PolicyArn: ADMINISTRATOR_POLICY_ARN,
      }),
    );
    const session = await client.assumeRole(GUARDED.id, "security/QuarantineBreakGlassX");

    await expect(
      client
        .iam(GUARDED.id, session)
        .send(new DetachUserPolicyCommand({ UserName: "trudy", PolicyArn: names.quarantinePolicyArn })),
    ).rejects.toThrow(/explicit deny in a service control policy/);
  });
});

describe("whoever undoes a quarantine under the guard", () => {
  const results = new Map<string, FightResult>();

  beforeAll(async () => {
    const actors = await prepareActors(client, GUARDED.id);
    lab.settings.change(SLOW_AWS);
    const run = async (adversary: Adversary) => {
      const result = await fightAs(adversary, { lab: client, accountId: GUARDED.id, actors });
      results.set(adversary.name, result);
    };
    // Those who strip in a loop keep the lab busy: they come last.
    await Promise.all(GROUPS.slice(0, -2).flat().map(run));
    await Promise.all(GROUPS.slice(-2).flat().map(run));
  });

  afterAll(() => lab.settings.change({ propagationMs: 0, eventDelayMs: 0 }));

  test.each(ADVERSARIES)("$name: the user never acts once the deny counts", ({ name }) => {
    expect(results.get(name)).toMatchObject({ couldActMs: 0, actedAfterEndMs: 0, isFree: false });
  });

  // The user itself begins before its tag counts, and until then may make keys: they are denied too.
  test.each(ADVERSARIES.filter(({ actor }) => actor !== "user"))(
    "$name: no call that undoes a quarantine succeeds",
    ({ name }) => {
      const result = results.get(name);

      expect(result?.victim.names).toHaveLength(1);
      expect(result && undoneIn(lab, GUARDED.id, result)).toEqual([]);
    },
  );
});

test("in an account without the guard, the deny is taken off", async () => {
  const iam = client.iam(UNGUARDED.id);
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: NAMES.quarantinePolicy,
      PolicyDocument: JSON.stringify(QUARANTINE_DOCUMENT),
    }),
  );
  const attachment = { UserName: "lab-visitor", PolicyArn: Policy?.Arn ?? "" };
  const api = labApi(lab.endpoint, lab.credentials(UNGUARDED.id).accessKeyId);
  await api("iam", "CreateUser", { UserName: attachment.UserName });
  await iam.send(new AttachUserPolicyCommand(attachment));

  await expect(iam.send(new DetachUserPolicyCommand(attachment))).resolves.toBeDefined();
});

test("whoever detaches the guard is on record in the security account, and review shows it as drift", async () => {
  const organizations = labApi(lab.endpoint, lab.credentials(managementAccount.id).accessKeyId);
  const { Policies } = (await organizations("organizations", "ListPolicies", {
    Filter: "SERVICE_CONTROL_POLICY",
  })) as { Policies: { Id: string; Name: string }[] };
  const guard = Policies.find(({ Name }) => Name === NAMES.guardPolicy);

  await organizations("organizations", "DetachPolicy", { PolicyId: guard?.Id, TargetId: GUARDED.id });

  const lines = await eventually("the audit log's entry", async () => {
    const found = await client.logLines(securityAccount.id, NAMES.auditLog, "DetachPolicy");
    return found.length > 0 ? found : undefined;
  });
  expect(lines.join()).toContain("lab-administrator");
  const review = await quarantine("review", "--account", managementAccount.name, "--drift", "--json");
  expect(reviewSchema.parse(JSON.parse(review.stdout)).accounts).toMatchObject([
    {
      name: managementAccount.name,
      status: "drifted",
      drift: [
        {
          address: expect.stringMatching(/^aws_organizations_policy_attachment\./),
          ...{ attribute: "", expected: "present", found: "absent" },
        },
      ],
    },
  ]);
  expect(review.code).toBe(EXIT.changes);
});

test(
  "retire takes the guard off by its name alone: a glob selects the accounts that it protects",
  async () => {
    const glob = await quarantine("retire", "*", "--plan-only");
    const { code, stderr } = await quarantine("retire", managementAccount.name, "--yes");

    expect(glob.stdout).toContain(GUARDED.id);
    expect(glob.stdout).not.toContain(managementAccount.id);
    expect(stderr).toContain("Now set guard.enabled to false");
    // The queue of the rule that reports changes of the guard.
    expect(stderr).toContain("Kept in each account");
    expect(code).toBe(EXIT.done);
    const organizations = labApi(lab.endpoint, lab.credentials(managementAccount.id).accessKeyId);
    const { Policies } = (await organizations("organizations", "ListPolicies", {
      Filter: "SERVICE_CONTROL_POLICY",
    })) as { Policies: { Name: string }[] };
    expect(Policies.map(({ Name }) => Name)).not.toContain(NAMES.guardPolicy);
  },
  DEPLOYMENT_MS,
);
