import { PublishCommand, type PublishCommandInput, type SNSClient } from "@aws-sdk/client-sns";
import { errorText } from "../aws-error";
import { Deadline } from "../deadline";
import { AlertError } from "../errors";
import type { Alert } from "./sns-alert";

/** What {@link publish} works with. */
export interface PublishDependencies {
  readonly sns: SNSClient;
  readonly clock: () => number;
}

/**
 * Publishes the alert within the remaining time of the invocation.
 * @throws AlertError when the topic did not accept it
 */
export async function publish(
  alert: Alert,
  topicArn: string,
  dependencies: PublishDependencies,
  invocation: { readonly remaining: () => number },
): Promise<void> {
  const input = {
    TopicArn: topicArn,
    Subject: alert.subject,
    Message: alert.message,
    MessageStructure: "json",
    MessageAttributes: Object.fromEntries(
      Object.entries(alert.attributes).map(([key, value]) => [
        key,
        { DataType: "String", StringValue: value },
      ]),
    ),
  };
  await publishMessage(input, dependencies, invocation);
}

/** The same for a message in the format of SNS. */
export async function publishMessage(
  input: PublishCommandInput,
  { sns, clock }: PublishDependencies,
  invocation: { readonly remaining: () => number },
): Promise<void> {
  const deadline = Deadline.ofInvocation(clock, invocation);
  try {
    await deadline.run((options) => sns.send(new PublishCommand(input), options));
  } catch (error) {
    throw new AlertError(`The alert was not published to ${input.TopicArn}: ${errorText(error)}`, {
      cause: error,
    });
  }
}
