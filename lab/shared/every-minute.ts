import { messageOf } from "../../functions/shared/message-of";
import type { Clock } from "./clock";

const MINUTE_MS = 60_000;

/** Does something at the start of every minute of the lab's clock. A failure is logged and ends nothing. */
export async function everyMinute(
  clock: Clock,
  work: () => Promise<void>,
  log: (line: string) => void,
): Promise<never> {
  for (;;) {
    await clock.sleep(MINUTE_MS - (clock.now().getTime() % MINUTE_MS));
    try {
      await work();
    } catch (error) {
      log(`a minute of the lab's clock failed: ${messageOf(error)}`);
    }
  }
}
