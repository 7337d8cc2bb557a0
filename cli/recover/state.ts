import { z } from "zod";
import { escapeControlCharacters } from "../escape-control-characters";
import { parseJson } from "../parse-json";

/** The part of a state that is used here. Version 4 is that of Terraform since 0.12 and of OpenTofu. */
const stateSchema = z.object({
  version: z.literal(4),
  serial: z.int().nonnegative(),
  lineage: z.string().min(1).transform(escapeControlCharacters),
  resources: z.array(
    z.object({
      module: z.string().optional(),
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(z.object({ index_key: z.union([z.string(), z.number()]).optional() })),
    }),
  ),
});

/** A Terraform state. */
export interface State {
  /** Grows with every change. */
  readonly serial: number;
  /** The same for all states that began as one. */
  readonly lineage: string;
  /** Addresses of the managed resources. */
  readonly resources: readonly string[];
  /** As Terraform wrote it. */
  readonly text: string;
}

/** Reads a state; undefined for anything else. */
export function readState(text: string): State | undefined {
  const state = parseJson(stateSchema, text);
  if (state === undefined) {
    return undefined;
  }
  const resources = state.resources
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ module: parent, type, name, instances }) => {
      const address = `${parent === undefined ? "" : `${parent}.`}${type}.${name}`;
      return instances.map(({ index_key }) =>
        escapeControlCharacters(
          index_key === undefined ? address : `${address}[${JSON.stringify(index_key)}]`,
        ),
      );
    });
  return { serial: state.serial, lineage: state.lineage, resources, text };
}
