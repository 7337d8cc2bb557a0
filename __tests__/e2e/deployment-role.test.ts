import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  ListRolesCommand,
  PutUserPermissionsBoundaryCommand,
  TagUserCommand,
} from "@aws-sdk/client-iam";
import { stringify } from "yaml";
import { EXIT } from "../../cli/exit-codes";
import { ROLE_USES, type RoleUse } from "../../cli/policies/account-roles";
import { TAG_KEYS } from "../../functions/contract";
import { encodeArn } from "../../functions/shared/alert/former-boundary";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { LabDeployment } from "../../lab/deployment";
import { startLab, type Lab } from "../../lab/lab";
import {
  ADMINISTRATOR_POLICY_ARN,
  ADMINISTRATOR_USER,
  LAB_ORGANIZATION,
} from "../../lab/organization/accounts";
import { runProgram } from "../../lab/run-program";
import { parseRollout } from "../../stacks/config/load";
import type { RolloutFile } from "../../stacks/config/schema";
import { AccountNames, NAMES } from "../../stacks/names";
import { actionsOf, type PolicyDocument } from "../../stacks/policies/document";
import { synthesize } from "../../stacks/synthesis/synthesize";
import { CliProcess, type CliEnd } from "../support/cli/process";
import { labApi } from "../support/lab/api";
import { matchesPattern } from "../support/matches-pattern";
import { asReleaseBefore } from "../support/stacks/release-before";
import { FIXTURE_PACKAGES } from "../support/stacks/synthesize";
import { holdByEveryMethod } from "./cases/held-user";
import { endOfHold, waitForOutcome } from "./cases/looks";

/** Real Terraform in three accounts on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 900_000;
jest.setTimeout(DEPLOYMENT_MS);

const { managementAccount, securityAccount, memberAccounts } = LAB_ORGANIZATION;
const [payments] = memberAccounts;
const ACCOUNTS = [securityAccount, payments, managementAccount];
const DEPLOY = "quarantine/Deploy";
const PLAN = "quarantine/Plan";
const READ = "quarantine/Read";
const DRILL = "quarantine/Drill";
const BREAK_GLASS = "security/QuarantineBreakGlass";
const ROLES = {
  plan: PLAN,
  apply: DEPLOY,
  read: READ,
  drill: DRILL,
  "break-glass": BREAK_GLASS,
} as const satisfies Record<RoleUse, string>;
/** Made by hand, with all rights. */
const JANITOR = "security/Janitor";
const BOUNDARY = "quarantine/Boundary";
const USER = "mallory";
const HELD = "colleague";
const BOUND = "bound-colleague";

let lab: Lab;
let client: LabClient;
let deployment: LabDeployment;
let connectionArn: string;

/** `rollout.yaml` with every setting on. */
function rolloutYaml(change: Partial<RolloutFile> = {}): string {
  const file: RolloutFile = {
    organizationId: LAB_ORGANIZATION.organizationId,
    providerVersion: ">= 5.100.0, < 7.0.0",
    deploymentRole: DEPLOY,
    securityAccount: {
      ...securityAccount,
      notificationEmails: ["security@example.com"],
      channels: {
        securityHub: {},
        chat: {},
        webhooks: [{ name: "page", type: "pagerDuty", connectionArn }],
      },
    },
    managementAccount: { ...managementAccount, deploymentRole: DEPLOY },
    tags: { CostCenter: "4711" },
    rolePath: "/quarantine/parts/",
    permissionsBoundary: BOUNDARY,
    guard: { enabled: true, breakGlassRoles: [BREAK_GLASS], exemptRoles: [JANITOR] },
    drill: { everyHours: 24 },
    defaults: { attackSimulation: true, notificationEmails: ["oncall@example.com"] },
    waves: ["all"],
    accounts: [{ ...payments, wave: "all" }],
    ...change,
  };
  return stringify(file, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" });
}

/** `quarantine ARGS`, with credentials that may assume the generated roles. */
function quarantine(...args: string[]): Promise<CliEnd> {
  return new CliProcess(args, { cwd: deployment.folder, env: deployment.environment }).ended;
}

/** The same, for two people. */
function together(...args: string[]): Promise<CliEnd> {
  return quarantine(...args, "--reason", "INC-12", "--approved-by", "bob", "--operator", "alice", "--yes");
}

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  client = new LabClient(addressOf(lab));
  const api = labApi(lab.endpoint, lab.credentials(securityAccount.id).accessKeyId);
  await api("securityhub", "EnableSecurityHub", {}, { method: "POST", path: "/accounts" });
  const connection = await api("events", "CreateConnection", {
    ...{ Name: "pagerduty", AuthorizationType: "API_KEY" },
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "x", ApiKeyValue: "not-a-secret" } },
  });
  connectionArn = String(connection["ConnectionArn"]);
  deployment = new LabDeployment({
    folder: path.join(__dirname, "../../.lab/e2e-deployment-role"),
    rolloutYaml: rolloutYaml(),
    environment: lab.environment(managementAccount.id),
  });
  await Promise.all([securityAccount, payments].map(({ id }) => makeJanitor(id)));
  await makeGeneratedRoles();
});

