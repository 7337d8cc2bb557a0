import { isObject, type JsonObject } from "../functions/shared/json";

/** A resource of a stack. */
export interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  readonly body: JsonObject;
}

/** The resources of a stack in Terraform's JSON syntax. */
export function configuredResources(stack: JsonObject): ConfiguredResource[] {
  return entries(stack["resource"]).flatMap(([type, named]) =>
    entries(named).map(([name, body]) => ({
      address: `${type}.${name}`,
      type,
      body: isObject(body) ? body : {},
    })),
  );
}

function entries(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}
