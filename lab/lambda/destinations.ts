import { sendMessage } from "../eventbridge/targets";
import { readArn } from "../exchange/arn";
import type { InternalCaller } from "../exchange/internal-caller";
import type { RolePrincipal } from "../exchange/principal";
import { LabError } from "../shared/errors";
import { invocationEvent, invocationRecord, type FinishedInvocation } from "./invocation-record";

/**
 * Sends the record of a finished invocation to a destination, with the permissions of the function's role.
 */
export async function sendToDestination(
  call: InternalCaller,
  role: RolePrincipal,
  destinationArn: string,
  finished: FinishedInvocation,
  timestamp: Date,
): Promise<void> {
  const record = invocationRecord(finished, timestamp);
  const { service, region, accountId } = readArn(destinationArn);
  const text = JSON.stringify(record);
  switch (service) {
    case "sqs":
      return sendMessage(call, role, destinationArn, { MessageBody: text });
    case "sns": {
      const params = { TopicArn: destinationArn, Message: text };
      await call(role, { service, region, action: "Publish", params }, { accountId });
      return;
    }
    case "events": {
      const params = { Entries: [invocationEvent(finished, record, destinationArn)] };
      await call(role, { service, region, action: "PutEvents", params }, { accountId });
      return;
    }
    case "lambda": {
      const path = `/2015-03-31/functions/${encodeURIComponent(destinationArn)}/invocations`;
      const rest = { method: "POST", path, headers: { "x-amz-invocation-type": "Event" }, body: text };
      const params = { FunctionName: destinationArn };
      await call(role, { service, region, action: "Invoke", params, rest }, { accountId });
      return;
    }
    default:
      throw new LabError(`The lab cannot send invocation records to ${destinationArn}.`);
  }
}
