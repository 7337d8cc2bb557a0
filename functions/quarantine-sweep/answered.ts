import { paginateFilterLogEvents, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { RESPONDER_NAME } from "../contract";
import type { Deadline } from "../shared/deadline";
import { parseObject, stringAt } from "../shared/json";

/** Log group of the responder, as Lambda names it. */
export const RESPONDER_LOG = `/aws/lambda/${RESPONDER_NAME}`;

/** Lines with which a response ends; those of the hold are in another log group. */
const ENDED = '{ ($.userId = "*") && ($.status = "*") }';

/**
 * Ids of the users for whom the responder's log has an answer since `since`, in milliseconds since the epoch.
 * The role of the responder writes it, and others of the account may: what it says decides what is counted,
 * what comes first and what is mailed again, and never that a user is left alone whose record can be judged.
 */
export async function readAnswered(
  logs: CloudWatchLogsClient,
  since: number,
  deadline: Deadline,
): Promise<Set<string>> {
  return deadline.run(async (options) => {
    const input = { logGroupName: RESPONDER_LOG, startTime: since, filterPattern: ENDED };
    const ids = new Set<string>();
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, input, options)) {
      for (const { message = "" } of events) {
        const id = stringAt(parseObject(message), "userId");
        if (id !== undefined) {
          ids.add(id);
        }
      }
    }
    return ids;
  });
}
