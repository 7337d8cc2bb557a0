import type { PlannedResource } from "../../../cli/effects/effects-of";
import { taggedResources } from "../../../cli/stack-file";
import type { JsonObject } from "../../../functions/shared/json";

/**
 * What a plan has of a stack when one configuration follows another: the resources of both, by address. The
 * values are those of the configuration, which leaves out what only AWS knows.
 *
 * @param before A stack in Terraform's JSON syntax; undefined for one that is not deployed.
 */
export function plannedResources(before: object | undefined, after: object | undefined): PlannedResource[] {
  const [former, next] = [resourcesOf(before), resourcesOf(after)];
  return [...new Set([...former.keys(), ...next.keys()])].map((address) => ({
    type: address.split(".")[0] ?? "",
    before: former.get(address),
    after: next.get(address),
    isReplaced: false,
  }));
}

function resourcesOf(stack: object = {}): Map<string, JsonObject> {
  return new Map(taggedResources(stack as JsonObject).map(({ address, body }) => [address, body]));
}