afterAll(() => lab.stop());

async function makeJanitor(accountId: string): Promise<void> {
  const [folder = "", RoleName] = JANITOR.split("/");
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const iam = client.iam(accountId);
  await iam.send(new CreateRoleCommand({ RoleName, Path: `/${folder}/`, AssumeRolePolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ADMINISTRATOR_POLICY_ARN }));
}

/** The folder that `quarantine policies` wrote, as each account's administrator would take it over. */
async function makeGeneratedRoles(): Promise<void> {
  const who = `arn:aws:iam::${managementAccount.id}:user/${ADMINISTRATOR_USER}`;
  const written = await quarantine(
    ...["policies", "--out", "policies", "--plan-role", PLAN, "--read-role", READ, "--drill-role", DRILL],
    ...["deploy", "read", "drill", "release"].flatMap((what) => [`--may-${what}`, who]),
  );
  expect({ ...written, stderr: written.code === EXIT.done ? "" : written.stderr }).toMatchObject({
    code: EXIT.done,
    stderr: "",
  });
  for (const account of ACCOUNTS) {
    await makeBoundary(account);
    for (const use of usesOf(account.name)) {
      await makeRole(account, use);
    }
  }
}

type Account = (typeof ACCOUNTS)[number];

/** The roles that were written for an account. */
function usesOf(account: string): RoleUse[] {
  return ROLE_USES.filter((use) => existsSync(path.join(deployment.folder, "policies", account, use)));
}

async function makeBoundary({ id, name }: Account): Promise<void> {
  const [folder = "", PolicyName] = BOUNDARY.split("/");
  const boundary = { PolicyName, PolicyDocument: generated(name, "boundary.json") };
  await client.iam(id).send(new CreatePolicyCommand({ Path: `/${folder}/`, ...boundary }));
}

async function makeRole({ id, name }: Account, use: RoleUse): Promise<void> {
  const iam = client.iam(id);
  const [folder = "", RoleName = ""] = ROLES[use].split("/");
  const AssumeRolePolicyDocument = generated(name, use, "trust.json");
  await iam.send(new CreateRoleCommand({ RoleName, Path: `/${folder}/`, AssumeRolePolicyDocument }));
  for (const file of policyFiles(name, use)) {
    const PolicyName = `${RoleName}-${path.parse(file).name}`;
    const created = { PolicyName, PolicyDocument: generated(name, use, file) };
    const { Policy } = await iam.send(new CreatePolicyCommand(created));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
  }
}

function generated(...names: string[]): string {
  return readFileSync(path.join(deployment.folder, "policies", ...names), "utf8");
}

function policyFiles(account: string, use: RoleUse): string[] {
  const files = readdirSync(path.join(deployment.folder, "policies", account, use));
  return files.filter((file) => file.startsWith("policy-"));
}

/** Runs Terraform in the folder of a stack, as an operator does by hand. */
async function terraform(stack: string, ...args: string[]): Promise<void> {
  await runProgram(deployment.terraformProgram, [...args, "-input=false", "-no-color"], {
    cwd: path.join(deployment.output, "stacks", stack),
    environment: deployment.environment,
  });
}

test("the deploying role rolls out another release, whose every attribute the next one changes", async () => {
  const before = rolloutYaml({
    defaults: { attackSimulation: true, reservedConcurrency: 1, notificationEmails: ["oncall@example.com"] },
  });
  const rollout = parseRollout("rollout.yaml", before, deployment.folder);
  const workFolder = path.join(deployment.folder, ".rollout");
  synthesize(rollout, FIXTURE_PACKAGES, { outdir: deployment.output, workFolder });
  ACCOUNTS.forEach(({ name }) => asReleaseBefore(path.join(deployment.output, "stacks", name)));

  const applied = Promise.all(
    ACCOUNTS.map(async ({ name }) => {
      await terraform(name, "init");
      await terraform(name, "apply", "-auto-approve");
    }),
  );

  await expect(applied).resolves.toBeDefined();
});

