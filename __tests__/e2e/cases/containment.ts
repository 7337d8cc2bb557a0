import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeletePolicyVersionCommand,
  ListUsersCommand,
  SetDefaultPolicyVersionCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { ListTopicsCommand } from "@aws-sdk/client-sns";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { INLINE_POLICY_NAME, type Outcome } from "../../../functions/contract";
import type { FaultRequest } from "../../../lab/faults/fault";
import type { UserCredentials } from "../../../lab/organization/seed";
import type { LabSettings } from "../../../lab/settings";
import { waitFor } from "../../../lab/shared/wait-for";
import { AccountNames, NAMES } from "../../../stacks/names";
import type { FaultTable } from "./fault-table";
import { alertsAbout, policiesOf, tagsOf, waitForAlerts, waitForOutcome } from "./looks";
import { ACCOUNT, type Organization } from "./organization";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const QUARANTINE = new AccountNames("aws", ACCOUNT).quarantinePolicyArn;

/** Managed policies that a user can have, unless the quota was raised. */
const POLICY_QUOTA = 10;

/** Longer than the responder's time-out of 60 s. */
const OUTAGE_MS = 65_000;

const SNS_OUTAGE_MS = 8_000;

/** Faults hit the responder alone, so that the tests can look meanwhile. */
const RESPONDER = `assumed-role/${NAMES.responder}/`;

