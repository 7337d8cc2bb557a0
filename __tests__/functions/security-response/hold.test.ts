import {
  AttachUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
  PutUserPolicyCommand,
  type PutUserPolicyCommandInput,
} from "@aws-sdk/client-iam";
import { PublishCommand } from "@aws-sdk/client-sns";
import { HOLD_MS } from "../../../functions/security-response/containment/durations";
import type { FakeUser } from "../../support/functions/fake-iam";
import { iamError, noSuchUser } from "../../support/functions/iam-error";
import {
  createResponder,
  HOLD_TOPIC_ARN,
  POLICY_ARN,
  type Responder,
  type ResponderOptions,
} from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const KEY = "AKIAIOSFODNN7EXAMPLE";

/** A user who was just quarantined, and what SNS hands to the function that looks again. */
async function quarantined(
  options: ResponderOptions = {},
): Promise<{ responder: Responder; order: unknown }> {
  let holding = false;
  const responder: Responder = createResponder({
    ...options,
    onSleep: () => holding && options.onSleep?.(),
  });
  await responder.respond(event, { holdTopicArn: HOLD_TOPIC_ARN });
  holding = true;
  const [order] = responder.holds();
  responder.sns.resetHistory();
  return { responder, order };
}

test("after the alert, a look at the quarantine is ordered, by the id of the user", async () => {
  const responder = createResponder();

  await responder.respond(event, { holdTopicArn: HOLD_TOPIC_ARN });

  expect(responder.holds()).toHaveLength(1);
  expect(JSON.stringify(responder.holds()[0])).toContain("AIDAJQABLZS4A3QDU576Q");
});

test.each(["observe", "off"] as const)(
  "a look that begins after the account was switched to %s ends quietly, and the quarantine stays",
  async (mode) => {
    const { responder, order } = await quarantined();
    responder.iam.resetHistory();
    responder.iam.onAnyCommand().rejects(iamError("AccessDenied", "no", 403));

    const outcome = await responder.respond(order, { mode });

    expect(outcome).toMatchObject({
      ...{ status: "IGNORED", userName: "mallory", alerted: false },
      verdict: { action: "ignore", rule: "mode" },
      summary: expect.stringMatching(
        `mallory .* was left alone: the mode is ${mode} since the quarantine, which stays`,
      ) as string,
    });
    expect(responder.alerts()).toEqual([]);
    expect(responder.iam.calls()).toEqual([]);
    expect([...responder.mallory.policies]).toEqual([POLICY_ARN]);
  },
);

test("an order that cannot be sent is a failed step, and holds neither quarantine nor alert back", async () => {
  const responder = createResponder();
  responder.sns.on(PublishCommand, { TopicArn: HOLD_TOPIC_ARN }).rejects(new Error("SNS is down"));

  const outcome = await responder.respond(event, { holdTopicArn: HOLD_TOPIC_ARN });

  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true });
  expect(outcome.failed).toEqual([{ step: "start the hold", error: "Error: SNS is down" }]);
});

test("an order that SNS does not answer is a failed step before Lambda ends the function", async () => {
  const responder = createResponder({ timeout: 1_000 });
  responder.sns
    .on(PublishCommand, { TopicArn: HOLD_TOPIC_ARN })
    .callsFake(() => new Promise(() => undefined));

  const outcome = await responder.respond(event, { holdTopicArn: HOLD_TOPIC_ARN });

  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true });
  expect(outcome.failed).toEqual([
    { step: "start the hold", error: expect.stringContaining("TimeUpError") as string },
  ]);
});

test("a quarantine that nobody touches is looked at three times, changed in nothing, and mailed to nobody", async () => {
  const { responder, order } = await quarantined();
  const before = structuredClone(responder.mallory);
  responder.iam.resetHistory();

  const outcome = await responder.respond(order);

  expect(outcome).toMatchObject({ status: "HELD", method: "managed-policy", alerted: false, failed: [] });
  expect(responder.mallory).toEqual(before);
  expect(responder.iam.commandCalls(ListAttachedUserPoliciesCommand)).toHaveLength(
    HOLD_MS.checksAt.length + 1,
  );
  expect(responder.alerts()).toEqual([]);
});

test("the claim of another event on the user stays: the hold answers none", async () => {
  const claim = "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0b002/7a0c6f6e-4d5b-4e0e-9a39-53a3b0c3f009";
  const { responder, order } = await quarantined({
    onSleep: () => responder.mallory.tags.set("QuarantineEventId", claim),
  });

  const outcome = await responder.respond(order);

  expect(responder.mallory.tags.get("QuarantineEventId")).toBe(claim);
  expect(outcome).toMatchObject({ status: "HELD" });
});

