import { Deadline } from "../shared/deadline";
import { objectAt, stringAt, type JsonObject } from "../shared/json";
import type { Log } from "../shared/log";
import { messageOf } from "../shared/message-of";
import { readApiCall, type ApiCall } from "./api-call";
import type { Invocation } from "./channel";
import type { RefusalNotice } from "./notice";
import { readAuditLog, type AuditLog } from "./read-audit-log";

const HOUR_MS = 60 * 60 * 1000;

/** Part of the remaining time that reading the audit log may take: the mail needs the rest. */
const READ_SHARE = 0.4;

/** Pages of the audit log, of up to 1 MB each, before people are told again rather than not at all. */
const MAX_PAGES = 20;

/** Callers that one environment of the function remembers. */
const MAX_REMEMBERED = 1_000;

export interface ReportedRefusalsDependencies extends AuditLog {
  readonly clock: () => number;
}

/**
 * Of which refusals people were told before: one an account, caller and hour of the clock. The first refusal
 * of such an hour is the one that is mailed. Which it is, every environment of the function reads from the
 * audit log, where nobody can put a refusal that was none. When that cannot be read, or has not got the
 * earlier one yet, people are told twice, and never not at all.
 */
export class ReportedRefusals {
  private readonly remembered = new Set<string>();

  constructor(private readonly dependencies: ReportedRefusalsDependencies) {}

  /** Whether another refusal of that hour is, or was, the one that people are told of. */
  async includes(notice: RefusalNotice, invocation: Invocation, log: Log): Promise<boolean> {
    const hour = hourOf(notice.call);
    if (hour === undefined) {
      return false;
    }
    if (this.remembered.has(keyOf(notice.sender, notice.call.caller, hour))) {
      return true;
    }
    const { clock } = this.dependencies;
    const deadline = new Deadline(clock, clock() + invocation.remaining()).share(READ_SHARE);
    try {
      return await this.isRecorded(notice, hour, deadline);
    } catch (error) {
      log.warn("The audit log could not be read, so people are told", { error: messageOf(error) });
      return false;
    }
  }

  /** People were told: the next refusals of that hour do not need the audit log. */
  remember({ sender, call }: RefusalNotice): void {
    const hour = hourOf(call);
    if (hour === undefined) {
      return;
    }
    if (this.remembered.size >= MAX_REMEMBERED) {
      this.remembered.clear();
    }
    this.remembered.add(keyOf(sender, call.caller, hour));
  }

  private async isRecorded(notice: RefusalNotice, hour: number, deadline: Deadline): Promise<boolean> {
    const query = {
      // No record is in the log before its call was made. Nothing that a caller chose is in the pattern.
      startTime: hour,
      filterPattern: `{ ($.account = "${notice.sender}") && ($.detail.errorCode = "*") }`,
    };
    let pages = 0;
    for await (const page of readAuditLog(this.dependencies, query, deadline)) {
      if (page.some(({ event }) => isEarlier(event, notice, hour))) {
        return true;
      }
      if (++pages === MAX_PAGES) {
        break;
      }
    }
    return false;
  }
}

/** Whether an event of the audit log is an earlier refusal of the same caller, account and hour. */
function isEarlier(event: JsonObject, { sender, call }: RefusalNotice, hour: number): boolean {
  const other = readApiCall(objectAt(event, "detail"));
  return (
    // A member account can put an event of any other source, with any detail.
    (stringAt(event, "source") ?? "").startsWith("aws.") &&
    event["account"] === sender &&
    other !== undefined &&
    other.errorCode !== "" &&
    other.caller === call.caller &&
    hourOf(other) === hour &&
    orderOf(other) < orderOf(call)
  );
}

/** Beginning of the hour in which a call was made, in milliseconds; undefined for an unreadable time. */
function hourOf({ time }: ApiCall): number | undefined {
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : at - (at % HOUR_MS);
}

/** Records of one second are told apart by their ids: one of them comes first for everybody. */
function orderOf({ time, eventId }: ApiCall): string {
  return `${new Date(time).toISOString()} ${eventId}`;
}

function keyOf(sender: string, caller: string, hour: number): string {
  return `${sender} ${hour} ${caller}`;
}
