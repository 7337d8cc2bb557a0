import { randomUUID } from "node:crypto";
import { nameInArn, readArn } from "../exchange/arn";
import type { BusAddress, BusEvent } from "../exchange/bus-event";
import type { InternalCaller } from "../exchange/internal-caller";
import type { Principal, ServicePrincipal } from "../exchange/principal";
import { AwsError } from "../shared/errors";
import type { StartServiceSession } from "../sts/service-sessions";
import { DeliveryError } from "./delivery-error";
import type { Rule, RuleTarget } from "./rule-book";

/** One event on its way to one target. */
export interface Delivery {
  readonly bus: BusAddress;
  readonly rule: Rule;
  readonly target: RuleTarget;
  readonly event: BusEvent;
  /** What the target receives. */
  readonly input: string;
  /** When the bus received the event. */
  readonly ingestedAt: Date;
  /** Account whose bus forwarded the event; undefined for an event of this account. */
  readonly receivedFrom?: string;
}

/** Sends a delivery to its target. Rejects with an AwsError or a DeliveryError. */
export type SendToTarget = (delivery: Delivery) => Promise<void>;

/** Sends to Lambda functions, topics, queues, log groups, event buses and API destinations. */
export function targetSender(call: InternalCaller, startSession: StartServiceSession): SendToTarget {
  return async (delivery) => {
    const { service, resource } = readArn(delivery.target.Arn);
    switch (service) {
      case "lambda":
        return invokeFunction(call, delivery);
      case "sns":
        return publish(call, delivery);
      case "sqs":
        return sendMessage(call, eventBridge(delivery), delivery.target.Arn, {
          MessageBody: delivery.input,
          MessageGroupId: delivery.target.SqsParameters?.MessageGroupId,
        });
      case "logs":
        return writeLog(call, delivery);
      case "events":
        if (resource.startsWith("event-bus/")) {
          return forward(call, startSession, delivery);
        }
        if (resource.startsWith("api-destination/")) {
          return invokeDestination(call, startSession, delivery);
        }
    }
    throw new DeliveryError(
      "INVALID_PARAMETER",
      `The lab cannot deliver events to ${delivery.target.Arn}.`,
      false,
    );
  };
}

/** EventBridge as the principal of a rule's deliveries. */
export function eventBridge({ bus, rule }: Pick<Delivery, "bus" | "rule">): ServicePrincipal {
  return {
    type: "AWSService",
    accountId: bus.accountId,
    service: "events.amazonaws.com",
    sourceArn: rule.arn,
  };
}

/** Sends to a queue given by its ARN. */
export async function sendMessage(
  call: InternalCaller,
  principal: Parameters<InternalCaller>[0],
  queueArn: string,
  params: Record<string, unknown>,
): Promise<void> {
  const { accountId, region, resource } = readArn(queueArn);
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${resource}`;
  const input = { ...params, QueueUrl };
  await call(principal, { service: "sqs", region, action: "SendMessage", params: input }, { accountId });
}

async function invokeFunction(call: InternalCaller, delivery: Delivery): Promise<void> {
  const { accountId, region } = readArn(delivery.target.Arn);
  const name = encodeURIComponent(delivery.target.Arn);
  await call(
    eventBridge(delivery),
    {
      service: "lambda",
      region,
      action: "Invoke",
      params: { FunctionName: delivery.target.Arn },
      rest: {
        method: "POST",
        path: `/2015-03-31/functions/${name}/invocations`,
        headers: { "x-amz-invocation-type": "Event" },
        body: delivery.input,
      },
    },
    { accountId },
  );
}

async function publish(call: InternalCaller, delivery: Delivery): Promise<void> {
  const TopicArn = delivery.target.Arn;
  const { accountId, region } = readArn(TopicArn);
  const params = { TopicArn, Message: delivery.input };
  await call(eventBridge(delivery), { service: "sns", region, action: "Publish", params }, { accountId });
}

async function writeLog(call: InternalCaller, delivery: Delivery): Promise<void> {
  const { accountId, region, resource } = readArn(delivery.target.Arn);
  const logGroupName = resource.replace(/^log-group:/, "").replace(/:\*$/, "");
  const logStreamName = randomUUID();
  const logs = (action: string, params: Record<string, unknown>): Promise<Record<string, unknown>> =>
    call(eventBridge(delivery), { service: "logs", region, action, params }, { accountId });
  await logs("CreateLogStream", { logGroupName, logStreamName });
  const logEvents = [{ timestamp: delivery.ingestedAt.getTime(), message: delivery.input }];
  await logs("PutLogEvents", { logGroupName, logStreamName, logEvents });
}

/** Forwards with the target's role. An event from another account is not forwarded to a third one. */
async function forward(
  call: InternalCaller,
  startSession: StartServiceSession,
  delivery: Delivery,
): Promise<void> {
  const { bus, target, event, receivedFrom } = delivery;
  const { accountId, region } = readArn(target.Arn);
  if (receivedFrom !== undefined && accountId !== bus.accountId) {
    const message = `The event came from account ${receivedFrom}, so account ${bus.accountId} does not forward it to ${accountId}.`;
    throw new DeliveryError("THIRD_ACCOUNT_HOP_DETECTED", message, false);
  }
  const session = await sessionOf(startSession, delivery);
  const entry = {
    Source: event.source,
    DetailType: event["detail-type"],
    Detail: JSON.stringify(event.detail),
    EventBusName: target.Arn,
  };
  await call(
    session,
    { service: "events", region, action: "PutEvents", params: { Entries: [entry] } },
    { accountId, forwarded: { event, from: bus.accountId } },
  );
}

/** Sends with the target's role. */
async function invokeDestination(
  call: InternalCaller,
  startSession: StartServiceSession,
  delivery: Delivery,
): Promise<void> {
  const { Arn } = delivery.target;
  const { accountId, region, resource } = readArn(Arn);
  const params = { Name: resource.split("/")[1], Arn, Body: delivery.input };
  const request = { service: "events", region, action: "InvokeApiDestination", params };
  const session = await sessionOf(startSession, delivery);
  try {
    await call(session, request, { accountId });
  } catch (error) {
    if (error instanceof AwsError && RETRIED_ANSWERS.includes(error.status)) {
      throw new DeliveryError("ERROR_FROM_TARGET", error.message, true, { cause: error });
    }
    throw error;
  }
}

/** What is retried of an endpoint beside 429 and 5xx. Source: EventBridge guide, "API destinations". */
const RETRIED_ANSWERS = [401, 407, 409];

/** A session of the target's role. */
async function sessionOf(startSession: StartServiceSession, delivery: Delivery): Promise<Principal> {
  const { Id, Arn, RoleArn } = delivery.target;
  if (RoleArn === undefined) {
    const message = `The target ${Id} of ${delivery.rule.arn} needs a RoleArn to send to ${Arn}.`;
    throw new DeliveryError("NO_PERMISSIONS", message, false);
  }
  const name = `events-${nameInArn(RoleArn)}`.slice(0, 64);
  try {
    return (await startSession(eventBridge(delivery), RoleArn, name)).session;
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    throw new DeliveryError("FAILED_TO_ASSUME_ROLE", error.message, false, { cause: error });
  }
}
