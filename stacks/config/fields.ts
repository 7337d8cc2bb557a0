import { z } from "zod";
import type { Partition } from "../names";

/** The partition of an organization that names none. */
export const DEFAULT_PARTITION: Partition = "aws";

/** Text of a pattern. `expected` states the rule in words, for the error message. */
export const text = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected });

export const accountId = text(/^\d{12}$/, "12 digits in quotes");

/** Exact: neither `*` nor `?` may stand in it, and `${` neither, which Terraform reads as a template. */
export const roleName = text(
  /^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  "the name of an IAM role, such as Deploy or, with its path, ops/Deploy",
);
