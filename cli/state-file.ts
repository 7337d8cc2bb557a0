import { z } from "zod";
import { escapeControlCharacters } from "./escape-control-characters";
import { parseJson } from "./parse-json";

/** The part of a state that is used here. Version 4 is that of Terraform since 0.12 and of OpenTofu. */
const stateSchema = z.looseObject({
  version: z.literal(4),
  serial: z.int().nonnegative(),
  lineage: z.string().min(1).transform(escapeControlCharacters),
  resources: z.array(
    z.looseObject({
      module: z.string().optional(),
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(
        z.looseObject({
          index_key: z.union([z.string(), z.number()]).optional(),
          deposed: z.string().optional(),
          /** `tainted`: the next apply replaces it. */
          status: z.string().optional(),
          attributes: z.looseObject({ id: z.unknown(), arn: z.unknown() }).partial().nullish(),
          /** Paths, each a list of steps. */
          sensitive_attributes: z.array(z.unknown()).nullish(),
        }),
      ),
    }),
  ),
});

/** A Terraform state, as Terraform writes it. */
export type StateFile = z.infer<typeof stateSchema>;
type StateResource = StateFile["resources"][number];
export type StateInstance = StateResource["instances"][number];

/** Reads a state; undefined for anything else. */
export function parseState(text: string): StateFile | undefined {
  return parseJson(stateSchema, text);
}

/** The resources of a state. A state that was never written has no lineage. */
export function parseResources(text: string): Pick<StateFile, "resources"> | undefined {
  return parseJson(stateSchema.pick({ version: true, resources: true }), text);
}

/** A resource of a state. */
export interface ManagedInstance {
  /** Terraform's address, with the key of an instance: `aws_sns_topic.alerts`. */
  readonly address: string;
  readonly type: string;
  readonly instance: StateInstance;
}

/** Every resource that the state manages, in its order. */
export function managedInstances({ resources }: Pick<StateFile, "resources">): ManagedInstance[] {
  return resources
    .filter(({ mode }) => mode === "managed")
    .flatMap((resource) =>
      resource.instances.map((instance) => ({
        address: addressOf(resource, instance),
        type: resource.type,
        instance,
      })),
    );
}

function addressOf({ module: parent, type, name }: StateResource, { index_key }: StateInstance): string {
  const address = `${parent === undefined ? "" : `${parent}.`}${type}.${name}`;
  return `${address}${index_key === undefined ? "" : `[${JSON.stringify(index_key)}]`}`;
}
