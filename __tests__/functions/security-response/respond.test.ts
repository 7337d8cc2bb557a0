import { GetUserCommand, ListSSHPublicKeysCommand } from "@aws-sdk/client-iam";
import { PublishCommand } from "@aws-sdk/client-sns";
import { PHASES_MS } from "../../../functions/security-response/containment/durations";
import { EventError } from "../../../functions/security-response/errors";
import { iamError } from "../../support/functions/iam-error";
import { createResponder, POLICY_ARN, SETTINGS } from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";

const event = (name = "by-iam-user"): Record<string, unknown> => loadFixture(`events/${name}`);
const ALICE = { creators: [{ arn: "arn:aws:iam::111122223333:user/alice" }], users: [] };

test("a new user is denied everything, tagged and announced", async () => {
  const responder = createResponder();

  const outcome = await responder.respond(event());

  expect(responder.mallory.policies).toEqual(new Set([POLICY_ARN]));
  expect(Object.fromEntries(responder.mallory.tags)).toEqual({
    SecurityStatus: "QUARANTINED",
    QuarantineReason: "creator arn:aws:iam::111122223333:user/alice is not trusted to create /mallory",
    QuarantineTime: "2025-03-04T05:06:09.000Z",
    QuarantineEventId: "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001/0b7c1f0e-2d4a-4c55-8e1f-6a5d3c2b1a00",
    QuarantineCreatedBy: "arn:aws:iam::111122223333:user/alice",
    QuarantineSourceIp: "198.51.100.7",
    QuarantineMethod: "managed-policy",
  });
  expect(responder.alerts()).toHaveLength(1);
  expect(outcome).toMatchObject({
    schemaVersion: "1",
    status: "QUARANTINED",
    summary:
      "IAM user mallory in account payments (111122223333), created by arn:aws:iam::111122223333:user/alice, " +
      "is denied everything by managed-policy 2 s after creation.",
    verdict: { action: "quarantine", rule: "default" },
    containedAt: "2025-03-04T05:06:09.000Z",
    secondsToContain: 2,
    method: "managed-policy",
    severity: "MEDIUM",
    alerted: true,
    answeredElsewhere: false,
    failed: [],
    open: [],
  });
});

test("trust ends by the responder's clock, and the reason says so", async () => {
  const creators = [{ ...ALICE.creators[0]!, until: "2025-03-03" }];

  const [before, after] = await Promise.all(
    [Date.UTC(2025, 2, 3, 23, 59, 59), Date.UTC(2025, 2, 4)].map((start) =>
      createResponder({ start }).respond(event(), { trust: { creators, users: [] } }),
    ),
  );

  expect(before).toMatchObject({ status: "TRUSTED", verdict: { rule: "creators[0]" } });
  expect(after).toMatchObject({
    status: "QUARANTINED",
    verdict: { reason: expect.stringContaining(": the trust of creators[0] ended with 2025-03-03 (UTC)") },
  });
});

test("the first network call is the attach", async () => {
  const responder = createResponder();

  await responder.respond(event());

  expect(responder.calls()[0]).toBe("AttachUserPolicy");
  expect(responder.calls()[1]).toBe("ListUserTags");
});

test("a user who has the policy already is a success", async () => {
  const responder = createResponder({ mallory: { policies: new Set([POLICY_ARN]) } });

  const outcome = await responder.respond(event());

  expect(outcome.status).toBe("QUARANTINED");
});

