import { messageOf } from "../../functions/shared/message-of";
import type { InternalCaller } from "../exchange/internal-caller";
import { AwsError } from "../shared/errors";
import type { FunctionRun } from "./function-runner";

/** A line that a function printed. */
export interface LogLine {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly requestId: string;
  readonly message: string;
}

const KEPT_LINES = 5_000;

/** The output of functions: kept here, and written to their log groups if their roles allow it. */
export class FunctionLogs {
  private readonly call: InternalCaller;
  private readonly log: (line: string) => void;
  private readonly lines = new Map<string, LogLine[]>();
  private readonly streams = new Set<string>();

  constructor(call: InternalCaller, log: (line: string) => void) {
    this.call = call;
    this.log = log;
  }

  /** Oldest first. */
  linesOf(functionArn: string): readonly LogLine[] {
    return this.lines.get(functionArn) ?? [];
  }

  /** Adds the output of a run. A failure to write it to the log group is logged and does not fail the run. */
  add(run: FunctionRun, requestId: string, time: Date): void {
    const messages = run.output.split("\n").filter((line) => line !== "");
    if (messages.length === 0) {
      return;
    }
    const lines = this.lines.get(run.config.arn) ?? [];
    lines.push(...messages.map((message) => ({ time: time.toISOString(), requestId, message })));
    this.lines.set(run.config.arn, lines.slice(-KEPT_LINES));
    this.write(run, messages, time).catch((error: unknown) =>
      this.log(`${run.config.arn} cannot write to its log group: ${messageOf(error)}`),
    );
  }

  private async write(run: FunctionRun, messages: readonly string[], time: Date): Promise<void> {
    const { region, logGroup: logGroupName } = run.config;
    const logStreamName = run.logStream;
    const logs = (action: string, params: Record<string, unknown>): Promise<Record<string, unknown>> =>
      this.call(run.role, { service: "logs", region, action, params });
    if (!this.streams.has(logStreamName)) {
      this.streams.add(logStreamName);
      await logs("CreateLogStream", { logGroupName, logStreamName }).catch(async (error: unknown) => {
        if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") {
          throw error;
        }
        await logs("CreateLogGroup", { logGroupName });
        await logs("CreateLogStream", { logGroupName, logStreamName });
      });
    }
    const logEvents = messages.map((message) => ({ timestamp: time.getTime(), message }));
    await logs("PutLogEvents", { logGroupName, logStreamName, logEvents });
  }
}