test("the deploying role upgrades to this release, and gives the roles their boundary back", async () => {
  await Promise.all(ACCOUNTS.map(takeBoundariesOff));

  const { code, stdout, stderr } = await quarantine("rollout", "--yes");

  expect({ code, stdout, stderr: code === EXIT.done ? "" : stderr }).toMatchObject({
    code: EXIT.done,
    stderr: "",
  });
  // Nobody was asked, and the log says what it meant.
  expect(stdout).toContain(`${payments.name} (${payments.id})\n`);
  expect(stdout).toContain(`permissions boundary of the roles: none → ${BOUNDARY}\n`);
  expect(stdout).toContain("tag removed: Release=before\n");
});

/** As an administrator does by mistake: only then does an apply put one on a role that is there. */
async function takeBoundariesOff({ id }: Account): Promise<void> {
  const iam = client.iam(id, id === managementAccount.id ? undefined : await client.assumeRole(id, JANITOR));
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: "/quarantine/parts/" }));
  expect(Roles).not.toEqual([]);
  for (const { RoleName } of Roles) {
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
  }
}

test("the planning role sees no changes, and locks nothing", async () => {
  const { code, stdout } = await quarantine("plan", "--no-lock", "--role", PLAN);

  expect({ code, stdout }).toMatchObject({ code: EXIT.done });
});

test("the commands that look into accounts work with the deploying role", async () => {
  const iam = client.iam(payments.id);
  await iam.send(new CreateUserCommand({ UserName: USER }));
  await waitForOutcome(client, USER);

  const status = await quarantine("status");
  const drill = await quarantine("drill");
  const replay = await quarantine("replay", "--days", "1");
  const explain = await quarantine("explain", "--account", payments.name, "--user", USER);
  const retire = await quarantine("retire", payments.name, "--yes");

  expect(status.stdout).toContain(USER);
  expect(drill).toMatchObject({ code: EXIT.done });
  expect(replay.stdout).toContain(USER);
  expect(explain.stdout).toContain(USER);
  expect(retire.stderr).toContain(`${USER}, denied by managed-policy`);
});

test("the reading role looks into the accounts, and into the organization", async () => {
  // Of an account that is not in the organization, AWS is asked alone.
  const gone = { id: "999900001111", name: "gone", wave: "all" };
  const yaml = rolloutYaml({ accounts: [{ ...payments, wave: "all" }, gone] });
  writeFileSync(path.join(deployment.folder, "with-gone.yaml"), yaml);
  await makeOrganizationalUnit();
  const role = ["--role", READ];
  const roleArn = new AccountNames("aws", managementAccount.id).roleArn(READ);
  const environment = { ...deployment.environment, ROLLOUT_CONFIG: "with-gone.yaml" };

  const [status, live, replay, explain] = await Promise.all([
    quarantine("status", "--json", ...role),
    quarantine("review", "--live", "--json", ...role),
    quarantine("replay", "--days", "1", ...role),
    quarantine("explain", "--account", payments.name, "--user", USER, ...role),
  ]);
  const asks = (...args: string[]) =>
    new CliProcess([...args, "--role-arn", roleArn], { cwd: deployment.folder, env: environment }).ended;
  const [organization, imported] = await Promise.all([
    asks("review", "--organization"),
    asks("accounts", "import", "--check", "--wave", "all"),
  ]);

  expect(status).toMatchObject({ code: EXIT.done, stderr: "" });
  expect(JSON.parse(status.stdout)).toMatchObject({ users: [{ userName: USER, unread: [] }] });
  const { accounts } = JSON.parse(live.stdout) as { accounts: { id: string; live: object | null }[] };
  expect(accounts.find(({ id }) => id === payments.id)?.live).toMatchObject({
    users: [{ userName: USER }],
    problems: [],
  });
  expect(replay.stdout).toContain(USER);
  expect(explain.stdout).toContain(USER);
  expect(organization.stdout).toContain("It is not in the organization.");
  expect(imported).toMatchObject({ code: EXIT.changes, stdout: expect.stringContaining(gone.id) as string });
});

async function makeOrganizationalUnit(): Promise<void> {
  const api = labApi(lab.endpoint, lab.credentials(managementAccount.id).accessKeyId);
  const { Roots } = (await api("organizations", "ListRoots", {})) as { Roots: { Id: string }[] };
  await api("organizations", "CreateOrganizationalUnit", { ParentId: Roots[0]?.Id, Name: "Workloads" });
}

