import { configuredResources, type ConfiguredResource } from "../../cli/stack-file";
import type { JsonObject } from "../../functions/shared/json";

/**
 * A state that has what a stack sets: without the values that only AWS knows, it is a third smaller than what
 * Terraform writes.
 *
 * @param stack In Terraform's JSON syntax.
 */
export function stateInWords(stack: object, lineage: string): string {
  const resources = configuredResources(stack as JsonObject);
  const state = { version: 4, serial: 1, lineage, resources: resources.map(asDeployed) };
  const bodies = new Map(resources.map(({ address, body }) => [address, body]));
  return JSON.stringify(state, undefined, 2).replace(
    /\$\{(\w+\.[\w-]+)\.(\w+)\}/g,
    (reference, address: string, attribute: string) => {
      const value = bodies.get(address)?.[attribute];
      return typeof value === "string" ? value : reference;
    },
  );
}

function asDeployed({ address, type, body }: ConfiguredResource) {
  const name = address.slice(type.length + 1);
  return { mode: "managed", type, name, instances: [{ attributes: body }] };
}
