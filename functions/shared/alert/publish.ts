import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { errorText } from "../aws-error";
import { Deadline } from "../deadline";
import { AlertError } from "../errors";
import type { Alert } from "./sns-alert";

/** Part of the remaining time that is kept for logging and returning before Lambda ends the function. */
const LAST_MOMENT = 0.1;

/**
 * Publishes the alert, in all the time that remains.
 * @throws AlertError when the topic did not accept it
 */
export async function publish(
  alert: Alert,
  topicArn: string,
  dependencies: { readonly sns: SNSClient; readonly clock: () => number },
  invocation: { readonly remaining: () => number },
): Promise<void> {
  const deadline = new Deadline(
    dependencies.clock,
    dependencies.clock() + invocation.remaining() * (1 - LAST_MOMENT),
  );
  const command = new PublishCommand({
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
  });
  try {
    await deadline.run((options) => dependencies.sns.send(command, options));
  } catch (error) {
    throw new AlertError(`The alert was not published to ${topicArn}: ${errorText(error)}`, { cause: error });
  }
}