test("the drill's role runs a drill, and reads when the audit log had it", async () => {
  const { code, stdout } = await quarantine("drill", "--json", "--role", DRILL);

  expect(code).toBe(EXIT.done);
  expect(JSON.parse(stdout)).toMatchObject({
    accounts: [{ account: payments.name, secondsToAudited: expect.any(Number) as number }],
  });
});

describe("the break-glass role, under the guard", () => {
  const names = new AccountNames("aws", payments.id);
  const FORMER = names.awsManagedPolicyArn("ReadOnlyAccess");
  const create = async (UserName: string) => {
    await client.iam(payments.id).send(new CreateUserCommand({ UserName }));
    return waitForOutcome(client, UserName);
  };

  test("pauses, so that new users are not denied", async () => {
    const { code, stdout, stderr } = await together("pause", "--for", "1h");

    expect({ code, stdout, stderr }).toMatchObject({ code: EXIT.done });
    expect(await create(HELD)).toMatchObject({ status: "OBSERVED", verdict: { rule: "paused" } });
    expect(await create(BOUND)).toMatchObject({ status: "OBSERVED" });
  });

  test("releases users from every deny, and sets credentials active", async () => {
    const iam = client.iam(payments.id);
    await holdByEveryMethod(iam, HELD, names.quarantinePolicyArn);
    await iam.send(
      new PutUserPermissionsBoundaryCommand({
        UserName: BOUND,
        PermissionsBoundary: names.quarantinePolicyArn,
      }),
    );
    const operator = { by: managementAccount.id, sourceIdentity: "alice" };
    const session = await client.assumeRole(payments.id, BREAK_GLASS, operator);
    const Tags = [{ Key: TAG_KEYS.formerBoundary, Value: encodeArn(FORMER) }];
    await client.iam(payments.id, session).send(new TagUserCommand({ UserName: HELD, Tags }));

    const held = await together("release", payments.name, HELD, "--until", "8h", "--reactivate-keys");
    const bound = await together("release", payments.name, BOUND);

    expect({ ...held, code: held.code }).toMatchObject({ code: EXIT.done });
    expect(held.stdout).toContain(`${HELD} in ${payments.name} (${payments.id}) is released`);
    expect(held.stderr).toMatch(/access key \S+: inactive, .*never used/);
    expect(bound.stdout).toContain(`${BOUND} in ${payments.name} (${payments.id}) is released`);
    const { User } = await iam.send(new GetUserCommand({ UserName: HELD }));
    expect(User?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(FORMER);
  });

  test("releases without an end who was released until a time", async () => {
    const iam = client.iam(payments.id);
    await iam.send(new AttachUserPolicyCommand({ UserName: HELD, PolicyArn: names.quarantinePolicyArn }));

    const { code, stdout } = await together("release", payments.name, HELD);

    expect({ code, stdout }).toMatchObject({ code: EXIT.done });
    const { User } = await iam.send(new GetUserCommand({ UserName: HELD }));
    expect(User?.Tags?.map(({ Key }) => Key)).not.toContain(TAG_KEYS.releasedUntil);
  });

  test("resumes", async () => {
    const { code, stdout, stderr } = await quarantine("resume", "--operator", "alice", "--yes");

    expect({ code, stdout, stderr }).toMatchObject({ code: EXIT.done });
    expect(await create("rogue")).toMatchObject({ status: "QUARANTINED" });
  });

  test("is assumed by nobody who does not say who it is", async () => {
    const by = managementAccount.id;
    await expect(client.assumeRole(payments.id, BREAK_GLASS, { by })).rejects.toThrow(/not authorized/);
  });
});

test("the deploying role takes the guard off", async () => {
  const { code, stderr } = await quarantine("retire", managementAccount.name, "--yes", "--delete-logs");

  expect({ code, stderr: code === EXIT.done ? "" : stderr }).toEqual({ code: EXIT.done, stderr: "" });
});

describe("without the guard, it is their policies that refuse", () => {
  const names = new AccountNames("aws", payments.id);
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const everything = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  });
  const codeOf = (name: string) => ({ method: "PUT", path: `/2015-03-31/functions/${name}/code` });
  type Call = Parameters<ReturnType<typeof labApi>>;

  async function as(role: string, ...call: Call): Promise<unknown> {
    const by = managementAccount.id;
    const { accessKeyId } = await client.assumeRole(payments.id, role, { by });
    return labApi(lab.endpoint, accessKeyId)(...call);
  }

  test.each<Call>([
    ["iam", "PutRolePolicy", { RoleName: NAMES.responder, PolicyName: "x", PolicyDocument: everything }],
    ["iam", "CreateRole", { RoleName: NAMES.responder, AssumeRolePolicyDocument: trust }],
    ["events", "DisableRule", { Name: NAMES.detectionRule }],
    ["events", "DeleteRule", { Name: NAMES.detectionRule }],
    ["sns", "DeleteTopic", { TopicArn: names.topicArn }],
    ["lambda", "UpdateFunctionCode", { ZipFile: "" }, codeOf(NAMES.responder)],
  ])("the planning role: %s %s %j", async (...call) => {
    await expect(as(PLAN, ...call)).rejects.toThrow(/no identity-based policy allows/);
  });

  test.each<Call>([
    ["iam", "CreateRole", { RoleName: "mine", AssumeRolePolicyDocument: trust }],
    ["iam", "AttachRolePolicy", { RoleName: NAMES.responder, PolicyArn: ADMINISTRATOR_POLICY_ARN }],
    ["iam", "PutRolePolicy", { RoleName: "Deploy", PolicyName: "x", PolicyDocument: everything }],
    ["iam", "UpdateAssumeRolePolicy", { RoleName: "QuarantineBreakGlass", PolicyDocument: trust }],
    ["iam", "CreateUser", { UserName: "mine" }],
    ["iam", "DetachUserPolicy", { UserName: USER, PolicyArn: ADMINISTRATOR_POLICY_ARN }],
    ["lambda", "UpdateFunctionCode", { ZipFile: "" }, codeOf("billing")],
    [
      "lambda",
      "UpdateFunctionConfiguration",
      { Role: names.roleArn("Billing") },
      { method: "PUT", path: `/2015-03-31/functions/${NAMES.responder}/configuration` },
    ],
    ["events", "PutRule", { Name: "mine", EventPattern: '{"source":["aws.iam"]}' }],
    ["sns", "CreateTopic", { Name: "mine" }],
    ["cloudtrail", "StopLogging", { Name: "management-events" }],
  ])("the deploying role: %s %s %j", async (...call) => {
    await expect(as(DEPLOY, ...call)).rejects.toThrow(/no identity-based policy allows/);
  });

  test("nobody but who was named can assume either", async () => {
    await expect(client.assumeRole(payments.id, DEPLOY)).rejects.toThrow(/not authorized/);
    await expect(client.assumeRole(payments.id, PLAN)).rejects.toThrow(/not authorized/);
  });
});

