import type { Context } from "aws-lambda";
import { createSnsClient } from "../shared/alert/sns-client";
import { createLog } from "../shared/log";
import { mailChannel } from "./channels/mail";
import { notify } from "./notify";
import { readSettings } from "./settings";

const sns = createSnsClient();

/** Entry of the function `security-notifier`, invoked asynchronously by rules of the central bus. */
export async function handler(event: unknown, context: Context): Promise<void> {
  const log = createLog((line) => process.stdout.write(line), { requestId: context.awsRequestId });
  try {
    const channels = [mailChannel(readSettings(process.env), sns, Date.now)];
    await notify(event, channels, log, { remaining: () => context.getRemainingTimeInMillis() });
  } catch (error) {
    log.error("The event was not passed on", { error: String(error) });
    throw error;
  }
}
