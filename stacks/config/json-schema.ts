import { z } from "zod";
import { rolloutSchema } from "./schema";

/** File at the top of the project that editors check `rollout.yaml` against. */
export const JSON_SCHEMA_FILE = "rollout.schema.json";

/** The part of JSON Schema (draft 7) that the configuration's documentation is read from. */
export interface JsonSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
}

/** The JSON Schema of `rollout.yaml` as it is written: keys with a default may be missing. */
export function rolloutJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(rolloutSchema, { io: "input", target: "draft-7" });
  return { title: "rollout.yaml", ...schema } as JsonSchema;
}

/** The text of {@link JSON_SCHEMA_FILE}. */
export function rolloutJsonSchemaText(): string {
  return `${JSON.stringify(rolloutJsonSchema(), null, 2)}\n`;
}
