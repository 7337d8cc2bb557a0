import { targetSender, type Delivery } from "../../../lab/eventbridge/targets";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import { AwsError } from "../../../lab/shared/errors";
import fixture from "../../fixtures/lab/outcome-event.json";
import { ROLE } from "../../support/lab/exchange";

const CENTRAL_BUS = "arn:aws:events:us-east-1:111122223333:event-bus/security-events";

function delivery(overrides: Partial<Delivery> & { arn: string; role?: string }): Delivery {
  const { arn, role, ...rest } = overrides;
  return {
    bus: { accountId: "444455556666", region: "us-east-1", name: "default" },
    rule: {
      name: "r",
      arn: "arn:aws:events:us-east-1:444455556666:rule/r",
      matches: () => true,
      targets: [],
    },
    target: { Id: "t", Arn: arn, ...(role === undefined ? {} : { RoleArn: role }) },
    event: fixture as BusEvent,
    input: "text",
    ingestedAt: new Date(0),
    ...rest,
  };
}

function sender() {
  const call = jest.fn().mockResolvedValue({});
  const startSession = jest.fn().mockResolvedValue({ session: ROLE });
  return { call, startSession, send: targetSender(call, startSession) };
}

describe("targetSender", () => {
  test("forwards the event unchanged, with the target's role", async () => {
    const { send, call, startSession } = sender();

    await send(delivery({ arn: CENTRAL_BUS, role: ROLE.roleArn }));

    const service = expect.objectContaining({
      service: "events.amazonaws.com",
      sourceArn: "arn:aws:events:us-east-1:444455556666:rule/r",
    });
    expect(startSession).toHaveBeenCalledWith(service, ROLE.roleArn, "events-deployer");
    expect(call).toHaveBeenCalledWith(ROLE, expect.objectContaining({ action: "PutEvents" }), {
      accountId: "111122223333",
      forwarded: { event: fixture, from: "444455556666" },
    });
  });

  test("does not forward to a third account", async () => {
    const { send, call } = sender();

    const sent = send(delivery({ arn: CENTRAL_BUS, role: ROLE.roleArn, receivedFrom: "777788889999" }));

    await expect(sent).rejects.toMatchObject({ code: "THIRD_ACCOUNT_HOP_DETECTED", retriable: false });
    expect(call).not.toHaveBeenCalled();
  });

  test.each([401, 407, 409])("has an API destination that answers %i tried again", async (status) => {
    const { send, call } = sender();
    call.mockRejectedValue(new AwsError("Unauthorized", "the key was revoked", status));
    const arn = "arn:aws:events:us-east-1:444455556666:api-destination/page/1";

    const sent = send(delivery({ arn, role: ROLE.roleArn, input: "{}" }));

    await expect(sent).rejects.toMatchObject({ code: "ERROR_FROM_TARGET", retriable: true });
  });

  test("forwards nothing without a role", async () => {
    const { send, call } = sender();

    const sent = send(delivery({ arn: CENTRAL_BUS }));

    await expect(sent).rejects.toMatchObject({ code: "NO_PERMISSIONS" });
    expect(call).not.toHaveBeenCalled();
  });

  test("forwards nothing when the role is missing", async () => {
    const { send, startSession } = sender();
    startSession.mockRejectedValue(new AwsError("AccessDenied", "no role", 403));

    const sent = send(delivery({ arn: CENTRAL_BUS, role: ROLE.roleArn }));

    await expect(sent).rejects.toMatchObject({ code: "FAILED_TO_ASSUME_ROLE" });
  });

  test("calls a topic as EventBridge, for the rule", async () => {
    const { send, call } = sender();

    await send(delivery({ arn: "arn:aws:sns:us-east-1:444455556666:security-alerts" }));

    const principal = {
      type: "AWSService",
      accountId: "444455556666",
      service: "events.amazonaws.com",
      sourceArn: "arn:aws:events:us-east-1:444455556666:rule/r",
    };
    const params = { TopicArn: "arn:aws:sns:us-east-1:444455556666:security-alerts", Message: "text" };
    expect(call).toHaveBeenCalledWith(principal, expect.objectContaining({ action: "Publish", params }), {
      accountId: "444455556666",
    });
  });

  test("refuses an unknown type of target", async () => {
    const { send } = sender();

    const sent = send(delivery({ arn: "arn:aws:states:us-east-1:444455556666:stateMachine:s" }));

    await expect(sent).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
  });
});