test("the deploying role retires an account, and destroys the security account's stack", async () => {
  const iam = client.iam(payments.id, await client.assumeRole(payments.id, JANITOR));
  const PolicyArn = new AccountNames("aws", payments.id).quarantinePolicyArn;
  for (const UserName of [USER, "rogue"]) {
    await endOfHold(lab, payments.id, UserName);
    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
    await iam.send(new DeleteUserCommand({ UserName }));
  }

  const { code, stderr } = await quarantine("retire", payments.name, "--yes", "--delete-logs");

  expect({ code, stderr: code === EXIT.done ? "" : stderr }).toEqual({ code: EXIT.done, stderr: "" });
  await expect(terraform(securityAccount.name, "destroy", "-auto-approve")).resolves.toBeUndefined();
});

describe("nothing is granted that was not used", () => {
  const NOT_THERE: readonly RoleUse[] = ["drill", "break-glass"];
  // The lab has no such credentials.
  const UNPROVEN = ["iam:UpdateServiceSpecificCredential"];
  const cases = ACCOUNTS.flatMap((account) =>
    ROLE_USES.filter((use) => account !== managementAccount || !NOT_THERE.includes(use)).map(
      (use) => [use, account.name, account] as const,
    ),
  );

  test.each(cases)("the role for %s in the account %s", (use, name, { id }) => {
    const used = lab.usedPermissions(new AccountNames("aws", id).roleArn(ROLES[use]));
    const grants = policyFiles(name, use)
      .map((file) => JSON.parse(generated(name, use, file)) as PolicyDocument)
      .flatMap((document) => document.Statement)
      .flatMap((statement) =>
        actionsOf(statement).flatMap((action) =>
          [statement.Resource ?? []].flat().map((resource) => ({ action, resource })),
        ),
      );

    const unused = grants.filter(
      ({ action, resource }) =>
        !UNPROVEN.includes(action) &&
        !used.some((each) => each.action === action && matchesPattern(resource, each.resource)),
    );

    expect(unused.map(({ action, resource }) => `${action} on ${resource}`)).toEqual([]);
  });
});
