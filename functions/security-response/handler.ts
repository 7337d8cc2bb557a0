import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "aws-lambda";
import type { Outcome } from "../contract";
import { createSnsClient } from "../shared/alert/sns-client";
import { createLog } from "../shared/log";
import { createDenyClient, createDetailsClient } from "./clients";
import { Recent } from "./recent";
import { respond } from "./respond";
import { readSettings } from "./settings";

const clients = { denyClient: createDenyClient(), iam: createDetailsClient(), sns: createSnsClient() };
const recent = new Recent();
let isWarm = false;

/** Entry of the function `security-response`, invoked asynchronously by EventBridge. */
export async function handler(event: unknown, context: Context): Promise<Outcome> {
  const requestId = context.awsRequestId;
  const log = createLog((line) => process.stdout.write(line), { requestId });
  try {
    const dependencies = { ...clients, log, clock: Date.now, random: Math.random, sleep, recent, isWarm };
    const invocation = { requestId, remaining: () => context.getRemainingTimeInMillis() };
    return await respond(event, readSettings(process.env), dependencies, invocation);
  } catch (error) {
    log.error("The event was not answered", { error: String(error) });
    throw error;
  } finally {
    isWarm = true;
  }
}
