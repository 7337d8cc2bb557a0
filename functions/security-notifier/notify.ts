import { FunctionError } from "../shared/errors";
import type { Log } from "../shared/log";
import { messageOf } from "../shared/message-of";
import type { DrillWatch } from "./drill-watch";
import { readNotice, type Notice } from "./notice";
import { readSilenceRequest } from "./silence";
import type { ToldRefusals } from "./told-refusals";

/** One way to tell people. */
export interface Channel {
  readonly name: string;
  /** @throws When the channel did not take the notice. */
  readonly send: (notice: Notice, invocation: Invocation) => Promise<void>;
}

/** What Lambda says about the one request being served. */
export interface Invocation {
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
}

/** Channels did not take a notice. Lambda retries the event, so the others may get it twice. */
export class ChannelError extends FunctionError {
  override readonly name = "ChannelError";
}

/** What {@link notify} works with. */
export interface Dependencies {
  readonly channels: readonly Channel[];
  readonly refusals: ToldRefusals;
  readonly watch: Pick<DrillWatch, "look">;
  /**
   * ARNs of the roles in an account whose changes are the project's own: deployment, the responder's, and the
   * drill's, which tags itself.
   */
  readonly ownRolesOf: (accountId: string) => readonly string[];
  readonly log: Log;
}

/**
 * Tells people of one event, or of what the schedule had looked for, by every channel at once: one that fails
 * stops no other. Nobody is told of a change by the deployment role, by the responder, which sets the
 * quarantine policy right, or by the drill, which announces its users on its own role, nor twice in an hour
 * that the same caller is refused something; the audit log has both.
 *
 * @throws ChannelError naming the channels that failed
 */
export async function notify(
  payload: unknown,
  { channels, refusals, watch, ownRolesOf, log }: Dependencies,
  invocation: Invocation,
): Promise<void> {
  const request = readSilenceRequest(payload);
  const notice =
    request === undefined ? readNotice(payload, ownRolesOf) : await watch.look(request, invocation, log);
  if (notice === undefined) {
    return;
  }
  const { kind, sender } = notice;
  if (notice.kind === "change" && notice.isOwn) {
    log.info("A change by the project itself is mailed to nobody", { sender, call: notice.call.eventName });
    return;
  }
  if (notice.kind === "refusal" && (await refusals.includes(notice, invocation, log))) {
    log.info("People were told of this caller's refusals in this hour", {
      sender,
      caller: notice.call.caller,
    });
    return;
  }
  const results = await Promise.allSettled(channels.map(async (channel) => channel.send(notice, invocation)));
  const failures = results.flatMap((result, index) =>
    result.status === "rejected" ? [`${channels[index]?.name}: ${messageOf(result.reason)}`] : [],
  );
  if (failures.length > 0) {
    throw new ChannelError(`Nobody was told by these channels: ${failures.join("; ")}`);
  }
  if (notice.kind === "refusal") {
    refusals.remember(notice);
  }
  log.info("People were told", { kind, sender });
}
