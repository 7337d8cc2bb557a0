import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GetUserCommand, IAMClient } from "@aws-sdk/client-iam";
import type { Context } from "aws-lambda";
import type { DrillOutcome } from "../contract";
import { createLog } from "../shared/log";
import type { UserKey } from "./dependencies";
import { drill } from "./drill";
import { audienceOf } from "./request";
import { readSettings } from "./settings";

/** A hung request is given up and retried; without `throwOnRequestTimeout` the SDK only warns. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

const iam = new IAMClient({ maxAttempts: 8, requestHandler: TIMEOUTS });

/** Entry of the function `quarantine-drill`, invoked by a rule with a schedule, or by hand. */
export async function handler(event: unknown, context: Context): Promise<DrillOutcome> {
  const log = createLog((line) => process.stdout.write(line), { requestId: context.awsRequestId });
  try {
    const settings = readSettings(process.env);
    const audience = audienceOf(event, settings.everyHours, Date.now());
    const outcome = await drill(audience, settings, {
      iam,
      callWith,
      nonce: () => randomBytes(4).toString("hex"),
      remaining: () => context.getRemainingTimeInMillis(),
      clock: Date.now,
      random: Math.random,
      sleep,
      log,
    });
    log.info(outcome.summary, { status: outcome.status, user: outcome.userName });
    return outcome;
  } catch (error) {
    log.error("The drill could not run", { error: String(error) });
    throw error;
  }
}

/**
 * A call that only reads, so that EventBridge gets no event of its refusal. The drill itself calls again.
 */
async function callWith(credentials: UserKey): Promise<unknown> {
  const client = new IAMClient({ credentials, maxAttempts: 1, requestHandler: TIMEOUTS });
  try {
    return await client.send(new GetUserCommand({}));
  } finally {
    client.destroy();
  }
}
