import type { JsonObject } from "../../shared/json";
import { EventError } from "../errors";

/**
 * The string at `key`, for fields that decide about a verdict: absent and null are undefined.
 * @throws EventError when the value is neither a string nor absent
 */
export function strictStringAt(parent: JsonObject, key: string, path: string): string | undefined {
  const value = parent[key];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value === "string") {
    return value;
  }
  throw new EventError(path, "a string", value);
}
