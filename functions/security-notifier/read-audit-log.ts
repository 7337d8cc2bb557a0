import { FilterLogEventsCommand, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Deadline } from "../shared/deadline";
import { parseObject, type JsonObject } from "../shared/json";

export interface AuditLog {
  readonly logs: CloudWatchLogsClient;
  /** Name of the log group that keeps every forwarded event. */
  readonly auditLog: string;
}

/** What is asked of the audit log. */
export interface AuditQuery {
  /** Milliseconds since the epoch; everything since then is read. */
  readonly startTime: number;
  readonly filterPattern: string;
}

/** One forwarded event. */
export interface AuditEntry {
  readonly event: JsonObject;
  /** When CloudWatch Logs took it, in milliseconds since the epoch: nobody else writes this. */
  readonly ingestedAt: number;
  /** How long it is. */
  readonly characters: number;
}

/**
 * Pages of the audit log, of up to 1 MB each. One may be empty although others follow.
 *
 * @throws TimeUpError at the deadline, and what the SDK throws
 */
export async function* readAuditLog(
  { logs, auditLog }: AuditLog,
  query: AuditQuery,
  deadline: Deadline,
): AsyncGenerator<readonly AuditEntry[]> {
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({ logGroupName: auditLog, ...query, nextToken });
    const answer = await deadline.run((options) => logs.send(command, options));
    yield (answer.events ?? []).map(({ message = "", ingestionTime = 0 }) => ({
      event: parseObject(message),
      ingestedAt: ingestionTime,
      characters: message.length,
    }));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
}
