import { z } from "zod";
import { escapeControlCharacters } from "../escape-control-characters";
import { parseJson } from "../parse-json";
import type { ChangeCounts, ResourceChange } from "./messages";

/** What a plan changes. */
export interface PlannedChanges {
  readonly counts: ChangeCounts;
  readonly changes: readonly ResourceChange[];
}

/**
 * The part of `terraform show -json PLAN` that is used here:
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
const planSchema = z.object({
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) }))
    .default([]),
});

/** Reads a plan as JSON; undefined for anything else. */
export function readPlannedChanges(text: string): PlannedChanges | undefined {
  const plan = parseJson(planSchema, text);
  if (plan === undefined) {
    return undefined;
  }
  const changes = plan.resource_changes
    .map(({ address, change }) => ({
      address: escapeControlCharacters(address),
      action: actionOf(change.actions),
    }))
    .filter(({ action }) => action !== "no-op" && action !== "read");
  const count = (...actions: readonly string[]) =>
    changes.filter(({ action }) => actions.includes(action)).length;
  return {
    changes,
    counts: {
      add: count("create", "replace"),
      change: count("update"),
      remove: count("delete", "replace"),
    },
  };
}

function actionOf(actions: readonly string[]): string {
  return actions.length > 1 ? "replace" : escapeControlCharacters(actions[0] ?? "no-op");
}
