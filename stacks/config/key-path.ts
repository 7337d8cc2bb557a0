/** Path of keys and indexes into a document. */
export type KeyPath = readonly (string | number)[];

/** The value at a path, or undefined where the path leads nowhere. */
export function valueAt(raw: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    raw,
  );
}

/** A place in a document and what stands there. */
export interface Place {
  readonly value: unknown;
  readonly path: KeyPath;
}

export function at(raw: unknown, path: KeyPath): Place {
  return { value: valueAt(raw, path), path };
}

/** The list at a path; empty where there is none. */
export function listAt(raw: unknown, path: KeyPath): readonly unknown[] {
  const value = valueAt(raw, path);
  return Array.isArray(value) ? value : [];
}

/** A value as an operator would recognize it, on one line. */
export function render(value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

/** `accounts[2].id`. */
export function formatPath(path: KeyPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") {
      return `${text}[${key}]`;
    }
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