/** Every way in which a response can be beaten or hindered, and what comes of it. */
export function containmentCases(organization: Organization, table: FaultTable): void {
  const client = () => organization.client;
  const iam = () => client().iam(ACCOUNT);
  const create = async (purpose: string): Promise<string> => {
    const UserName = organization.newUserName(purpose);
    await iam().send(new CreateUserCommand({ UserName }));
    return UserName;
  };

  afterEach(async () => {
    await client().clearFaults();
  });

  /** Runs a case with other settings of the lab, and puts them back. */
  async function withSettings<T>(settings: Partial<LabSettings>, work: () => Promise<T>): Promise<T> {
    const before = await client().changeSettings(settings);
    try {
      return await work();
    } finally {
      await client().changeSettings(before);
    }
  }

  const fault = (request: Omit<FaultRequest, "account" | "principal">) =>
    client().addFault({ ...request, account: ACCOUNT, principal: RESPONDER });

  const row = (name: string, happened: string, outcome: Outcome, alert: string) =>
    table.add({
      fault: name,
      happened,
      contained: `${outcome.secondsToContain?.toFixed(1) ?? "?"} s`,
      alert,
      lost: "nothing",
    });

  test("the contained user's key is refused for IAM, SNS and SQS, where it was allowed before", async () => {
    const { userName, key, before } = await withSettings({ eventDelayMs: 3_000 }, async () => {
      const name = await create("key");
      await iam().send(new AttachUserPolicyCommand({ UserName: name, PolicyArn: ADMINISTRATOR }));
      const credentials = await makeKey(iam(), name);
      return { userName: name, key: credentials, before: await callsWith(credentials) };
    });
    expect(before).toEqual(["allowed", "allowed", "allowed"]);

    const [alert] = await waitForAlerts(client(), ACCOUNT, userName);

    expect(alert).toMatchObject({ status: "QUARANTINED", severity: "CRITICAL" });
    for (const refusal of await callsWith(key)) {
      expect(refusal).toMatch(/InvalidClientTokenId|UnrecognizedClientException/);
    }
    // The deny holds by itself, also when somebody makes the key active again.
    await iam().send(
      new UpdateAccessKeyCommand({ UserName: userName, AccessKeyId: key.accessKeyId, Status: "Active" }),
    );
    for (const refusal of await callsWith(key)) {
      expect(refusal).toMatch(/AccessDenied|AuthorizationError/);
    }
  });

  test("a user with ten policies is denied inline", async () => {
    const userName = await withSettings({ eventDelayMs: 3_000 }, async () => {
      const name = await create("ten-policies");
      for (let index = 0; index < POLICY_QUOTA; index++) {
        const PolicyArn = await makePolicy(iam(), `${name}-${index}`);
        await iam().send(new AttachUserPolicyCommand({ UserName: name, PolicyArn }));
      }
      return name;
    });

    const outcome = await waitForOutcome(client(), userName);

    expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy", alerted: true });
    expect(await policiesOf(iam(), userName)).toContain(INLINE_POLICY_NAME);
    expect((await tagsOf(iam(), userName))["QuarantineMethod"]).toBe("inline-policy");
    row("user filled up to ten policies", "denied by an inline policy", outcome, "sent");
  });

  test("a ladder refused but for its last rung ends with the boundary", async () => {
    await fault({ service: "iam", action: "AttachUserPolicy", kind: "refuse" });
    await fault({ service: "iam", action: "PutUserPolicy", kind: "refuse" });
    const userName = await create("boundary");

    const outcome = await waitForOutcome(client(), userName);

    expect(outcome).toMatchObject({ status: "QUARANTINED", method: "permissions-boundary" });
    row("AttachUserPolicy and PutUserPolicy refused", "denied by a permissions boundary", outcome, "sent");
  });

  test("a user whom IAM does not know for 3 s is waited for", async () => {
    const outcome = await withSettings({ newUserDelayMs: 3_000 }, async () =>
      waitForOutcome(client(), await create("unknown"), 30_000),
    );

    expect(outcome).toMatchObject({ status: "QUARANTINED", method: "managed-policy" });
    expect(outcome.secondsToContain).toBeGreaterThanOrEqual(2);
    row("NoSuchEntity for 3 s after CreateUser", "retried until IAM knew the user", outcome, "sent");
  });

  test("a user who renames itself is followed", async () => {
    const userName = await withSettings({ eventDelayMs: 1_000 }, async () => {
      const name = await create("renamed");
      await iam().send(new UpdateUserCommand({ UserName: name, NewUserName: `${name}-away` }));
      return `${name}-away`;
    });

    const outcome = await waitForOutcome(client(), userName, 60_000);

    expect(outcome.status).toBe("QUARANTINED");
    expect(await policiesOf(iam(), userName)).toEqual([NAMES.quarantinePolicy]);
    row("user renamed before the event arrived", "found by its id and denied", outcome, "sent");
  });

  test("a quarantine policy that was disarmed is noticed, and the user denied inline", async () => {
    const version = await disarm(iam());
    try {
      const userName = await create("disarmed");
      const outcome = await waitForOutcome(client(), userName, 60_000);

      expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy", severity: "CRITICAL" });
      row(
        "quarantine policy changed to allow everything",
        "noticed; denied by an inline policy",
        outcome,
        "CRITICAL",
      );
    } finally {
      await rearm(iam(), version);
    }
  });

  test("throttling of every second call loses nobody", async () => {
    await fault({ service: "iam", action: "*", kind: "throttle", rate: 0.5 });
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

  test("IAM down for longer than the function may run is outlasted by the retry", async () => {
    const { alerts, outcome } = await withSettings({ lambdaRetryDelaysMs: [OUTAGE_MS] }, async () => {
      await fault({ service: "iam", action: "*", kind: "error", durationMs: OUTAGE_MS });
      const userName = await create("outage");
      return {
        alerts: await waitForAlerts(client(), ACCOUNT, userName, { count: 2, limitMs: 180_000 }),
        outcome: await waitForOutcome(client(), userName),
      };
    });

    expect(alerts.map(({ status }) => status)).toEqual(["FAILED", "QUARANTINED"]);
    expect(outcome.status).toBe("QUARANTINED");
    row(
      `IAM down for ${OUTAGE_MS / 1000} s`,
      "the first attempt failed, a retry contained",
      outcome,
      "FAILED, then sent",
    );
  }, 240_000);

  test("refused tags hide no containment", async () => {
    await fault({ service: "iam", action: "TagUser", kind: "refuse" });
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
    const before = await client().changeSettings({ lambdaRetryDelaysMs: [SNS_OUTAGE_MS] });
    await fault({ service: "sns", action: "Publish", kind: "error", durationMs: SNS_OUTAGE_MS });
    const userName = await create("sns-down");

    const contained = await waitFor(async () => {
      const policies = await policiesOf(iam(), userName);
      return policies.includes(NAMES.quarantinePolicy) ? true : undefined;
    }, 5_000);
    const [alert] = await waitForAlerts(client(), ACCOUNT, userName, { limitMs: 90_000 });
    await client().changeSettings(before);

    expect(contained).toBe(true);
    expect(alert?.status).toBe("QUARANTINED");
    row(
      `SNS down for ${SNS_OUTAGE_MS / 1000} s`,
      "contained at once, alerted by a retry",
      alert as Outcome,
      "late",
    );
  }, 120_000);

  test("SNS down for good leaves the user contained and the event in the dead-letter queue", async () => {
    await fault({ service: "sns", action: "Publish", kind: "error" });
    const sent = Date.now();
    const userName = await create("sns-gone");

    const dead = await waitFor(async () => {
      const messages = await client().messagesIn(ACCOUNT, NAMES.deadLetters);
      return messages.find((body) => body.includes(userName));
    }, 200_000);

    expect(dead).toBeDefined();
    expect(JSON.parse(dead ?? "{}")).toMatchObject({
      requestContext: { condition: "RetriesExhausted" },
      requestPayload: { detail: { requestParameters: { userName } } },
    });
    expect(await policiesOf(iam(), userName)).toContain(NAMES.quarantinePolicy);
    expect(await alertsAbout(client(), ACCOUNT, userName)).toEqual([]);
    table.add({
      fault: "SNS down for good",
      happened: "contained at once; the event lies in the dead-letter queue",
      contained: `${((await quarantinedAt(userName)) - sent) / 1000} s`,
      alert: "by the dead-letter alarm",
      lost: "nothing",
    });
  }, 240_000);

  async function quarantinedAt(userName: string): Promise<number> {
    return Date.parse((await tagsOf(iam(), userName))["QuarantineTime"] ?? "");
  }

  /** What three services answer to a key. */
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
 * Makes the quarantine policy allow everything, as an attacker would; gives the version to take away again.
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
