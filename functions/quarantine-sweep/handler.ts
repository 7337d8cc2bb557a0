import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Context } from "aws-lambda";
import { RESPONDER_NAME } from "../contract";
import type { SweepRequest } from "../security-response/sweep-request";
import { createLog } from "../shared/log";
import { listing } from "../shared/text";
import { SweepError } from "./errors";
import { sweepMetrics } from "./metrics";
import { readSettings } from "./settings";
import { sweep, type SweepReport } from "./sweep";

/** A hung request is given up and retried; without `throwOnRequestTimeout` the SDK only warns. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

const iam = new IAMClient({ maxAttempts: 8, requestHandler: TIMEOUTS });
const logs = new CloudWatchLogsClient({ maxAttempts: 4, requestHandler: TIMEOUTS });
const lambda = new LambdaClient({ maxAttempts: 5, requestHandler: TIMEOUTS });
// Its throttling is waited out by the sweep, which keeps the pace.
const cloudTrail = new CloudTrailClient({ maxAttempts: 1, requestHandler: TIMEOUTS });

/** Entry of the function `quarantine-sweep`, invoked by a rule with a schedule. */
export async function handler(_event: unknown, context: Context): Promise<SweepReport> {
  const log = createLog((line) => process.stdout.write(line), { requestId: context.awsRequestId });
  try {
    const dependencies = { iam, logs, cloudTrail, ask, log, clock: Date.now, random: Math.random, sleep };
    const remaining = () => context.getRemainingTimeInMillis();
    const report = await sweep(readSettings(process.env), dependencies, remaining);
    process.stdout.write(sweepMetrics(report, Date.now()) ?? "");
    log.info("The sweep has ended", { ...report });
    if (report.failures.length > 0) {
      throw new SweepError(`The sweep could not do everything: ${listing(report.failures)}`);
    }
    return report;
  } catch (error) {
    log.error("The sweep has failed", { error: String(error) });
    throw error;
  }
}

async function ask(request: SweepRequest): Promise<void> {
  const Payload = Buffer.from(JSON.stringify(request));
  await lambda.send(new InvokeCommand({ FunctionName: RESPONDER_NAME, InvocationType: "Event", Payload }));
}
