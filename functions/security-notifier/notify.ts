import { FunctionError } from "../shared/errors";
import type { Log } from "../shared/log";
import { messageOf } from "../shared/message-of";
import type { Channel, Invocation } from "./channel";
import { readNotice } from "./notice";
import type { ReportedRefusals } from "./reported-refusals";
import { readSilenceRequest } from "./silence";
import type { SilenceWatch } from "./silence-watch";

/** The channel did not take a notice. Lambda retries the event, for this channel alone. */
export class ChannelError extends FunctionError {
  override readonly name = "ChannelError";
}

/** What {@link notify} works with. */
export interface Dependencies {
  readonly channel: Channel;
  readonly refusals: ReportedRefusals;
  readonly watch: Pick<SilenceWatch, "check">;
  /**
   * ARNs of the roles in an account whose changes are the project's own: deployment, the responder's, and the
   * drill's, which tags itself.
   */
  readonly ownRolesOf: (accountId: string) => readonly string[];
  readonly log: Log;
}

/**
 * Tells people of one event, or of the silent accounts that the schedule asks for, by the one channel of this
 * function: each is a function of its own, so that one that fails stops no other. Nobody is told of a change
 * by the deployment role, by the responder, which sets the quarantine policy right, or by the drill, which
 * announces its users on its own role, nor twice in an hour that the same caller is refused something; the
 * audit log has both.
 *
 * @throws ChannelError when the channel did not take it
 */
export async function notify(
  payload: unknown,
  { channel, refusals, watch, ownRolesOf, log }: Dependencies,
  invocation: Invocation,
): Promise<void> {
  const request = readSilenceRequest(payload);
  const notice =
    request === undefined ? readNotice(payload, ownRolesOf) : await watch.check(request, invocation, log);
  if (notice === undefined) {
    return;
  }
  const { kind, sender } = notice;
  if (!channel.wants(notice)) {
    log.info("The notice is not for this channel", { kind, sender, channel: channel.name });
    return;
  }
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
  try {
    await channel.send(notice, invocation);
  } catch (error) {
    throw new ChannelError(`Nobody was told by ${channel.name}: ${messageOf(error)}`, { cause: error });
  }
  if (notice.kind === "refusal") {
    refusals.remember(notice);
  }
  log.info("People were told", { kind, sender, channel: channel.name });
}
