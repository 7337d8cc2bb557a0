import { generateKeyPairSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetUserPolicyCommand,
  ListSSHPublicKeysCommand,
  ListUsersCommand,
  SetDefaultPolicyVersionCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
  UploadSSHPublicKeyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { ListTopicsCommand } from "@aws-sdk/client-sns";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { INLINE_POLICY_NAME, type Outcome } from "../../../functions/contract";
import type { FaultRequest } from "../../../lab/faults/fault";
import type { UserCredentials } from "../../../lab/organization/seed";
import type { LabSettings } from "../../../lab/settings";
import { AccountNames, NAMES } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import type { FaultTable } from "./fault-table";
import {
  alertsAbout,
  alertsIn,
  policiesOf,
  tagsOf,
  waitForAlerts,
  waitForOutcome,
  waitForOutcomes,
} from "./looks";
import { ACCOUNT, SECURITY_ACCOUNT, type Organization } from "./organization";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const QUARANTINE = new AccountNames("aws", ACCOUNT).quarantinePolicyArn;

/** Managed policies that a user can have, unless the quota was raised. */
const POLICY_QUOTA = 10;

/** Time for what an attacker does before the event of the creation arrives, on a busy machine too. */
const EVENT_DELAY_MS = 10_000;

/** Longer than the responder's time-out of 60 s. */
const IAM_OUTAGE_MS = 65_000;

const SNS_OUTAGE_MS = 8_000;

/** Several attempts of the responder, which may take 60 s each. */
const ALL_ATTEMPTS_MS = 240_000;

/** Faults hit the responder alone, so that the tests can look meanwhile. */
const RESPONDER = `assumed-role/${NAMES.responder}/`;

/** Every way to beat or hinder a response, and what happens then. */
export function containmentCases(organization: Organization, table: FaultTable): void {
  const client = () => organization.client;
  const iam = () => client().iam(ACCOUNT);
  const create = async (purpose: string): Promise<string> => {
    const UserName = organization.newUserName(purpose);
    await iam().send(new CreateUserCommand({ UserName }));
    return UserName;
  };

  afterEach(() => organization.lab.faults.clear());

  /** Runs a case with other settings of the lab, and puts them back. */
  async function withSettings<T>(settings: Partial<LabSettings>, work: () => Promise<T>): Promise<T> {
    const before = await client().changeSettings(settings);
    try {
      return await work();
    } finally {
      await client().changeSettings(before);
    }
  }

  /** Sets a fault until the case ends, or until the fault is lifted. */
  function fault(request: Omit<FaultRequest, "account" | "principal">): () => void {
    const id = organization.lab.faults.add({ ...request, account: ACCOUNT, principal: RESPONDER });
    return () => organization.lab.faults.remove(id);
  }

  const row = (name: string, happened: string, outcome: Outcome, alert: string) =>
    table.add({
      fault: name,
      happened,
      contained: `${outcome.secondsToContain?.toFixed(1) ?? "?"} s`,
      alert,
      lost: "nothing",
    });

  describe("a user who acts before the event arrives", () => {
    let withKey: { userName: string; key: UserCredentials; before: string[] };
    let withTenPolicies: string;
    let renamed: string;

    beforeAll(async () => {
      await withSettings({ eventDelayMs: EVENT_DELAY_MS }, async () => {
        withKey = await userWithKey();
        withTenPolicies = await userWithTenPolicies();
        renamed = await renamedUser();
      });
    });

    async function userWithKey() {
      const userName = await create("key");
      await iam().send(new AttachUserPolicyCommand({ UserName: userName, PolicyArn: ADMINISTRATOR }));
      const key = await makeKey(iam(), userName);
      await iam().send(
        new UploadSSHPublicKeyCommand({ UserName: userName, SSHPublicKeyBody: newPublicKey() }),
      );
      return { userName, key, before: await callsWith(key) };
    }

    async function userWithTenPolicies(): Promise<string> {
      const name = await create("ten-policies");
      for (let index = 0; index < POLICY_QUOTA; index++) {
        const PolicyArn = await makePolicy(iam(), `${name}-${index}`);
        await iam().send(new AttachUserPolicyCommand({ UserName: name, PolicyArn }));
      }
      return name;
    }

    async function renamedUser(): Promise<string> {
      const name = await create("renamed");
      await iam().send(new UpdateUserCommand({ UserName: name, NewUserName: `${name}-away` }));
      return `${name}-away`;
    }

    test("the contained user's key is refused for IAM, SNS and SQS, where it was allowed before", async () => {
      const { userName, key, before } = withKey;
      expect(before).toEqual(["allowed", "allowed", "allowed"]);

      const [alert] = await waitForAlerts(client(), ACCOUNT, userName);

      expect(alert).toMatchObject({ status: "QUARANTINED", severity: "CRITICAL" });
      for (const refusal of await callsWith(key)) {
        expect(refusal).toMatch(/InvalidClientTokenId|UnrecognizedClientException/);
      }
      // The deny holds by itself, even if someone reactivates the key.
      await iam().send(
        new UpdateAccessKeyCommand({ UserName: userName, AccessKeyId: key.accessKeyId, Status: "Active" }),
      );
      for (const refusal of await callsWith(key)) {
        expect(refusal).toMatch(/AccessDenied|AuthorizationError/);
      }
    });

    test("the contained user's SSH public key is inactive", async () => {
      await waitForAlerts(client(), ACCOUNT, withKey.userName);

      const list = new ListSSHPublicKeysCommand({ UserName: withKey.userName });
      const { SSHPublicKeys = [] } = await iam().send(list);
      expect(SSHPublicKeys.map(({ Status }) => Status)).toEqual(["Inactive"]);
    });

    test("a user with ten policies is denied inline", async () => {
      const outcome = await waitForOutcome(client(), withTenPolicies);

      expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy", alerted: true });
      expect(await policiesOf(iam(), withTenPolicies)).toContain(INLINE_POLICY_NAME);
      expect((await tagsOf(iam(), withTenPolicies))["QuarantineMethod"]).toBe("inline-policy");
      row("user filled up to ten policies", "denied by an inline policy", outcome, "sent");
    });

    test("the responder follows a user who renames itself", async () => {
      const outcome = await waitForOutcome(client(), renamed);

      expect(outcome.status).toBe("QUARANTINED");
      expect(await policiesOf(iam(), renamed)).toEqual([NAMES.quarantinePolicy]);
      row("user renamed before the event arrived", "found by its id and denied", outcome, "sent");
    });
  });

  test("a user whose deny policies are refused gets a permissions boundary, and can get its own back", async () => {
    fault({ service: "iam", action: "AttachUserPolicy", kind: "refuse" });
    fault({ service: "iam", action: "PutUserPolicy", kind: "refuse" });
    const userName = organization.newUserName("boundary");
    const Statement = [{ Effect: "Allow", Action: "s3:*", Resource: "*" }];
    const { Policy } = await iam().send(
      new CreatePolicyCommand({
        PolicyName: `${userName},=own`,
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
      }),
    );
    await iam().send(new CreateUserCommand({ UserName: userName, PermissionsBoundary: Policy?.Arn }));

    const outcome = await waitForOutcome(client(), userName);

    expect(outcome).toMatchObject({ status: "QUARANTINED", method: "permissions-boundary" });
    const kept = (await tagsOf(iam(), userName))["QuarantineFormerBoundary"];
    expect(kept).toBe(`arn:aws:iam::${ACCOUNT}:policy/${userName}=2C=3Down`);
    const [alert] = await waitForAlerts(client(), ACCOUNT, userName);
    expect(alert).toMatchObject({
      nextSteps: expect.arrayContaining([
        `  aws iam put-user-permissions-boundary --user-name ${userName} --permissions-boundary ${Policy?.Arn}`,
      ]) as string[],
    });
    row("AttachUserPolicy and PutUserPolicy refused", "denied by a permissions boundary", outcome, "sent");
  });

  test("the responder waits for a user that IAM does not know for 3 s", async () => {
    const outcome = await withSettings({ newUserDelayMs: 3_000 }, async () =>
      waitForOutcome(client(), await create("unknown")),
    );

    expect(outcome).toMatchObject({ status: "QUARANTINED", method: "managed-policy" });
    expect(outcome.secondsToContain).toBeGreaterThanOrEqual(2);
    row("NoSuchEntity for 3 s after CreateUser", "retried until IAM knew the user", outcome, "sent");
  });

  test("a quarantine policy that was disarmed is set right, and its users are denied inline meanwhile", async () => {
    const userName = await create("disarmed");
    const outcome = await waitForOutcome(client(), userName);
    const version = await disarm(iam());
    try {
      const inline = { UserName: userName, PolicyName: NAMES.quarantinePolicy };
      await eventually("the inline deny", () =>
        iam()
          .send(new GetUserPolicyCommand(inline))
          .catch(() => undefined),
      );
      await eventually("the policy's good version", async () => {
        const { Policy } = await iam().send(new GetPolicyCommand({ PolicyArn: QUARANTINE }));
        return Policy?.DefaultVersionId === "v1" ? true : undefined;
      });
      const alert = await eventually("the alert", async () =>
        (await alertsIn(client(), ACCOUNT)).find(
          ({ status, userName: name }) => status === "RESTORED" && name === "",
        ),
      );

      expect(alert).toMatchObject({ severity: "CRITICAL", verdict: { rule: "CreatePolicyVersion" } });
      row(
        "quarantine policy changed to allow everything",
        "set right; its users denied inline",
        outcome,
        "CRITICAL",
      );
    } finally {
      await rearm(iam(), version);
    }
  });

  test("throttling of every second call loses no user", async () => {
    fault({ service: "iam", action: "*", kind: "throttle", rate: 0.5 });
    const names = await Promise.all(Array.from({ length: 8 }, () => create("throttled")));

    const outcomes = await Promise.all(names.map((name) => waitForOutcome(client(), name, 180_000)));

    expect(outcomes.map(({ status }) => status)).toEqual(names.map(() => "QUARANTINED"));
    const slowest = outcomes.reduce((a, b) =>
      (a.secondsToContain ?? 0) > (b.secondsToContain ?? 0) ? a : b,
    );
    row(
      "every second IAM call throttled, 8 users at once",
      "all contained, four at a time; the slowest is shown",
      slowest,
      "8 sent",
    );
  }, 240_000);

  test("a refused tag leaves the user contained, and the alert names the step", async () => {
    fault({ service: "iam", action: "TagUser", kind: "refuse" });
    const userName = await create("untagged");

    const [alert] = await waitForAlerts(client(), ACCOUNT, userName);

    expect(alert).toMatchObject({
      status: "QUARANTINED",
      failed: [{ step: expect.stringContaining("tag") as string }],
    });
    expect(await policiesOf(iam(), userName)).toContain(NAMES.quarantinePolicy);
    row("TagUser refused", "contained; the failed step is in the alert", alert as Outcome, "sent");
  });

  test("SNS down for a while delays the alert and nothing else", async () => {
    const alert = await withSettings({ lambdaRetryDelaysMs: [SNS_OUTAGE_MS] }, async () => {
      const liftFault = fault({ service: "sns", action: "Publish", kind: "error" });
      const outage = sleep(SNS_OUTAGE_MS);
      const userName = await create("sns-down");
      await eventually("the deny while SNS is down", async () =>
        (await policiesOf(iam(), userName)).includes(NAMES.quarantinePolicy) ? true : undefined,
      );
      await outage;
      expect(await alertsAbout(client(), ACCOUNT, userName)).toEqual([]);
      liftFault();
      const [found] = await waitForAlerts(client(), ACCOUNT, userName, { limitMs: 90_000 });
      return found;
    });

    expect(alert?.status).toBe("QUARANTINED");
    row(
      `SNS down for ${SNS_OUTAGE_MS / 1000} s`,
      "contained at once, alerted by a retry",
      alert as Outcome,
      "late",
    );
  }, 240_000);

  test("SNS down for good leaves the user contained and the event in the dead-letter queue", async () => {
    fault({ service: "sns", action: "Publish", kind: "error" });
    const sent = Date.now();
    const userName = await create("sns-gone");

    const dead = await eventually(
      `the event about ${userName} in the dead-letter queue`,
      async () => {
        const messages = await client().messagesIn(ACCOUNT, NAMES.deadLetters);
        return messages.find((body) => body.includes(userName));
      },
      ALL_ATTEMPTS_MS,
    );

    expect(JSON.parse(dead)).toMatchObject({
      requestContext: { condition: "RetriesExhausted" },
      requestPayload: { detail: { requestParameters: { userName } } },
    });
    expect(await policiesOf(iam(), userName)).toContain(NAMES.quarantinePolicy);
    expect(await alertsAbout(client(), ACCOUNT, userName)).toEqual([]);
    table.add({
      fault: "SNS down for good",
      happened: "contained at once; the event is in the dead-letter queue",
      contained: `${((await quarantinedAt(userName)) - sent) / 1000} s`,
      alert: "by the next sweep, which finds the letter",
      lost: "nothing",
    });
  }, 300_000);

  test("a retry contains the user when IAM is down for longer than the function may run", async () => {
    // All three attempts would fail within the outage: here, the first retry comes after it.
    const { alerts, outcomes, mails } = await withSettings(
      { lambdaRetryDelaysMs: [IAM_OUTAGE_MS] },
      async () => {
        fault({ service: "iam", action: "*", kind: "error", durationMs: IAM_OUTAGE_MS });
        const userName = await create("outage");
        const [failed] = await waitForOutcomes(client(), userName, { limitMs: ALL_ATTEMPTS_MS });
        // The security account hears of it before the retry.
        expect(failed.status).toBe("FAILED");
        return {
          alerts: await waitForAlerts(client(), ACCOUNT, userName, { count: 2, limitMs: ALL_ATTEMPTS_MS }),
          outcomes: await waitForOutcomes(client(), userName, { count: 2 }),
          mails: (await client().mails(SECURITY_ACCOUNT)).filter(({ subject = "" }) =>
            subject.includes(userName),
          ),
        };
      },
    );

    expect(alerts.map(({ status }) => status)).toEqual(["FAILED", "QUARANTINED"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["FAILED", "QUARANTINED"]);
    expect(mails[0]?.subject).toContain("NOT CONTAINED");
    const [, outcome = outcomes[0]] = outcomes;
    row(
      `IAM down for ${IAM_OUTAGE_MS / 1000} s`,
      "the first attempt failed, a retry contained",
      outcome,
      "FAILED, then sent",
    );
  }, 300_000);

  async function quarantinedAt(userName: string): Promise<number> {
    return Date.parse((await tagsOf(iam(), userName))["QuarantineTime"] ?? "");
  }

  /** What three services answer to calls with a key. */
  async function callsWith(key: UserCredentials): Promise<string[]> {
    const calls = [
      () => client().iam(ACCOUNT, key).send(new ListUsersCommand({})),
      () => client().sns(ACCOUNT, key).send(new ListTopicsCommand({})),
      () => client().sqs(ACCOUNT, key).send(new ListQueuesCommand({})),
    ];
    return Promise.all(
      calls.map(async (call) => {
        try {
          await call();
          return "allowed";
        } catch (error) {
          return error instanceof Error ? error.name : String(error);
        }
      }),
    );
  }
}

/** In a form that IAM takes: PEM. */
function newPublicKey(): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

async function makeKey(iam: IAMClient, UserName: string): Promise<UserCredentials> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

async function makePolicy(iam: IAMClient, PolicyName: string): Promise<string> {
  const Statement = [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
  return Policy?.Arn ?? "";
}

/**
 * Makes the quarantine policy allow everything, as an attacker would.
 *
 * @returns The version to remove again.
 */
async function disarm(iam: IAMClient): Promise<string> {
  const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const { PolicyVersion } = await iam.send(
    new CreatePolicyVersionCommand({ PolicyArn: QUARANTINE, PolicyDocument, SetAsDefault: true }),
  );
  return PolicyVersion?.VersionId ?? "";
}

async function rearm(iam: IAMClient, VersionId: string): Promise<void> {
  await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn: QUARANTINE, VersionId: "v1" }));
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn: QUARANTINE, VersionId }));
}
