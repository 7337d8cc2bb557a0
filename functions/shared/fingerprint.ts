import { createHash } from "node:crypto";
import { isObject } from "./json";

/**
 * 16 hexadecimal digits of the JSON value's SHA-256, independent of the order of keys and of white space.
 * Long enough to notice that somebody changed a document, not to prove that nobody did.
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
