import {
  AttachUserPolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../../../functions/contract";
import { ContainmentError } from "../../../functions/security-response/errors";
import { iamError, noSuchUser } from "../../support/functions/iam-error";
import {
  createResponder,
  POLICY_ARN,
  START,
  TIMEOUT_MS,
  type Responder,
} from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const denied = iamError("AccessDenied", "a service control policy says no", 403);
const tenPolicies = (): Set<string> =>
  new Set(Array.from({ length: 10 }, (_, index) => `arn:aws:iam::111122223333:policy/p${index}`));

function refuseRungs(responder: Responder, error: Error): void {
  responder.iam.on(AttachUserPolicyCommand).rejects(error);
  responder.iam.on(PutUserPolicyCommand).rejects(error);
  responder.iam.on(PutUserPermissionsBoundaryCommand).rejects(error);
}

test("a user IAM does not know yet is contained as soon as it does", async () => {
  const responder = createResponder();
  responder.iam
    .on(AttachUserPolicyCommand)
    .rejectsOnce(noSuchUser("mallory"))
    .rejectsOnce(noSuchUser("mallory"))
    .rejectsOnce(noSuchUser("mallory"))
    .callsFake(() => responder.mallory.policies.add(POLICY_ARN) && {});

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "managed-policy", failed: [] });
  expect(responder.calls().filter((call) => call === "AttachUserPolicy")).toHaveLength(4);
});

test("ten policies lead to the inline deny, which is in outcome, tag and alert", async () => {
  const responder = createResponder({ mallory: { policies: tenPolicies() } });

  const outcome = await responder.respond(event);

  expect(JSON.parse(responder.mallory.inline.get(INLINE_POLICY_NAME) ?? "")).toEqual({
    Version: "2012-10-17",
    Statement: [{ Sid: "AutomatedSecurityQuarantine", Effect: "Deny", Action: "*", Resource: "*" }],
  });
  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy" });
  expect(outcome.failed).toEqual([
    { step: "managed-policy", error: "LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10" },
  ]);
  expect(outcome.open).not.toContainEqual(expect.stringContaining(INLINE_POLICY_NAME));
  expect(responder.mallory.tags.get("QuarantineMethod")).toBe("inline-policy");
  expect(responder.alerts()[0]?.email).toContain("aws iam delete-user-policy --user-name mallory");
});

test("the last rung is the permissions boundary", async () => {
  const responder = createResponder({ mallory: { policies: tenPolicies() } });
  responder.iam.on(PutUserPolicyCommand).rejects(denied);

  const outcome = await responder.respond(event);

  expect(responder.mallory.boundary).toBe(POLICY_ARN);
  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "permissions-boundary" });
  expect(responder.alerts()[0]?.email).toContain("delete-user-permissions-boundary --user-name mallory");
});

test.each([
  ["a refusal", denied],
  [
    "a missing policy",
    iamError("NoSuchEntity", `Policy ${POLICY_ARN} does not exist or is not attachable.`, 404),
  ],
  ["a server error that lasts", iamError("ServiceFailure", "internal", 500)],
])("%s leads down the ladder at once", async (_, error) => {
  const responder = createResponder();
  responder.iam.on(AttachUserPolicyCommand).rejects(error);

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy" });
  expect(responder.calls().slice(0, 2)).toEqual(["AttachUserPolicy", "PutUserPolicy"]);
});

describe("an IAM that hangs", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const hang = (): Promise<never> => new Promise(() => undefined);
  /** Responds while the time of the invocation passes. */
  const respond = async (responder: Responder) => {
    const [outcome] = await Promise.allSettled([
      responder.respond(event),
      jest.advanceTimersByTimeAsync(TIMEOUT_MS),
    ]);
    return outcome;
  };

  test("on the attach leaves time for the next rung", async () => {
    const responder = createResponder({ clock: Date.now });
    responder.iam.on(AttachUserPolicyCommand).callsFake(hang);

    expect(await respond(responder)).toMatchObject({
      value: {
        status: "QUARANTINED",
        method: "inline-policy",
        failed: [{ error: expect.stringMatching(/^TimeUpError: no answer within the \d+ ms/) as string }],
      },
    });
  });

  test("on reading back leaves time for the next rung", async () => {
    const responder = createResponder({ clock: Date.now });
    responder.iam.on(ListAttachedUserPoliciesCommand).callsFake(hang);

    expect(await respond(responder)).toMatchObject({
      value: { status: "QUARANTINED", method: "inline-policy" },
    });
  });

  test("on everything does not eat the time for the alert", async () => {
    const responder = createResponder({ clock: Date.now });
    responder.iam.on(AttachUserPolicyCommand).callsFake(hang);
    responder.iam.on(PutUserPolicyCommand).callsFake(hang);
    responder.iam.on(PutUserPermissionsBoundaryCommand).callsFake(hang);
    responder.iam.on(ListAccessKeysCommand).callsFake(hang);

    expect(await respond(responder)).toMatchObject({ reason: expect.any(ContainmentError) as unknown });
    expect(responder.alerts()[0]?.json).toMatchObject({ status: "FAILED", severity: "CRITICAL" });
  });
});

