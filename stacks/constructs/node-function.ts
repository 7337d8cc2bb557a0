import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { AssetType, Fn, Op, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { FAILED_EVENTS, functionLogGroup, type ExpectedFunction } from "../../functions/contract";
import type { FunctionPackage } from "../function-package";
import type { AccountNames } from "../names";
import { LAMBDA_ASSUMES_ROLE } from "../policies/assume-role";
import type { PolicyDocument } from "../policies/document";

/** Where Lambda sends the result of an asynchronous event, by ARN. */
export interface Destinations {
  /** What the function returned. @default - nowhere */
  readonly onSuccess?: string;
  /** The event that failed for good. */
  readonly onFailure: string;
}

export interface NodeFunctionProps {
  readonly names: AccountNames;
  readonly functionName: string;
  readonly description: string;
  readonly code: FunctionPackage;
  /** The permissions of the function's role. */
  readonly policy: PolicyDocument;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly logRetentionDays: number;
  /** @default - the account's shared pool */
  readonly reservedConcurrency?: number | undefined;
  /** @default - none: the function is only invoked synchronously */
  readonly destinations?: Destinations;
}

/** CDKTF's hash of each package, which it would otherwise compute again for every account. */
const assetHashes = new WeakMap<FunctionPackage, string>();

/**
 * A Lambda function on Node.js and arm64, with a role of its own and a log group that is created before the
 * function.
 */
export class NodeFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: IamRole;
  readonly logs: CloudwatchLogGroup;
  /**
   * The hash that Lambda reports for the code, for an output. By itself, `code_sha256` keeps its old value in
   * the plan of an update (AWS provider 5.100), Terraform does not evaluate an output again whose planned
   * value is known, and the next plan shows a change of the output alone. `last_modified` is not known then.
   */
  readonly codeSha256: string;
  /** Has to exist before the first asynchronous event: without it, Lambda drops failed events. */
  readonly invocations: LambdaFunctionEventInvokeConfig | undefined;
  /** What a health check expects. */
  readonly expected: ExpectedFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    this.expected = {
      name: props.functionName,
      code: props.code.sha256,
      timeout: props.timeoutSeconds,
      memory: props.memoryMegabytes,
      ...(props.reservedConcurrency !== undefined && { concurrency: props.reservedConcurrency }),
    };
    this.role = new IamRole(this, "role", {
      ...props.names.ownRole(props.functionName),
      description: `Role of the function ${props.functionName}`,
      assumeRolePolicy: JSON.stringify(LAMBDA_ASSUMES_ROLE),
    });
    const policy = new IamRolePolicy(this, "policy", {
      name: props.functionName,
      // Not the name, which stays the same when a role is replaced: Terraform would not create the policy
      // again.
      role: this.role.id,
      policy: JSON.stringify(props.policy),
    });
    this.logs = new CloudwatchLogGroup(this, "logs", {
      name: functionLogGroup(props.functionName),
      retentionInDays: props.logRetentionDays,
    });
    const code = new TerraformAsset(this, "code", {
      path: props.code.path,
      type: AssetType.FILE,
      assetHash: assetHashes.get(props.code),
    });
    assetHashes.set(props.code, code.assetHash);
    this.function = new LambdaFunction(this, "function", {
      functionName: props.functionName,
      description: props.description,
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: code.path,
      sourceCodeHash: props.code.sha256,
      role: this.role.arn,
      timeout: props.timeoutSeconds,
      memorySize: props.memoryMegabytes,
      reservedConcurrentExecutions: props.reservedConcurrency,
      environment: { variables: { ...props.environment } },
      // Without them the first invocations could lack permissions, or create a log group that never expires.
      dependsOn: [policy, this.logs],
    });
    const { lastModified, codeSha256 } = this.function;
    this.codeSha256 = Fn.conditional(Op.eq(lastModified, "never"), "none", codeSha256) as string;
    this.invocations = props.destinations && this.handOn(props.destinations);
  }

  private handOn({ onSuccess, onFailure }: Destinations): LambdaFunctionEventInvokeConfig {
    return new LambdaFunctionEventInvokeConfig(this, "invocations", {
      functionName: this.function.functionName,
      maximumRetryAttempts: FAILED_EVENTS.retries,
      maximumEventAgeInSeconds: FAILED_EVENTS.ageSeconds,
      destinationConfig: {
        ...(onSuccess !== undefined && { onSuccess: { destination: onSuccess } }),
        onFailure: { destination: onFailure },
      },
    });
  }
}
