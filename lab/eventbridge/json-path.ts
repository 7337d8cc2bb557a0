import { LabError } from "../shared/errors";

/** A path that the lab does not support. */
export class JsonPathError extends LabError {}

const STEP = /^(?:\.([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']+)'\])/;

/**
 * The value at a path such as `$.detail.items[0].name`; undefined when the event has none.
 * EventBridge supports dots, indexes and quoted names, but no filters.
 */
export function valueAt(path: string, event: unknown): unknown {
  if (!path.startsWith("$")) {
    throw new JsonPathError(`Path ${path}: expected $ at the start.`);
  }
  let rest = path.slice(1);
  let value = event;
  while (rest !== "") {
    const step = STEP.exec(rest);
    if (step === null) {
      throw new JsonPathError(`Path ${path}: the lab does not support "${rest}".`);
    }
    const key = step[1] ?? step[2] ?? step[3] ?? "";
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    rest = rest.slice(step[0].length);
  }
  return value;
}
