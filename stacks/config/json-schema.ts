import { z } from "zod";
import { rolloutSchema } from "./schema";

/** File at the top of the project that editors check `rollout.yaml` against. */
export const JSON_SCHEMA_FILE = "rollout.schema.json";

/** The JSON Schema of `rollout.yaml` as the text of {@link JSON_SCHEMA_FILE}. */
export function rolloutJsonSchema(): string {
  const schema = z.toJSONSchema(rolloutSchema, { io: "input", target: "draft-7" });
  return `${JSON.stringify({ title: "rollout.yaml", ...schema }, null, 2)}\n`;
}
