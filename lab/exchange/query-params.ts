/** Nested input of an AWS query-protocol request. */
export type QueryParams = Record<string, unknown>;

/**
 * Reads the flat names of the AWS query protocol into nested input: `Tags.member.1.Key=team` becomes
 * `{ Tags: [{ Key: "team" }] }`, and `Attributes.entry.1.key` a list of entries likewise.
 */
export function readQueryParams(form: string): QueryParams {
  const tree: QueryParams = {};
  for (const [name, value] of new URLSearchParams(form)) {
    const steps = name.split(".");
    const last = steps.pop() ?? name;
    let node = tree;
    for (const step of steps) {
      const next = node[step];
      node = isNode(next) ? next : (node[step] = {});
    }
    node[last] = value;
  }
  return fold(tree) as QueryParams;
}

/** Writes nested input with the flat names of the AWS query protocol. */
export function writeQueryParams(action: string, version: string, params: QueryParams): string {
  const form = new URLSearchParams({ Action: action, Version: version });
  for (const [name, value] of Object.entries(params)) {
    append(form, name, value);
  }
  return form.toString();
}

function append(form: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined) {
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => append(form, `${name}.member.${index + 1}`, item));
  } else if (isNode(value)) {
    for (const [key, inner] of Object.entries(value)) {
      append(form, `${name}.${key}`, inner);
    }
  } else {
    form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
}

function isNode(value: unknown): value is QueryParams {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fold(value: unknown): unknown {
  if (!isNode(value)) {
    return value;
  }
  const keys = Object.keys(value);
  const only = keys.length === 1 ? keys[0] : undefined;
  if (only === "member" || only === "entry") {
    return fold(value[only]);
  }
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map((key) => fold(value[key]));
  }
  return Object.fromEntries(keys.map((key) => [key, fold(value[key])]));
}
