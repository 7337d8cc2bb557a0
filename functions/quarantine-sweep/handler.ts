import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { RESPONDER_ENV, RESPONDER_NAME } from "../contract";
import type { SweepRequest } from "../security-response/sweep-request";
import { errorText } from "../shared/aws-error";
import { Deadline, type CallOptions } from "../shared/deadline";
import { createLog, type Log } from "../shared/log";
import { readPause, type Pause } from "../shared/pause";
import { listing } from "../shared/text";
import { SWEEP_MS } from "./durations";
import { SweepError } from "./errors";
import { checkHealth } from "./health/check-health";
import { sweepMetrics, type SweepReport } from "./report";
import { readSettings, type SweepSettings } from "./settings";
import { sweep } from "./sweep";

/** A hung request is given up and retried; without `throwOnRequestTimeout` the SDK only warns. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 20_000, throwOnRequestTimeout: true };
const CLIENT = { maxAttempts: 5, requestHandler: TIMEOUTS };

const iam = new IAMClient({ maxAttempts: 8, requestHandler: TIMEOUTS });
const logs = new CloudWatchLogsClient({ maxAttempts: 4, requestHandler: TIMEOUTS });
const lambda = new LambdaClient(CLIENT);
// Without retries of the SDK: the sweep itself limits the rate and retries throttled calls.
const cloudTrail = new CloudTrailClient({ maxAttempts: 1, requestHandler: TIMEOUTS });
// For the health check. The queue's URL identifies the queue; it must not decide where the request is sent.
const trails = new CloudTrailClient(CLIENT);
const events = new EventBridgeClient(CLIENT);
const sns = new SNSClient(CLIENT);
const sqs = new SQSClient({ ...CLIENT, useQueueUrlAsEndpoint: false });

/** Entry of the function `quarantine-sweep`, invoked by a rule with a schedule. */
export async function handler(event: unknown, context: Context): Promise<SweepReport> {
  const log = createLog((line) => process.stdout.write(line), { requestId: context.awsRequestId });
  const remaining = () => context.getRemainingTimeInMillis();
  try {
    const settings = readSettings(process.env);
    const [swept] = await Promise.allSettled([sweepUsers(settings, log, remaining)]);
    // The users come first. If their sweep fails, the parts are checked nevertheless.
    const [checked] = await Promise.allSettled([checkParts(event, settings, log, remaining)]);
    const failures = [
      ...(swept.status === "fulfilled" ? swept.value.failures : [String(swept.reason)]),
      ...(checked.status === "fulfilled"
        ? []
        : [`look at the account's parts: ${errorText(checked.reason)}`]),
    ];
    if (swept.status === "rejected" || failures.length > 0) {
      throw new SweepError(`The sweep could not do everything: ${listing(failures)}`);
    }
    return swept.value;
  } catch (error) {
    log.error("The sweep has failed", { error: String(error) });
    throw error;
  }
}

async function sweepUsers(settings: SweepSettings, log: Log, remaining: () => number): Promise<SweepReport> {
  const dependencies = {
    iam,
    logs,
    cloudTrail,
    ask,
    pause,
    log,
    clock: Date.now,
    random: Math.random,
    sleep,
  };
  const report = await sweep(settings, dependencies, remaining);
  process.stdout.write(sweepMetrics(report, Date.now()) ?? "");
  log.info("The sweep has ended", { ...report });
  return report;
}

async function checkParts(
  event: unknown,
  settings: SweepSettings,
  log: Log,
  remaining: () => number,
): Promise<void> {
  const clients = { events, lambda, sqs, sns, trails, logs, iam };
  const deadline = new Deadline(Date.now, Date.now() + remaining() - SWEEP_MS.reserve);
  await checkHealth(event, settings, process.env, { ...clients, clock: Date.now, log }, deadline);
}

async function ask(request: SweepRequest): Promise<void> {
  const Payload = Buffer.from(JSON.stringify(request));
  await lambda.send(new InvokeCommand({ FunctionName: RESPONDER_NAME, InvocationType: "Event", Payload }));
}

async function pause(options: CallOptions): Promise<Pause | undefined> {
  const command = new GetFunctionConfigurationCommand({ FunctionName: RESPONDER_NAME });
  const { Environment } = await lambda.send(command, options);
  return readPause(Environment?.Variables?.[RESPONDER_ENV.pause]);
}
