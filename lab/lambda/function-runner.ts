import { randomUUID } from "node:crypto";
import type { RecordMetric } from "../cloudwatch/metrics";
import type { RolePrincipal } from "../exchange/principal";
import type { StartServiceSession } from "../sts/service-sessions";
import type { CodeStore } from "./code-store";
import type { FunctionConfig, FunctionConfigs } from "./function-config";
import { functionMetric } from "./function-metric";
import { Sandbox, type Invocation, type InvocationResult } from "./sandbox";
import { SandboxPool } from "./sandbox-pool";

/** A run of a function, and the session whose permissions it had. */
export interface FunctionRun extends InvocationResult {
  readonly config: FunctionConfig;
  readonly role: RolePrincipal;
  readonly logStream: string;
}

export interface FunctionRunnerOptions {
  readonly configs: FunctionConfigs;
  readonly code: CodeStore;
  readonly startSession: StartServiceSession;
  /** The `AWS_ENDPOINT_URL` of functions. */
  readonly endpoint: () => string;
  /** Processes that a function may have at once. */
  readonly maxConcurrency: number;
  readonly now: () => Date;
  /** The lab's clock waits for runs: see LabClock. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  readonly record: RecordMetric;
}

interface Deployment {
  readonly pool: SandboxPool;
  readonly role: RolePrincipal;
  readonly logStream: string;
}

/** Runs deployed functions in processes that stay warm. A new deployment gets new processes. */
export class FunctionRunner {
  private readonly options: FunctionRunnerOptions;
  private readonly deployments = new Map<string, { version: string; started: Promise<Deployment> }>();

  constructor(options: FunctionRunnerOptions) {
    this.options = options;
  }

  async run(invocation: Invocation): Promise<FunctionRun> {
    const config = await this.options.configs.get(invocation.functionArn);
    const { pool, role, logStream } = await this.deployment(config);
    const started = Date.now();
    const { record, during, now } = this.options;
    const aheadMs = now().getTime() - Date.now();
    const result = await during(pool.run({ ...invocation, aheadMs }));
    record(functionMetric(config.arn, "Duration"), Date.now() - started);
    record(functionMetric(config.arn, "Invocations"));
    record(functionMetric(config.arn, "Errors"), result.functionError === undefined ? 0 : 1);
    return { ...result, config, role, logStream };
  }

  /** A session of the function's role for Lambda's own calls, which are not made in the function. */
  async roleOf(functionArn: string): Promise<RolePrincipal> {
    const { role } = await this.deployment(await this.options.configs.get(functionArn));
    return { ...role, sourceFunctionArn: undefined };
  }

  /** Kills every process. */
  async stop(): Promise<void> {
    for (const { started } of this.deployments.values()) {
      await started.then(({ pool }) => pool.close(true)).catch(() => undefined);
    }
    this.deployments.clear();
  }

  private deployment(config: FunctionConfig): Promise<Deployment> {
    const { sha256, folder } = this.options.code.codeOf(config.arn);
    const version = JSON.stringify([sha256, config]);
    const current = this.deployments.get(config.arn);
    if (current?.version === version) {
      return current.started;
    }
    void current?.started.then(({ pool }) => pool.close(false)).catch(() => undefined);
    const started = this.deploy(config, folder);
    this.deployments.set(config.arn, { version, started });
    started.catch(() => this.deployments.delete(config.arn));
    return started;
  }

  private async deploy(config: FunctionConfig, folder: string): Promise<Deployment> {
    const { startSession, endpoint, maxConcurrency } = this.options;
    const { arn: sourceArn, accountId } = config;
    const lambda = { type: "AWSService", accountId, service: "lambda.amazonaws.com", sourceArn } as const;
    const credentials = await startSession(lambda, config.roleArn, config.name);
    const logStream = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomUUID()}`;
    const environment = {
      ...config.environment,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      AWS_ENDPOINT_URL: endpoint(),
      // Lambda's Node.js is new enough for the SDK, the operator's may not be.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...reservedVariables(config, folder, logStream),
    };
    const timeoutMs = config.timeoutSeconds * 1000;
    const bound = Math.min(config.reservedConcurrency ?? maxConcurrency, maxConcurrency);
    const start = (): Promise<Sandbox> => Promise.resolve(new Sandbox({ environment, folder, timeoutMs }));
    return { pool: new SandboxPool(start, bound), role: credentials.session, logStream };
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function reservedVariables(
  config: FunctionConfig,
  folder: string,
  logStream: string,
): Record<string, string> {
  return {
    _HANDLER: config.handler,
    LAMBDA_TASK_ROOT: folder,
    AWS_REGION: config.region,
    AWS_DEFAULT_REGION: config.region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TZ: ":UTC",
    // Keeps the function's SDK from reading the AWS configuration of the person who runs the lab.
    HOME: folder,
  };
}
