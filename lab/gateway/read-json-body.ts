import type { z } from "zod";
import { LabError } from "../shared/errors";

/** A request to one of the lab's own paths is not valid; the message names the field. */
export class InputError extends LabError {
  constructor(
    /** For example `rate`; `body` for the whole body. */
    readonly field: string,
    message: string,
  ) {
    super(`${field}: ${message}`);
  }
}

/**
 * Reads a JSON body.
 *
 * @throws InputError for the first mistake in it.
 */
export function readJsonBody<T>(schema: z.ZodType<T>, body: Buffer): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new InputError("body", "expected JSON.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  const unknownKey = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (unknownKey !== undefined) {
    throw new InputError(unknownKey, "unknown field.");
  }
  const field = issue === undefined || issue.path.length === 0 ? "body" : issue.path.join(".");
  throw new InputError(field, `${issue?.message ?? "not valid"}.`);
}