test("what the user still holds is in the outcome, every page of it", async () => {
  const responder = createResponder({
    mallory: {
      policies: new Set(["a", "b", "c"].map((name) => `arn:aws:iam::111122223333:policy/${name}`)),
      inline: new Map([["AutomatedSecurityQuarantine", "{}"]]),
      groups: ["admins", "billing", "developers"],
      sshKeys: ["APKAEIBAERJR2EXAMPLE"],
      serviceCredentials: ["codecommit.amazonaws.com", "bedrock.amazonaws.com", "cassandra.amazonaws.com"],
      certificates: ["TA7SMP42TDN5Z26OBPJE7EXAMPLE"],
      hasPassword: true,
      boundary: "arn:aws:iam::111122223333:policy/developers",
    },
  });

  const leaveAlone = { deleteLoginProfile: false, deactivateAccessKeys: false };
  const outcome = await responder.respond(event(), leaveAlone);

  expect(outcome.open).toEqual([
    "console password, without MFA",
    "SSH public keys: APKAEIBAERJR2EXAMPLE",
    "service-specific credentials: codecommit.amazonaws.com (ACCAEXAMPLE0), bedrock.amazonaws.com (ACCAEXAMPLE1), cassandra.amazonaws.com (ACCAEXAMPLE2)",
    "signing certificates: TA7SMP42TDN5Z26OBPJE7EXAMPLE",
    "groups: admins, billing, developers",
    "attached policies: a, b, c",
    "inline policies: AutomatedSecurityQuarantine",
    "permissions boundary: arn:aws:iam::111122223333:policy/developers",
  ]);
});

test("a listing that is refused is reported as unchecked, never as none", async () => {
  const responder = createResponder();
  responder.iam.on(ListSSHPublicKeysCommand).rejects(iamError("AccessDenied", "not authorized", 403));

  const outcome = await responder.respond(event());

  expect(outcome.status).toBe("QUARANTINED");
  expect(outcome.open).toEqual(["SSH public keys could not be checked"]);
  expect(outcome.failed).toEqual([{ step: "read SSH public keys", error: "AccessDenied: not authorized" }]);
});

test("a listing that never answers holds the alert up for no longer than the inventory may take", async () => {
  jest.useFakeTimers();
  const responder = createResponder();
  responder.iam.on(ListSSHPublicKeysCommand).callsFake(() => new Promise(() => undefined));

  const responding = responder.respond(event());
  await jest.advanceTimersByTimeAsync(PHASES_MS.read);
  const outcome = await responding;

  expect(responder.alerts()).toHaveLength(1);
  expect(outcome).toMatchObject({ status: "QUARANTINED", open: ["SSH public keys could not be checked"] });
  jest.useRealTimers();
});

test("a creation by root of an administrator with a key is critical", async () => {
  const responder = createResponder({
    mallory: {
      policies: new Set(["arn:aws:iam::aws:policy/AdministratorAccess"]),
      keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]),
    },
  });

  const outcome = await responder.respond(event("by-root"));

  expect(outcome.severity).toBe("CRITICAL");
  expect(responder.alerts()[0]?.subject).toBe("[CRITICAL] IAM user quarantined: mallory in payments");
});

test.each(["by-iam-user", "in-govcloud", "in-china"])(
  "observing changes nothing and says so: %s",
  async (name) => {
    const responder = createResponder({ mallory: { keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]) } });

    const outcome = await responder.respond(event(name), { mode: "observe" });

    expect(outcome).toMatchObject({
      status: "OBSERVED",
      containedAt: "",
      secondsToContain: null,
      alerted: true,
    });
    expect(outcome.open).toEqual(["active access keys: AKIAIOSFODNN7EXAMPLE"]);
    expect(responder.alerts()[0]?.email).toContain("nothing was changed");
    expect(responder.calls().filter((call) => !/^(Get|List)/.test(call))).toEqual([]);
  },
);

test("observing works without any right to read", async () => {
  const responder = createResponder();
  responder.iam.rejects(iamError("AccessDenied", "no", 403));
  responder.iam.on(GetUserCommand).rejects(iamError("AccessDenied", "no", 403));

  const outcome = await responder.respond(event(), { mode: "observe" });

  expect(outcome.status).toBe("OBSERVED");
  expect(responder.alerts()).toHaveLength(1);
});

test("a trusted creation leaves an outcome, and neither a call nor an alert", async () => {
  const responder = createResponder();

  const outcome = await responder.respond(event(), { trust: ALICE });

  expect(outcome).toMatchObject({ status: "TRUSTED", userName: "mallory", alerted: false });
  expect(outcome.verdict).toMatchObject({ action: "trust", rule: "creators[0]" });
  expect(responder.calls()).toEqual([]);
  expect(responder.alerts()).toEqual([]);
});