test("when no rung holds, the credentials are still taken, the alert is critical and the function fails", async () => {
  const responder = createResponder({ mallory: { keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]) } });
  refuseRungs(responder, denied);

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow(
    "IAM user mallory in account payments (111122223333), created by arn:aws:iam::111122223333:user/alice, is NOT contained. " +
      "Failed: managed-policy, inline-policy, permissions-boundary.",
  );
  expect(responder.mallory.keys.get("AKIAIOSFODNN7EXAMPLE")).toBe("Inactive");
  expect(responder.mallory.tags.size).toBe(0);
  const [alert] = responder.alerts();
  expect(alert?.json).toMatchObject({
    status: "FAILED",
    severity: "CRITICAL",
    containedAt: "",
    method: "none",
  });
  expect(alert?.email).toContain("aws iam attach-user-policy --user-name mallory --policy-arn");
});

test("a user who is gone is reported as vanished and is no failure", async () => {
  const responder = createResponder();
  responder.users.clear();

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "VANISHED", method: "none", containedAt: "", alerted: true });
  expect(responder.alerts()[0]?.subject).toContain("IAM user created, then not found: mallory");
  expect(responder.alerts()[0]?.email).toContain("does not exist or is not visible yet");
  expect(responder.slept()).toBeGreaterThan(15_000);
  expect(responder.slept()).toBeLessThan(21_000);
});

test("a user IAM keeps calling unknown, though it exists, is contained by the next rung", async () => {
  const responder = createResponder();
  responder.iam.on(AttachUserPolicyCommand).rejects(noSuchUser("mallory"));

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy" });
});

test("a user counts as there when nobody may ask", async () => {
  const responder = createResponder();
  refuseRungs(responder, noSuchUser("mallory"));
  responder.iam.on(GetUserCommand).rejects(denied);

  await expect(responder.respond(event)).rejects.toThrow(ContainmentError);
});

test("a deny that IAM lists late is waited for", async () => {
  const responder = createResponder();
  const unlisted = { AttachedPolicies: [], IsTruncated: false };
  responder.iam
    .on(ListAttachedUserPoliciesCommand)
    .resolvesOnce(unlisted)
    .resolvesOnce(unlisted)
    .resolves({ AttachedPolicies: [{ PolicyArn: POLICY_ARN }] });

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "managed-policy", failed: [] });
});

test("a deny that never shows leads to the next rung, and the tag follows", async () => {
  const responder = createResponder();
  responder.iam.on(ListAttachedUserPoliciesCommand).resolves({ AttachedPolicies: [] });

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy" });
  expect(outcome.failed[0]?.error).toContain("IAM accepted the managed-policy but does not list it");
  expect(responder.mallory.tags.get("QuarantineMethod")).toBe("inline-policy");
});

test("a response fails when no deny can be read back", async () => {
  const responder = createResponder();
  responder.iam.on(ListAttachedUserPoliciesCommand).resolves({ AttachedPolicies: [] });
  responder.iam.on(GetUserPolicyCommand).resolves({ PolicyDocument: encodeURIComponent('{"Statement":[]}') });
  responder.iam.on(GetUserCommand).resolves({ User: undefined });

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow(ContainmentError);
  expect(responder.alerts()[0]?.json).toMatchObject({
    status: "FAILED",
    severity: "CRITICAL",
    containedAt: "",
  });
});

test("a deny that may not be read back leads to the next rung", async () => {
  const responder = createResponder();
  responder.iam.on(ListAttachedUserPoliciesCommand).rejects(denied);

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy" });
  expect(outcome.failed[0]).toEqual({
    step: "read attached policies",
    error: expect.stringMatching(/^AccessDenied/) as string,
  });
});

test("a response fails when reading back is refused on every rung, and the tag says so", async () => {
  const responder = createResponder();
  responder.iam.on(ListAttachedUserPoliciesCommand).rejects(denied);
  responder.iam.on(GetUserPolicyCommand).rejects(denied);
  responder.iam.on(PutUserPermissionsBoundaryCommand).rejects(denied);

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow(
    "Failed: permissions-boundary, read attached policies, read the inline deny",
  );
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINE_FAILED");
  expect(responder.alerts()[0]?.json).toMatchObject({ status: "FAILED", alerted: true });
});

test("a user who is gone minutes after its creation was deleted", async () => {
  const responder = createResponder({ start: START + 5 * 60_000 });
  responder.users.clear();

  const outcome = await responder.respond(event);

  expect(outcome.summary).toContain("was deleted again before it could be contained.");
});

test("a user deleted while being contained has vanished", async () => {
  const responder = createResponder();
  responder.iam.on(AttachUserPolicyCommand).callsFake(() => responder.users.delete("mallory") && {});

  const outcome = await responder.respond(event);

  expect(outcome.status).toBe("VANISHED");
});
