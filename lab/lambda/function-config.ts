import { readArn } from "../exchange/arn";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { PromiseCache } from "../shared/promise-cache";

/** Configuration of a deployed function. */
export interface FunctionConfig {
  readonly arn: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly roleArn: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined when none is reserved; 0 stops the function. */
  readonly reservedConcurrency: number | undefined;
  readonly async: AsyncConfig;
}

/** Retries and destinations of asynchronous invocations. */
export interface AsyncConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** ARNs. */
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
}

interface StoredFunction {
  readonly Configuration: {
    readonly FunctionArn: string;
    readonly FunctionName: string;
    readonly Role: string;
    readonly Handler: string;
    readonly Timeout: number;
    readonly MemorySize: number;
    readonly Environment?: { readonly Variables?: Record<string, string> };
    readonly LoggingConfig?: { readonly LogGroup?: string };
  };
}

interface StoredConcurrency {
  readonly ReservedConcurrentExecutions?: number | string | null;
}

interface StoredInvokeConfig {
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: {
    readonly OnSuccess?: { readonly Destination?: string };
    readonly OnFailure?: { readonly Destination?: string };
  };
}

/** Configurations of deployed functions, cached until a function may have changed. */
export class FunctionConfigs {
  private readonly moto: MotoClient;
  private readonly configs = new PromiseCache<FunctionConfig>();

  constructor(moto: MotoClient) {
    this.moto = moto;
  }

  /** Rejects with ResourceNotFoundException when there is no such function. */
  get(arn: string): Promise<FunctionConfig> {
    return this.configs.getOrRead(arn, () => this.read(arn));
  }

  /** Clears the cache when a request may have changed a function. */
  readonly observe: Observer = ({ request }) => {
    if (request.service === "lambda" && !/^(Get|List|Invoke)/.test(request.action)) {
      this.configs.clear();
    }
  };

  private async read(arn: string): Promise<FunctionConfig> {
    const { accountId, region, resource } = readArn(arn);
    const name = resource.split(":")[1] ?? "";
    const get = (path: string): Promise<Record<string, unknown>> => {
      const rest = { method: "GET", path };
      return this.moto(accountId, { service: "lambda", region, action: "GetFunction", params: {}, rest });
    };
    const stored = (await get(`/2015-03-31/functions/${name}`)) as unknown as StoredFunction;
    const invoke = (await get(`/2019-09-25/functions/${name}/event-invoke-config`).catch(
      noneFound,
    )) as StoredInvokeConfig;
    // GetFunction of moto leaves out a reservation of 0, which GetFunctionConcurrency shows.
    const concurrency = (await get(`/2019-09-30/functions/${name}/concurrency`)) as StoredConcurrency;
    const { Configuration: config } = stored;
    const reserved = concurrency.ReservedConcurrentExecutions ?? undefined;
    return {
      arn,
      name,
      accountId,
      region,
      roleArn: config.Role,
      handler: config.Handler,
      timeoutSeconds: config.Timeout,
      memoryMb: config.MemorySize,
      logGroup: config.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      environment: config.Environment?.Variables ?? {},
      reservedConcurrency: reserved === undefined ? undefined : Number(reserved),
      async: {
        maximumRetryAttempts: invoke.MaximumRetryAttempts ?? 2,
        maximumEventAgeSeconds: invoke.MaximumEventAgeInSeconds ?? 21_600,
        onSuccess: invoke.DestinationConfig?.OnSuccess?.Destination,
        onFailure: invoke.DestinationConfig?.OnFailure?.Destination,
      },
    };
  }
}

function noneFound(error: unknown): Record<string, unknown> {
  if (error instanceof AwsError && error.status === 404) {
    return {};
  }
  throw error;
}
