import { z } from "zod";
import { reviewSchema } from "./review";

/** File of the schema of `quarantine review --json`. */
export const REVIEW_SCHEMA_FILE = "docs/review.schema.json";

/** The text of {@link REVIEW_SCHEMA_FILE}. */
export function reviewJsonSchemaText(): string {
  const schema = z.toJSONSchema(reviewSchema, { target: "draft-7" });
  return `${JSON.stringify({ title: "quarantine review --json", ...schema }, null, 2)}\n`;
}
