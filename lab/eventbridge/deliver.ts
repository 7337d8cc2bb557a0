import { messageOf } from "../../functions/shared/message-of";
import type { RecordMetric } from "../cloudwatch/metrics";
import type { InternalCaller } from "../exchange/internal-caller";
import type { Clock } from "../shared/clock";
import { DeliveryError, deliveryError } from "./delivery-error";
import { targetInput } from "./input-transformer";
import { ruleMetric } from "./rule-metric";
import { eventBridge, sendMessage, type Delivery, type SendToTarget } from "./targets";

const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 86_400;

/** What {@link deliver} works with. */
export interface DeliveryDependencies {
  readonly send: SendToTarget;
  readonly call: InternalCaller;
  readonly clock: Clock;
  /** Pauses before retries; the last one repeats. */
  readonly retryDelaysMs: readonly number[];
  readonly record: RecordMetric;
  readonly log: (line: string) => void;
}

/** A delivery without its input. */
export type Addressed = Omit<Delivery, "input">;

/** Delivers with the target's retry policy. An event that it cannot deliver goes to the dead-letter queue. */
export async function deliver(addressed: Addressed, dependencies: DeliveryDependencies): Promise<void> {
  const delivery = transform(addressed);
  if (delivery instanceof DeliveryError) {
    return sendToDeadLetterQueue(addressed, delivery, { retry: 0 }, dependencies);
  }
  const policy = delivery.target.RetryPolicy;
  const retries = policy?.MaximumRetryAttempts ?? DEFAULT_RETRIES;
  const expiry =
    dependencies.clock.now().getTime() + (policy?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1000;
  for (let retry = 0; ; retry++) {
    const error = await attempt(delivery, dependencies);
    dependencies.record(ruleMetric(delivery, "InvocationAttempts"));
    if (error === undefined) {
      dependencies.record(ruleMetric(delivery, "Invocations"));
      return;
    }
    const exhausted = exhaustedBy(error, retry >= retries, dependencies.clock.now().getTime() >= expiry);
    if (exhausted !== undefined) {
      return sendToDeadLetterQueue(delivery, error, { retry, ...exhausted }, dependencies);
    }
    await dependencies.clock.sleep(
      dependencies.retryDelaysMs[Math.min(retry, dependencies.retryDelaysMs.length - 1)] ?? 0,
    );
  }
}

/** An error in the template is final: a retry would fail too. */
function transform(addressed: Addressed): Delivery | DeliveryError {
  const { rule, target, event, ingestedAt } = addressed;
  try {
    const context = { ruleArn: rule.arn, ruleName: rule.name, ingestionTime: ingestedAt.toISOString() };
    return { ...addressed, input: targetInput(target, event, context) };
  } catch (error) {
    return new DeliveryError("INVALID_JSON", messageOf(error), false, { cause: error });
  }
}

async function attempt(
  delivery: Delivery,
  { send }: DeliveryDependencies,
): Promise<DeliveryError | undefined> {
  try {
    await send(delivery);
    return undefined;
  } catch (error) {
    return deliveryError(error);
  }
}

function exhaustedBy(
  error: DeliveryError,
  retried: boolean,
  aged: boolean,
): { condition?: string } | undefined {
  if (!error.retriable) {
    return {};
  }
  if (retried) {
    return { condition: "MaximumRetryAttempts" };
  }
  return aged ? { condition: "MaximumEventAgeInSeconds" } : undefined;
}

/** Attributes as in https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
async function sendToDeadLetterQueue(
  delivery: Addressed,
  error: DeliveryError,
  end: { retry: number; condition?: string },
  { call, record, log }: DeliveryDependencies,
): Promise<void> {
  const { rule, target, event } = delivery;
  record(ruleMetric(delivery, "Invocations"));
  record(ruleMetric(delivery, "FailedInvocations"));
  const queueArn = target.DeadLetterConfig?.Arn;
  log(`event not delivered: ${rule.arn} to ${target.Arn}: ${error.code}: ${error.message}`);
  if (queueArn === undefined) {
    return;
  }
  const attributes = {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.Arn,
    ERROR_CODE: error.code,
    ERROR_MESSAGE: error.message,
    ...(end.condition === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: end.condition }),
    RETRY_ATTEMPTS: String(end.retry),
  };
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );
  try {
    await sendMessage(call, eventBridge(delivery), queueArn, {
      MessageBody: JSON.stringify(event),
      MessageAttributes,
    });
    record(ruleMetric(delivery, "InvocationsSentToDlq"));
  } catch (failure) {
    record(ruleMetric(delivery, "InvocationsFailedToBeSentToDlq"));
    log(`event lost: ${rule.arn} cannot write to the dead-letter queue ${queueArn}: ${messageOf(failure)}`);
  }
}
