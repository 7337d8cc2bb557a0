import { createHash } from "node:crypto";
import { isObject } from "./json";

/**
 * 16 hexadecimal digits that are the same for the same JSON value, in whatever order its keys are written and
 * with whatever white space: long enough to tell that somebody changed a document, not to prove that nobody
 * did.
 */
export function fingerprint(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest("hex")
    .slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (!isObject(value)) {
    return value ?? null;
  }
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}
