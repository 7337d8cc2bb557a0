import type { JsonObject } from "../../shared/json";
import { EventError } from "../errors";

/**
 * The string below `key`, for fields on which a decision rests: absent and null are undefined.
 * @throws EventError when the value is there and is no string
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
