import { isObject, objectAt, type JsonObject } from "../functions/shared/json";

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

/** The same with `tags_all`, as in states: the provider's default tags and the resource's own. */
export function taggedResources(stack: JsonObject): ConfiguredResource[] {
  const provider = firstOf(objectAt(stack, "provider")["aws"]);
  const defaults = objectAt(firstOf(provider["default_tags"]), "tags");
  return configuredResources(stack).map(({ body, ...resource }) => ({
    ...resource,
    body: { ...body, tags_all: { ...defaults, ...objectAt(body, "tags") } },
  }));
}

/** A block is a list of one. */
function firstOf(blocks: unknown): JsonObject {
  const [first]: unknown[] = [blocks].flat();
  return isObject(first) ? first : {};
}

function entries(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}
