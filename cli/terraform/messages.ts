import { z } from "zod";
import { escapeControlCharacters, escapeControlCharactersInLines } from "../escape-control-characters";

/**
 * The messages of `terraform -json` that are used here.
 * See https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export type TerraformMessage =
  | { readonly type: "diagnostic"; readonly diagnostic: Diagnostic }
  | { readonly type: "planned_change"; readonly change: ResourceChange }
  | { readonly type: "change_summary"; readonly changes: ChangeCounts }
  | { readonly type: "apply_complete"; readonly address: string }
  /** A line that is not JSON, such as a crash. */
  | { readonly type: "text"; readonly text: string };

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** Resource it is about. */
  readonly address?: string | undefined;
}

export interface ResourceChange {
  /** Terraform address. */
  readonly address: string;
  /** `create`, `update`, `delete`, `replace`, `read`, `move`, `import`, `forget`. */
  readonly action: string;
}

/**
 * How many resources a plan changes, or an apply has changed. A replaced one counts as added and as removed.
 */
export interface ChangeCounts {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

/** Terraform repeats text of AWS and of the holder of a lock, which must not control the terminal. */
const cleanLine = z.string().transform(escapeControlCharacters);
const cleanLines = z.string().transform(escapeControlCharactersInLines);

const diagnostic = z.object({
  severity: z.enum(["error", "warning"]),
  summary: cleanLine,
  detail: cleanLines.default(""),
  address: cleanLine.optional(),
});

const messageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("diagnostic"), diagnostic }),
  z.object({
    type: z.literal("planned_change"),
    change: z.object({ action: cleanLine, resource: z.object({ addr: cleanLine }) }),
  }),
  z.object({
    type: z.literal("change_summary"),
    changes: z.object({ add: z.number(), change: z.number(), remove: z.number() }),
  }),
  z.object({
    type: z.literal("apply_complete"),
    hook: z.object({ resource: z.object({ addr: cleanLine }) }),
  }),
]);

/** Reads one line of output; undefined for a message that is not used here. */
export function readMessage(line: string): TerraformMessage | undefined {
  const value = parseObject(line);
  if (value === undefined) {
    return line.trim() === "" ? undefined : { type: "text", text: escapeControlCharacters(line) };
  }
  const { success, data } = messageSchema.safeParse(value);
  if (!success) {
    return undefined;
  }
  switch (data.type) {
    case "planned_change":
      return { type: data.type, change: { address: data.change.resource.addr, action: data.change.action } };
    case "apply_complete":
      return { type: data.type, address: data.hook.resource.addr };
    case "diagnostic":
    case "change_summary":
      return data;
  }
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
