import { z } from "zod";
import type { Partition } from "../names";

/** The partition of an organization that names none. */
export const DEFAULT_PARTITION: Partition = "aws";

/** Text of a pattern. `expected` states the rule in words, for the error message. */
export const text = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected });

export const accountId = text(/^\d{12}$/, "12 digits in quotes");
