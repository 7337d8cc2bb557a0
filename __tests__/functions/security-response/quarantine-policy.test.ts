import { GetPolicyCommand, GetPolicyVersionCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { QUARANTINE_DOCUMENT } from "../../../functions/contract";
import { isDenyAll } from "../../../functions/security-response/containment/deny-document";
import { iamError } from "../../support/functions/iam-error";
import { createResponder, POLICY_ARN, type Responder } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const denied = iamError("AccessDenied", "no", 403);
const [STATEMENT] = QUARANTINE_DOCUMENT.Statement;
const encoded = (document: unknown): string => encodeURIComponent(JSON.stringify(document));

function tamper(responder: Responder): void {
  const Document = encoded({ Version: "2012-10-17", Statement: [{ ...STATEMENT, Effect: "Allow" }] });
  responder.iam.on(GetPolicyCommand).resolves({ Policy: { DefaultVersionId: "v2" } });
  responder.iam
    .on(GetPolicyVersionCommand, { PolicyArn: POLICY_ARN, VersionId: "v2" })
    .resolves({ PolicyVersion: { Document } });
}

test("a quarantine policy that denies nothing sends the response down to the inline deny", async () => {
  const responder = createResponder();
  tamper(responder);

  const outcome = await responder.respond(event);

  expect(responder.calls()[0]).toBe("AttachUserPolicy");
  expect(isDenyAll(responder.mallory.inline.get("AutomatedSecurityQuarantine") ?? "")).toBe(true);
  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy", severity: "CRITICAL" });
  expect(responder.mallory.tags.get("QuarantineMethod")).toBe("inline-policy");
  expect(outcome.failed).toContainEqual({
    step: "quarantine policy",
    error: `Tampered: version v2 of ${POLICY_ARN} is not the document that denies everything`,
  });
  expect(outcome.summary).toContain("The quarantine policy itself was tampered with");
  expect(responder.alerts()[0]?.email).toContain("The quarantine policy itself was tampered with");
  expect(responder.alerts()[0]?.email).toContain("aws iam set-default-policy-version --policy-arn");
});

test("with a policy that denies nothing the boundary is no rung", async () => {
  const responder = createResponder();
  tamper(responder);
  responder.iam.on(PutUserPolicyCommand).rejects(denied);

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow("is NOT contained");
  expect(responder.calls()).not.toContain("PutUserPermissionsBoundary");
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINE_FAILED");
});

test("a claim does not silence that the policy was tampered with", async () => {
  const responder = createResponder();
  tamper(responder);
  responder.mallory.tags.set(
    "QuarantineEventId",
    "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001/9d8e7f6a-5b4c-4d3e-8f2a-1b0c9d8e7f6a",
  );

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ alerted: true, answeredElsewhere: false, severity: "CRITICAL" });
});

test.each([
  ["is refused", denied, "AccessDenied: no"],
  ["is throttled", iamError("Throttling", "Rate exceeded"), "Throttling: Rate exceeded"],
])("a policy whose reading %s is reported, and the user stays contained", async (_, error, text) => {
  const responder = createResponder();
  responder.iam.on(GetPolicyCommand).rejects(error);

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "managed-policy" });
  expect(outcome.failed).toEqual([{ step: "quarantine policy could not be checked", error: text }]);
});

test.each([
  ["as it is deployed", QUARANTINE_DOCUMENT],
  ["with one statement and no list", { Version: "2012-10-17", Statement: STATEMENT }],
  ["with another Sid", { Statement: [{ ...STATEMENT, Sid: "x" }] }],
  ["without a Sid, with lists", { Statement: [{ Effect: "Deny", Action: ["*"], Resource: ["*"] }] }],
])("a document %s denies everything, encoded or not", (_, document) => {
  const plain = isDenyAll(JSON.stringify(document));
  const sent = isDenyAll(encoded(document));

  expect([plain, sent]).toEqual([true, true]);
});

test.each([
  ["no JSON", "%"],
  ["an empty document", "{}"],
  ["no statement", encoded({ Statement: [] })],
  ["an Allow", encoded({ Statement: [{ ...STATEMENT, Effect: "Allow" }] })],
  ["fewer actions", encoded({ Statement: [{ ...STATEMENT, Action: "s3:*" }] })],
  ["fewer resources", encoded({ Statement: [{ ...STATEMENT, Resource: "arn:aws:s3:::x" }] })],
  [
    "a condition",
    encoded({ Statement: [{ ...STATEMENT, Condition: { Bool: { "aws:SecureTransport": "false" } } }] }),
  ],
  ["NotAction", encoded({ Statement: [{ Effect: "Deny", NotAction: "iam:*", Resource: "*" }] })],
  ["two statements", encoded({ Statement: [STATEMENT, { Effect: "Allow", Action: "*", Resource: "*" }] })],
])("%s is not the deny-all document", (_, document) => {
  const denies = isDenyAll(document);

  expect(denies).toBe(false);
});
