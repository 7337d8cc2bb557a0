import { z } from "zod";
import { parseArn } from "../../functions/shared/arn";
import { escapeControlCharacters } from "../escape-control-characters";
import { parseJson } from "../parse-json";

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
          attributes: z.looseObject({ id: z.unknown(), arn: z.unknown() }).partial().nullish(),
        }),
      ),
    }),
  ),
});

type Resource = z.infer<typeof stateSchema>["resources"][number];
type Instance = Resource["instances"][number];

/** A Terraform state. */
export interface State {
  /** Grows with every change. */
  readonly serial: number;
  /** The same for all states that began as one. */
  readonly lineage: string;
  /** Address and id of every managed resource: another id is another resource. */
  readonly resources: readonly string[];
  /** Ids of the accounts that the resources are in, as far as their ARNs say so. */
  readonly accounts: readonly string[];
  /** As Terraform wrote it. */
  readonly text: string;
}

/** Reads a state; undefined for anything else. */
export function readState(text: string): State | undefined {
  const state = parseJson(stateSchema, text);
  if (state === undefined) {
    return undefined;
  }
  const instances = state.resources
    .filter(({ mode }) => mode === "managed")
    .flatMap((resource) => resource.instances.map((instance) => ({ resource, instance })));
  const accounts = instances.map(({ resource, instance }) => accountOf(resource, instance));
  return {
    serial: state.serial,
    lineage: state.lineage,
    resources: instances.map(({ resource, instance }) => nameOf(resource, instance)),
    accounts: [...new Set(accounts.filter((account) => account !== undefined))],
    text,
  };
}

/** The same state with another serial. */
export function withSerial(state: State, serial: number): string {
  return `${JSON.stringify({ ...(JSON.parse(state.text) as object), serial }, undefined, 2)}\n`;
}

function nameOf(
  { module: parent, type, name }: Resource,
  { index_key, deposed, attributes }: Instance,
): string {
  const address = `${parent === undefined ? "" : `${parent}.`}${type}.${name}`;
  const key = index_key === undefined ? "" : `[${JSON.stringify(index_key)}]`;
  const id = typeof attributes?.id === "string" ? ` (${attributes.id})` : "";
  return escapeControlCharacters(
    `${address}${key}${id}${deposed === undefined ? "" : `, deposed ${deposed}`}`,
  );
}

/** The `arn` of a rule's target is that of what it targets, which may be in the security account. */
function accountOf({ type }: Resource, { attributes }: Instance): string | undefined {
  const arn = type === "aws_cloudwatch_event_target" ? undefined : attributes?.arn;
  const account = typeof arn === "string" ? parseArn(arn)?.accountId : undefined;
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}
