import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const FIXTURES = path.join(__dirname, "..", "fixtures");

/** A fresh copy of a JSON fixture, for example `events/by-iam-user`. */
export function loadFixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(FIXTURES, `${name}.json`), "utf8")) as Record<string, unknown>;
}

/** Names of the JSON fixtures in a folder, without folder and extension. */
export function fixtureNames(folder: string): string[] {
  return readdirSync(path.join(FIXTURES, folder))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
}

/** Stands for a field that is taken away, since JSON has no undefined. */
export const DELETE = "$delete";

/**
 * Sets one field, named by its path (`detail.userIdentity.arn`), in a fixture; {@link DELETE} takes it away.
 */
export function change<T extends Record<string, unknown>>(fixture: T, field: string, value: unknown): T {
  const keys = field.split(".");
  const last = keys.pop() ?? "";
  let parent: Record<string, unknown> = fixture;
  for (const key of keys) {
    parent = parent[key] as Record<string, unknown>;
  }
  if (value === DELETE) {
    delete parent[last];
  } else {
    parent[last] = value;
  }
  return fixture;
}