test("a deny that was taken off is put back by every way at once, with an alert of its own", async () => {
  let strip = true;
  const { responder, order } = await quarantined({
    onSleep: () => {
      if (strip) {
        responder.mallory.policies.delete(POLICY_ARN);
        strip = false;
      }
    },
  });

  const outcome = await responder.respond(order);

  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(responder.mallory.inline.size).toBe(1);
  expect(responder.mallory.boundary).toBe(POLICY_ARN);
  expect(responder.mallory.tags.get("QuarantineMethod")).toBe(
    "managed-policy inline-policy permissions-boundary",
  );
  expect(outcome).toMatchObject({ status: "RESTORED", severity: "CRITICAL", alerted: true, failed: [] });
  expect(outcome.done).toContain("put the deny back 1 times");
  expect(responder.alerts()[0]?.subject).toContain("Quarantine undone and put back");
});

test("who strips the user at every look fights until the time is up, and the alert says what helps", async () => {
  const { responder, order } = await quarantined({
    onSleep: () => {
      void responder.advance(1_000);
      responder.mallory.policies.delete(POLICY_ARN);
      responder.mallory.inline.clear();
      responder.mallory.boundary = undefined;
    },
  });

  const outcome = await responder.respond(order);

  expect(outcome).toMatchObject({ status: "RESTORED", severity: "CRITICAL" });
  expect(outcome.failed).toContainEqual({ step: "hold", error: expect.stringContaining("guard") as string });
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

describe("a credential made after the response", () => {
  test.each<[string, (user: FakeUser) => unknown, (user: FakeUser) => boolean, string]>([
    [
      "an access key",
      ({ keys }) => keys.set(KEY, "Active"),
      ({ keys }) => keys.get(KEY) === "Inactive",
      `set access key ${KEY} inactive`,
    ],
    [
      "a console password",
      (user) => (user.hasPassword = true),
      ({ hasPassword }) => !hasPassword,
      "deleted the console password",
    ],
    [
      "an SSH public key",
      ({ sshKeys }) => sshKeys.push("APKAEIBAERJR2EXAMPLE"),
      ({ stopped }) => stopped.has("APKAEIBAERJR2EXAMPLE"),
      "set SSH public key APKAEIBAERJR2EXAMPLE inactive",
    ],
    [
      "a service-specific credential",
      ({ serviceCredentials }) => serviceCredentials.push("bedrock.amazonaws.com"),
      ({ stopped }) => stopped.has("ACCAEXAMPLE0"),
      "set service-specific credential ACCAEXAMPLE0 inactive",
    ],
    [
      "a signing certificate",
      ({ certificates }) => certificates.push("TA7SMP42TDN5Z26OBPJE7EXAMPLE"),
      ({ stopped }) => stopped.has("TA7SMP42TDN5Z26OBPJE7EXAMPLE"),
      "set signing certificate TA7SMP42TDN5Z26OBPJE7EXAMPLE inactive",
    ],
  ])("%s is taken, with an alert of its own, and is no fight", async (_, make, isTaken, line) => {
    let looks = 0;
    const { responder, order } = await quarantined({
      // After the second look, so that only what is read again shows it.
      onSleep: () => looks++ === 2 && make(responder.mallory),
    });

    const outcome = await responder.respond(order);

    expect(isTaken(responder.mallory)).toBe(true);
    expect(outcome).toMatchObject({ status: "RESTORED", severity: "HIGH", alerted: true, failed: [] });
    expect(outcome).toMatchObject({ open: [], eventTime: "", secondsToContain: null });
    expect(outcome.done).toEqual([line]);
    expect(responder.mallory.inline.size).toBe(0);
    expect(responder.alerts()[0]?.email).toContain(line);
    expect(outcome.summary).toContain("credentials that the response had not seen");
  });

  test("of a user that is renamed afterwards is told of all the same", async () => {
    let looks = 0;
    const { responder, order } = await quarantined({
      onSleep: () => {
        looks++;
        if (looks === 1) {
          responder.mallory.keys.set(KEY, "Active");
        }
        if (looks === 2) {
          responder.users.delete("mallory");
          responder.users.set("svc-backup", responder.mallory);
        }
      },
    });

    const outcome = await responder.respond(order);

    expect(outcome).toMatchObject({ status: "RESTORED", severity: "HIGH", userName: "svc-backup" });
    expect(outcome.done).toContain(`set access key ${KEY} inactive`);
  });

  test("is left alone, and no news, where credentials are", async () => {
    const { responder, order } = await quarantined({
      onSleep: () => responder.mallory.keys.set(KEY, "Active"),
    });

    const outcome = await responder.respond(order, { deactivateAccessKeys: false });

    expect(outcome).toMatchObject({ status: "HELD", alerted: false, open: [`active access keys: ${KEY}`] });
  });
});

test("a user that is renamed meanwhile is followed; one who got its name is left alone", async () => {
  const { responder, order } = await quarantined({
    onSleep: () => {
      if (!responder.users.has("svc-backup")) {
        responder.users.set("svc-backup", responder.mallory);
        responder.users.set("mallory", {
          ...structuredClone(responder.mallory),
          userId: "AIDAOTHER",
          policies: new Set(),
        });
        responder.mallory.policies.delete(POLICY_ARN);
      }
    },
  });

  const outcome = await responder.respond(order);

  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(responder.users.get("mallory")?.policies.size).toBe(0);
  expect(outcome).toMatchObject({ status: "RESTORED", userName: "svc-backup" });
});

test("a user that is renamed between a look and the deny is followed at once, not waited for", async () => {
  let strips = 1;
  const { responder, order } = await quarantined({
    onSleep: () => strips-- > 0 && responder.mallory.policies.delete(POLICY_ARN),
  });
  const { users, mallory } = responder;
  let renamedAt: number | undefined;
  let deniedAt: number | undefined;
  responder.iam.on(PutUserPolicyCommand).callsFake((input: PutUserPolicyCommandInput) => {
    const { UserName = "", PolicyName = "", PolicyDocument = "" } = input;
    if (users.delete("mallory")) {
      users.set("svc-backup", mallory);
      mallory.policies.clear();
      renamedAt = responder.slept();
    }
    if (UserName !== "svc-backup") {
      throw noSuchUser(UserName);
    }
    mallory.inline.set(PolicyName, PolicyDocument);
    deniedAt ??= responder.slept();
    return {};
  });

  const outcome = await responder.respond(order);

  expect(outcome).toMatchObject({ status: "RESTORED", userName: "svc-backup" });
  expect((deniedAt ?? NaN) - (renamedAt ?? NaN)).toBeLessThan(1_000);
});

test("a user that is renamed at every second look is followed each time, and denied in the end", async () => {
  let looks = 0;
  const { responder, order } = await quarantined({
    onSleep: () => {
      void responder.advance(500);
      const [name = ""] = responder.users.keys();
      if (looks++ % 2 === 0 && looks < 20) {
        responder.users.delete(name);
        responder.users.set(`mallory-${looks}`, responder.mallory);
        responder.mallory.policies.clear();
        responder.mallory.inline.clear();
        responder.mallory.boundary = undefined;
      }
    },
  });

  const outcome = await responder.respond(order);

  expect(outcome).toMatchObject({ status: "RESTORED", userName: "mallory-19", failed: [] });
  expect(outcome.done).toContain("followed the user, renamed from mallory-17 to mallory-19");
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test("a user who is deleted meanwhile is mailed to nobody", async () => {
  const { responder, order } = await quarantined({ onSleep: () => responder.users.delete("mallory") });

  const outcome = await responder.respond(order);

  expect(outcome).toMatchObject({ status: "IGNORED", alerted: false });
  expect(outcome.verdict.rule).toBe("gone");
});

test("a deny that IAM does not show is put again, and called no fight", async () => {
  const { responder, order } = await quarantined();
  responder.iam
    .on(ListAttachedUserPoliciesCommand)
    .rejectsOnce(iamError("Throttling", "Rate exceeded"))
    .resolves({ AttachedPolicies: [{ PolicyArn: POLICY_ARN, PolicyName: "x" }] });
  responder.iam.on(AttachUserPolicyCommand).resolves({});

  const outcome = await responder.respond(order);

  expect(outcome).toMatchObject({ status: "HELD", alerted: false });
});

test("a release tag within the hold is none: no release counts that soon", async () => {
  const { responder, order } = await quarantined({
    onSleep: () => {
      void responder.advance(500);
      if (responder.slept() < 20_000) {
        responder.mallory.policies.delete(POLICY_ARN);
        responder.mallory.tags.set("SecurityStatus", "RELEASED");
      }
    },
  });

  const outcome = await responder.respond(order);

  expect(outcome.status).toBe("RESTORED");
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
});

test("an order that waited for minutes leaves a released user alone", async () => {
  const { responder, order } = await quarantined();
  await responder.advance(10 * 60_000);
  responder.mallory.tags.set("SecurityStatus", "RELEASED");
  responder.mallory.policies.clear();

  const outcome = await responder.respond(order);

  expect(outcome).toMatchObject({ status: "IGNORED", alerted: false });
  expect(responder.mallory.policies.size).toBe(0);
});

test.each([
  ["no order", { Records: [{ Sns: { Message: "hello" } }] }, "Records[0].Sns.Message"],
  ["nobody", { Records: [{ Sns: { Message: '{"kind":"hold"}' } }] }, "creation"],
])("what SNS delivers with %s is an error that names the place", async (_, payload, place) => {
  const responder = createResponder();

  await expect(responder.respond(payload)).rejects.toThrow(place);
});
