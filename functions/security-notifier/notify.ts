import { FunctionError } from "../shared/errors";
import type { Log } from "../shared/log";
import { messageOf } from "../shared/message-of";
import { readNotice, type Notice } from "./notice";

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

/**
 * Tells people of one event of the central bus, by every channel at once: one that fails stops no other.
 * @throws ChannelError naming the channels that failed
 */
export async function notify(
  payload: unknown,
  channels: readonly Channel[],
  log: Log,
  invocation: Invocation,
): Promise<void> {
  const notice = readNotice(payload);
  const { kind, sender } = notice;
  const results = await Promise.allSettled(channels.map(async (channel) => channel.send(notice, invocation)));
  const failures = results.flatMap((result, index) =>
    result.status === "rejected" ? [`${channels[index]?.name}: ${messageOf(result.reason)}`] : [],
  );
  if (failures.length > 0) {
    throw new ChannelError(`Nobody was told by these channels: ${failures.join("; ")}`);
  }
  log.info("People were told", { kind, sender });
}
