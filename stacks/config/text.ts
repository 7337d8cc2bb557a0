import { z } from "zod";

/** Text of a pattern. `expected` is read by the error report: it states the rule in words. */
export const text = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected });
