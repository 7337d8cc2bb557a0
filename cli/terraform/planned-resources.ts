import { readFileSync } from "node:fs";
import { strFromU8, unzipSync } from "fflate";
import { parseObject } from "../../functions/shared/json";
import type { PlannedResource } from "../effects/effects-of";
import { taggedResources } from "../stack-file";
import { managedInstances, parseResources, type StateFile } from "../state-file";
import type { ResourceChange } from "./messages";

/**
 * Every resource of a stack before and after a plan: before, as AWS had it when the plan was made; after, as
 * the stack configures it. `terraform show -json` has the same, but starts the provider again, which takes
 * three seconds of CPU.
 *
 * @param planFile Absolute path of a saved plan.
 * @param stackFile Absolute path of the stack that it was made for, in Terraform's JSON syntax.
 * @returns Undefined for a plan that cannot be read here: one in HCP Terraform, one that OpenTofu encrypts.
 */
export function readPlannedResources(
  planFile: string,
  stackFile: string,
  changes: readonly ResourceChange[],
): PlannedResource[] | undefined {
  const state = priorState(planFile);
  if (state === undefined) {
    return undefined;
  }
  const before = new Map(
    managedInstances(state)
      .filter(({ instance }) => instance.deposed === undefined)
      .map(({ address, instance }) => [address, instance.attributes ?? {}]),
  );
  const stack = parseObject(readFileSync(stackFile, "utf8"));
  const after = new Map(taggedResources(stack).map(({ address, body }) => [address, body]));
  const actions = new Map(changes.map(({ address, action }) => [address, action]));
  return [...new Set([...after.keys(), ...before.keys()])].map((address) => ({
    type: address.split(".")[0] ?? "",
    before: before.get(address),
    after: after.get(address),
    isReplaced: actions.get(address) === "replace",
  }));
}

/**
 * The refreshed state in a plan's file: the entry `tfstate` of a zip. Source: internal/plans/planfile of
 * Terraform and of OpenTofu, which do not guarantee the format; a file in another format is not read.
 */
function priorState(planFile: string): Pick<StateFile, "resources"> | undefined {
  try {
    const { tfstate } = unzipSync(readFileSync(planFile), { filter: ({ name }) => name === "tfstate" });
    return tfstate === undefined ? undefined : parseResources(strFromU8(tfstate));
  } catch {
    return undefined;
  }
}
