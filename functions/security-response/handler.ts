import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "aws-lambda";
import type { Outcome } from "../contract";
import { attachFirst } from "./containment/first-attach";
import { createIamConnections } from "./iam-connections";
import { createLog } from "./log";
import { readSettings } from "./settings";

const connections = createIamConnections();
let rest: Awaited<ReturnType<typeof loadRest>> | undefined;

/** Entry of the function `security-response`, invoked asynchronously by EventBridge. */
export async function handler(event: unknown, context: Context): Promise<Outcome> {
  const requestId = context.awsRequestId;
  const log = createLog((line) => process.stdout.write(line), { requestId });
  try {
    const settings = readSettings(process.env);
    const common = { log, clock: Date.now, isWarm: rest !== undefined };
    const first = rest ? undefined : await attachFirst(event, settings, { ...common, connections });
    rest ??= await loadRest();
    const tools = { ...common, ...rest.clients, random: Math.random, sleep };
    const invocation = { requestId, remaining: () => context.getRemainingTimeInMillis() };
    return await rest.respond(event, settings, tools, invocation, first);
  } catch (error) {
    log.error("The event was not answered", { error: String(error) });
    throw error;
  }
}

/** To load the SDK's clients takes longer than to attach without them, which comes first for that reason. */
async function loadRest() {
  const { createClients, respond } = await import("./after-attach.js");
  return { clients: createClients(connections), respond };
}
