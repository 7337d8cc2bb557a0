import {
  AttachUserPolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { PublishCommand } from "@aws-sdk/client-sns";
import { ContainmentError, EventError } from "../../../functions/security-response/errors";
import { AlertError } from "../../../functions/shared/errors";
import { iamError } from "../../support/functions/iam-error";
import { createResponder, HOLD_TOPIC_ARN, SETTINGS, type Responder } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const WITH_HOLD = { holdTopicArn: HOLD_TOPIC_ARN };

/** A responder that IAM lets deny nobody. */
function powerless(): Responder {
  const responder = createResponder();
  const denied = iamError("AccessDenied", "not authorized", 403);
  responder.iam.on(AttachUserPolicyCommand).rejects(denied);
  responder.iam.on(PutUserPolicyCommand).rejects(denied);
  responder.iam.on(PutUserPermissionsBoundaryCommand).rejects(denied);
  return responder;
}

test("the outcome of a response that fails is returned by the hold's function, as the alert has it", async () => {
  const responder = powerless();
  await expect(responder.respond(event, WITH_HOLD)).rejects.toThrow(ContainmentError);
  const alert = responder.alerts()[0]?.json;
  const [order, ...more] = responder.holds();
  responder.iam.resetHistory();
  responder.sns.resetHistory();

  const outcome = await responder.respond(order);

  expect(more).toEqual([]);
  expect(alert).toMatchObject(outcome);
  expect(outcome).toMatchObject({ status: "FAILED", userName: "mallory", alerted: true });
  expect(responder.calls()).toEqual([]);
  expect(responder.alerts()).toEqual([]);
});

test("it is handed on once an hour: Lambda repeats the event twice, and each sweep again", async () => {
  const responder = powerless();
  const respond = () => expect(responder.respond(event, WITH_HOLD)).rejects.toThrow(ContainmentError);

  await respond();
  await respond();
  await responder.advance(3_600_000);
  await respond();

  expect(responder.alerts()).toHaveLength(3);
  expect(responder.holds()).toHaveLength(2);
});

test("an alert that the account's topic does not take reaches the security account", async () => {
  const responder = createResponder();
  responder.sns.on(PublishCommand, { TopicArn: SETTINGS.topicArn }).rejects(new Error("no such topic"));

  await expect(responder.respond(event, WITH_HOLD)).rejects.toThrow(AlertError);

  const [order] = responder.holds();
  expect(await responder.respond(order)).toMatchObject({ status: "QUARANTINED", alerted: true });
});

test("where it cannot be handed on, the response fails as it would", async () => {
  const responder = powerless();
  responder.sns.on(PublishCommand, { TopicArn: HOLD_TOPIC_ARN }).rejects(new Error("SNS is down"));

  await expect(responder.respond(event, WITH_HOLD)).rejects.toThrow(ContainmentError);

  expect(responder.logLines.map(({ message }) => message)).toContain(
    "The outcome does not reach the security account",
  );
});

test("what is no outcome is no order", async () => {
  const Message = JSON.stringify({ kind: "outcome" });
  const order = { Records: [{ EventSource: "aws:sns", Sns: { Type: "Notification", Message } }] };

  await expect(createResponder().respond(order)).rejects.toThrow(EventError);
});
