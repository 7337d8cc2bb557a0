import { MODES, RESPONDER_ENV } from "../../functions/contract";
import type { JsonObject } from "../../functions/shared/json";
import { NAMES } from "../../stacks/names";
import { StackParts } from "../effects/stack-parts";
import { configuredResources } from "../stack-file";
import type { StackTarget } from "../stack-target";
import { managedInstances, type ManagedInstance } from "../state-file";
import { compareState } from "./compare-state";
import type { ReadState, StateReading } from "./read-state";
import type { Difference, ReviewedAccount } from "./review";

type ReadableState = Extract<StateReading, { readonly kind: "read" }>;

export type Deployed = NonNullable<ReviewedAccount["deployed"]>;

/** What the state of an account says, compared with its stack. */
export type AccountReading =
  | {
      readonly kind: "read";
      /** Null when the state has no resources. */
      readonly deployed: Deployed | null;
      readonly differences: readonly Difference[];
      /** Ids of the accounts and organizational units that its policies are attached to. */
      readonly attachedTo: readonly string[];
    }
  | Exclude<StateReading, ReadableState>;

export type ReadAccount = (target: StackTarget) => Promise<AccountReading>;

/** @param stackJson Makes the stack of an account, in Terraform's JSON syntax. */
export function readAccountBy(readState: ReadState, stackJson: (accountId: string) => object): ReadAccount {
  return async (target) => {
    const reading = await readState(target);
    return reading.kind === "read" ? compareAccount(stackJson(target.accountId), reading) : reading;
  };
}

function compareAccount(stack: object, reading: ReadableState): AccountReading {
  const instances = managedInstances(reading.state);
  const isDeployed = instances.length > 0;
  return {
    kind: "read",
    deployed: isDeployed ? readDeployed(stack as JsonObject, instances, reading) : null,
    differences: isDeployed ? compareState(stack, reading.state) : [],
    attachedTo: instances
      .filter(({ type }) => type === "aws_organizations_policy_attachment")
      .map((each) => textOf(each, "target_id")),
  };
}

/** What the state says is deployed. */
function readDeployed(
  stack: JsonObject,
  instances: readonly ManagedInstance[],
  { state, appliedAt }: ReadableState,
): Deployed {
  const functions = instances.filter(({ type }) => type === "aws_lambda_function");
  const hashes = new Map(
    configuredResources(stack).map(({ address, body }) => [address, body["source_code_hash"]]),
  );
  const parts = new StackParts(
    instances.map(({ type, instance }) => ({ type, values: instance.attributes ?? {} })),
  );
  const mode = parts.variable(NAMES.responder, RESPONDER_ENV.mode);
  return {
    version: parts.variable(NAMES.responder, RESPONDER_ENV.version) ?? null,
    mode: MODES.find((each) => each === mode) ?? null,
    functions: functions.map((each) => {
      const sha256 = textOf(each, "code_sha256") || textOf(each, "source_code_hash");
      return { name: textOf(each, "function_name"), sha256, isCurrent: sha256 === hashes.get(each.address) };
    }),
    resources: instances.length,
    serial: state.serial,
    appliedAt,
  };
}

function textOf({ instance }: ManagedInstance, name: string): string {
  const value = instance.attributes?.[name];
  return typeof value === "string" ? value : "";
}