test.each([
  "refused-access-denied",
  "from-sso-directory",
  "from-identitystore-scim",
  "from-transfer",
  "attach-user-policy",
  "other-account",
])("%s is ignored, with an outcome", async (name) => {
  const responder = createResponder();

  const outcome = await responder.respond(event(name));

  expect(outcome).toMatchObject({ status: "IGNORED", alerted: false, accountId: "111122223333" });
  expect(responder.calls()).toEqual([]);
  expect(responder.alerts()).toEqual([]);
});

test("an event that cannot be read is shown in an alert and kept", async () => {
  const responder = createResponder();
  const unreadable = change(event("response-null"), "detail.requestParameters", null);

  const responding = responder.respond(unreadable);

  await expect(responding).rejects.toThrow(EventError);
  expect(responder.calls()).toEqual([]);
  const [alert] = responder.alerts();
  expect(alert?.subject).toBe("[HIGH] Unreadable IAM event in payments");
  expect(alert?.email).toContain(JSON.stringify(unreadable));
  expect(alert?.json).toMatchObject({
    status: "UNREADABLE",
    field: "detail.requestParameters.userName",
    event: JSON.stringify(unreadable),
  });
});

test("an event that cannot be read is kept even when it cannot be announced", async () => {
  const responder = createResponder();
  responder.sns.on(PublishCommand).rejects(new Error("down"));

  const responding = responder.respond("no event");

  await expect(responding).rejects.toThrow("event: expected an EventBridge event");
});

test("an event that cannot be read is announced once, and not at Lambda's retries", async () => {
  const responder = createResponder();
  const attempt = () => expect(responder.respond("no event")).rejects.toThrow(EventError);
  responder.sns.on(PublishCommand).rejects(new Error("down"));

  await attempt();
  responder.sns.on(PublishCommand).resolves({});
  responder.sns.resetHistory();
  await attempt();
  await attempt();

  expect(responder.alerts()).toHaveLength(1);
});

test("another event that cannot be read has an alert of its own", async () => {
  const responder = createResponder();
  const OTHER_REQUEST = "11111111-2222-4333-8444-555555555555";

  await expect(responder.respond("no event")).rejects.toThrow(EventError);
  await expect(responder.respond("no event", {}, OTHER_REQUEST)).rejects.toThrow(EventError);

  expect(responder.alerts()).toHaveLength(2);
});

test("when SNS is down the user is contained and tagged, and the retry alerts", async () => {
  const responder = createResponder();
  responder.sns.on(PublishCommand).rejects(new Error("down"));

  const first = responder.respond(event());

  await expect(first).rejects.toThrow(`The alert was not published to ${SETTINGS.topicArn}: Error: down`);
  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");

  responder.sns.on(PublishCommand).resolves({});
  const retried = await responder.respond(event());

  expect(retried).toMatchObject({ status: "QUARANTINED", alerted: true });
});

test("the alert carries attributes to filter by", async () => {
  const responder = createResponder();

  await responder.respond(event());

  expect(responder.alerts()[0]?.input.MessageAttributes).toEqual({
    severity: { DataType: "String", StringValue: "MEDIUM" },
    status: { DataType: "String", StringValue: "QUARANTINED" },
    accountId: { DataType: "String", StringValue: "111122223333" },
  });
});

test("the log is JSON that names event and user, without a secret", async () => {
  const responder = createResponder();

  await responder.respond(event());

  expect(responder.logLines).toContainEqual(
    expect.objectContaining({
      level: "info",
      eventId: "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001",
      user: "mallory",
      status: "QUARANTINED",
    }),
  );
});

test("the outcome names a difference between request and response", async () => {
  const responder = createResponder();

  const outcome = await responder.respond(event("names-differ"));

  expect(outcome.verdict.reason).toContain("The request named the user Mallory-asked, IAM created mallory.");
});

test("seconds are unknown when the event has no time", async () => {
  const responder = createResponder();
  const timeless = change(change(event(), "detail.eventTime", null), "time", null);

  const outcome = await responder.respond(timeless);

  expect(outcome).toMatchObject({ status: "QUARANTINED", eventTime: "", secondsToContain: null });
});
