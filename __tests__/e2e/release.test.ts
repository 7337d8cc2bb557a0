import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DetachUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
} from "@aws-sdk/client-iam";
import { parse, stringify } from "yaml";
import { EXIT } from "../../cli/exit-codes";
import { TAG_KEYS } from "../../functions/contract";
import { createBreakGlassRole } from "../../lab/client/break-glass-role";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { startLab, type Lab } from "../../lab/lab";
import { ACCESS_ROLE, ADMINISTRATOR_POLICY_ARN, LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import { setUpTerraform } from "../../lab/terraform";
import { AccountNames, NAMES } from "../../stacks/names";
import { CliProcess, type CliEnd } from "../support/cli/process";
import { eventually } from "../support/eventually";
import { endOfHold, outcomesOnBus, waitForAlerts } from "./cases/looks";

const FOLDER = path.join(__dirname, "../../.lab/e2e-release");
const ACCOUNT = { id: "444455556666", name: "payments" };
const MANAGEMENT = LAB_ORGANIZATION.managementAccount.id;
const POLICY_ARN = new AccountNames("aws", ACCOUNT.id).quarantinePolicyArn;
const BREAK_GLASS = "security/QuarantineBreakGlass";
const USER = "mallory";

/** One account by Terraform, and a release that waits two minutes. */
const CASE_MS = 900_000;
jest.setTimeout(CASE_MS);

let lab: Lab;
let client: LabClient;
let environment: Record<string, string | undefined>;
let key: { accessKeyId: string; secretAccessKey: string };

const iam = () => client.iam(ACCOUNT.id);
const run = (...args: string[]): Promise<CliEnd> =>
  new CliProcess(args, { cwd: FOLDER, env: environment }).ended;
const release = (approver: string, ...args: string[]) =>
  run(
    "release",
    ACCOUNT.name,
    USER,
    "--reason",
    "onboarding, TICKET-12",
    "--approved-by",
    approver,
    "--yes",
    ...args,
  );

const tags = async (): Promise<Record<string, string>> => {
  const { Tags = [] } = await iam().send(new ListUserTagsCommand({ UserName: USER }));
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
};
/** Acts as the user, who may list users as an administrator. */
const act = () => client.iam(ACCOUNT.id, key).send(new ListUsersCommand({}));

/** Operators of the management account may assume it, and may not say who they are. */
async function createRoleWithoutSourceIdentity(RoleName: string): Promise<void> {
  const trust = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` } };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...trust, Action: "sts:AssumeRole" }],
  });
  await iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
}

beforeAll(async () => {
  // The key is made before the event arrives, as an attacker makes it.
  lab = await startLab({ ...LAB_ORGANIZATION, memberAccounts: [ACCOUNT], eventDelayMs: 3_000 });
  client = new LabClient(addressOf(lab));
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const yaml = labRolloutYaml({
    ...LAB_ORGANIZATION,
    memberAccounts: [ACCOUNT],
    overrides: { [ACCOUNT.name]: { attackSimulation: false } },
  });
  const guard = { breakGlassRoles: [BREAK_GLASS, "WithoutSourceIdentity"] };
  const quoted = { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;
  writeFileSync(path.join(FOLDER, "rollout.yaml"), stringify({ ...(parse(yaml) as object), guard }, quoted));
  environment = {
    ...lab.environment(MANAGEMENT),
    ...setUpTerraform({ environment: process.env, homeFolder: homedir() }, FOLDER).environment,
    ...{ ROLLOUT_CONFIG: undefined, TERRAFORM_BINARY_NAME: undefined },
  };
  await createBreakGlassRole(iam(), {
    role: BREAK_GLASS,
    accountId: ACCOUNT.id,
    trustedAccountId: MANAGEMENT,
  });
  await createRoleWithoutSourceIdentity("WithoutSourceIdentity");
  const { code, stderr } = await run("rollout", "--yes", "--account", ACCOUNT.name);
  if (code !== EXIT.done) {
    throw new Error(stderr);
  }
  await iam().send(new CreateUserCommand({ UserName: USER }));
  await iam().send(new AttachUserPolicyCommand({ UserName: USER, PolicyArn: ADMINISTRATOR_POLICY_ARN }));
  const { AccessKey } = await iam().send(new CreateAccessKeyCommand({ UserName: USER }));
  key = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  await endOfHold(lab, ACCOUNT.id, USER);
}, CASE_MS);
afterAll(() => lab.stop());

interface Shown {
  readonly users: readonly object[];
}

test("status shows the quarantined user, and no gap", async () => {
  const { code, stdout, stderr } = await run("status", "--json");

  expect(stderr).toBe("");
  const { users } = JSON.parse(stdout) as Shown;
  expect(users).toEqual([
    expect.objectContaining({
      userName: USER,
      status: "QUARANTINED",
      deniedBy: ["managed-policy"],
      createdBy: expect.stringContaining(`arn:aws:iam::${ACCOUNT.id}:user/`),
      gap: [],
    }),
  ]);
  expect(code).toBe(EXIT.done);
  await expect(act()).rejects.toThrow();
});

test("once somebody has detached the deny, status shows the gap and exits with 2", async () => {
  // Who may undo a quarantine is left alone; the responder would put back at once what others detach.
  const session = await client.assumeRole(ACCOUNT.id, ACCESS_ROLE, { by: MANAGEMENT });
  await client
    .iam(ACCOUNT.id, session)
    .send(new DetachUserPolicyCommand({ UserName: USER, PolicyArn: POLICY_ARN }));

  const { code, stdout } = await run("status", "--account", ACCOUNT.name);

  expect(stdout).toContain("GAP: nothing denies the user");
  expect(code).toBe(EXIT.changes);
  await iam().send(new AttachUserPolicyCommand({ UserName: USER, PolicyArn: POLICY_ARN }));
});

test("a release that the operator has approved is refused, and nothing is changed", async () => {
  const before = await tags();

  const { code, stderr } = await release("Alice", "--operator", "alice");

  expect(stderr).toContain("expected somebody else than the operator");
  expect(code).toBe(EXIT.usage);
  expect(await tags()).toEqual(before);
});

test("a role whose trust policy does not allow a source identity is refused, with the reason", async () => {
  const { code, stderr } = await release("bob", "--role", "WithoutSourceIdentity");

  expect(stderr).toContain("trust policy must allow sts:AssumeRole and sts:SetSourceIdentity");
  expect(code).toBe(EXIT.failed);
});

test("a release by a break-glass role frees the user, and the tags say who and why", async () => {
  const { code, stdout, stderr } = await release("bob", "--operator", "alice", "--reactivate-keys");

  expect(stderr).toContain(`role/${BREAK_GLASS}, for alice`);
  expect(stderr).toMatch(
    new RegExp(
      `access key ${key.accessKeyId}: inactive, made \\S+Z, before the quarantine, (never used|last use)`,
    ),
  );
  expect(stdout).toContain(`${USER} in payments (${ACCOUNT.id}) is released`);
  expect(code).toBe(EXIT.done);
  expect(await tags()).toMatchObject({
    [TAG_KEYS.status]: "RELEASED",
    [TAG_KEYS.releasedBy]: "alice",
    [TAG_KEYS.approvedBy]: "bob",
    [TAG_KEYS.releaseReason]: "onboarding_ TICKET-12",
  });
  await expect(act()).resolves.toBeDefined();
  const shown = await run("status");
  expect(shown.stdout).toContain("released by alice, approved by bob");
  expect(shown.code).toBe(EXIT.done);
});

test("CloudTrail has the operator as the source identity of every call of the release", async () => {
  interface Identity {
    readonly arn?: string;
    readonly sessionContext?: { readonly sourceIdentity?: string };
  }
  const released = () =>
    lab
      .events(ACCOUNT.id)
      .map(({ event }) => event.detail as { eventName?: string; userIdentity?: Identity })
      .filter(({ userIdentity }) => userIdentity?.arn?.includes("/QuarantineBreakGlass/"));
  // Events arrive later than the release ends.
  await eventually("the last call of the release", () =>
    released().find(({ eventName }) => eventName === "DetachUserPolicy"),
  );

  const identities = released().map(({ userIdentity }) => userIdentity?.sessionContext?.sourceIdentity);
  expect(new Set(identities)).toEqual(new Set(["alice"]));
});

test("a second release finds nothing to do", async () => {
  const { code, stdout } = await release("bob", "--operator", "alice");

  expect(stdout).toContain("is released already");
  expect(code).toBe(EXIT.done);
});

describe("a wrong deny spreads", () => {
  const MINUTE_MS = 60_000;
  const pause = (time: string) =>
    run(
      ...["pause", "--for", time, "--account", "pay*", "--reason", "onboarding is denied, INC-12"],
      ...["--approved-by", "bob", "--operator", "alice", "--yes"],
    );
  const create = (UserName: string) => iam().send(new CreateUserCommand({ UserName }));
  const policiesOf = async (UserName: string): Promise<unknown> =>
    (await iam().send(new ListAttachedUserPoliciesCommand({ UserName }))).AttachedPolicies;
  const DENY = [{ PolicyName: "AutomatedSecurityQuarantine", PolicyArn: POLICY_ARN }];

  test("a pause by a break-glass role counts at once: a new user is not denied, and the mail says so", async () => {
    const { code, stdout, stderr } = await pause("2h");

    expect(stderr).toContain("by alice, approved by bob: onboarding is denied, INC-12");
    expect(stdout).toMatch(/^1 account paused until \S+Z: nobody new is denied there: payments/m);
    expect(code).toBe(EXIT.done);
    await create("colleague");
    const [alert] = await waitForAlerts(client, ACCOUNT.id, "colleague");
    expect(alert).toMatchObject({ status: "OBSERVED", verdict: { action: "observe", rule: "paused" } });
    expect(alert?.summary).toMatch(/the quarantine is PAUSED until \S+Z by alice/);
    expect(await policiesOf("colleague")).toEqual([]);
    const mails = lab.inbox(ACCOUNT.id).map(({ subject }) => subject);
    expect(mails).toContainEqual(expect.stringContaining("PAUSED, IAM user NOT denied: colleague"));
  });

  test("status names the paused account", async () => {
    const { code, stdout } = await run("status");

    expect(stdout).toMatch(/PAUSED until \S+Z by alice, nobody new is denied: payments/);
    expect(code).toBe(EXIT.done);
  });

  test("CloudTrail has who did it and the description, and not the environment", async () => {
    const { detail } = await eventually("the record of the pause", () =>
      lab
        .events(ACCOUNT.id)
        .map(({ event }) => event)
        .find((event) => event.source === "aws.lambda" && JSON.stringify(event).includes("PAUSED until")),
    );

    expect(detail).toMatchObject({
      eventName: "UpdateFunctionConfiguration20150331v2",
      requestParameters: {
        description: expect.stringMatching(/^PAUSED until \S+Z by alice, approved by bob/),
      },
      userIdentity: { sessionContext: { sourceIdentity: "alice" } },
    });
    expect(JSON.stringify(detail)).not.toContain("TRUSTED_CREATIONS");
  });

  test("the pause ends by the clock, and the sweep has the user answered whom it had left alone", async () => {
    await client.advance(20 * MINUTE_MS);
    await eventually("a sweep in the pause", async () => {
      const lines = await client.logLines(ACCOUNT.id, `/aws/lambda/${NAMES.sweep}`, "is PAUSED until");
      return lines.length > 0 || undefined;
    });
    expect(await policiesOf("colleague")).toEqual([]);

    await client.advance(60 * MINUTE_MS);
    await client.advance(60 * MINUTE_MS);
    const outcome = await eventually("the answer to the user of the pause", async () =>
      (await outcomesOnBus(client, ACCOUNT.id, "colleague")).find(({ foundBy }) => foundBy === "sweep"),
    );

    expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true });
    expect(await policiesOf("colleague")).toEqual(DENY);
    // Once by the event in the pause, once by the sweep after it.
    expect(await waitForAlerts(client, ACCOUNT.id, "colleague", { count: 2 })).toHaveLength(2);
  });

  test("plan shows that a rollout would end a pause", async () => {
    await pause("20h");

    const { code, stdout } = await run("plan", "--account", ACCOUNT.name, "--diff");

    expect(stdout).toMatch(/"PAUSED until \S+Z by alice, approved by bob: onboarding is denied, INC-12" ->/);
    expect(stdout).toMatch(/"QUARANTINE_PAUSE" += "until \S+Z by alice" -> "none"/);
    expect(code).toBe(EXIT.changes);
  });

  test("resume ends it early: the next user is denied, and nothing differs from the stack", async () => {
    const { code, stdout } = await run("resume", "--operator", "alice", "--yes");

    expect(stdout).toContain("1 account resumed: new users are denied again: payments");
    expect(code).toBe(EXIT.done);
    await create("late-rogue");
    const [alert] = await waitForAlerts(client, ACCOUNT.id, "late-rogue");
    expect(alert?.status).toBe("QUARANTINED");
    expect(await policiesOf("late-rogue")).toEqual(DENY);
    const plan = await run("plan", "--account", ACCOUNT.name);
    expect(plan.code).toBe(EXIT.done);
  });
});
