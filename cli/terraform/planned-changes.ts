import { z } from "zod";
import type { Effect } from "../effects/effect";
import { effectsOf, unconfirmedMail } from "../effects/effects-of";
import { escapeControlCharacters } from "../escape-control-characters";
import { parseJson } from "../parse-json";
import type { ChangeCounts, ResourceChange } from "./messages";

/** What a plan changes. */
export interface PlannedChanges {
  readonly counts: ChangeCounts;
  readonly changes: readonly ResourceChange[];
  /** Their effects on the protection of the account. */
  readonly effects: readonly Effect[];
  /** Mail addresses that have to confirm after the plan is applied. */
  readonly unconfirmed: readonly string[];
}

const attributes = z.record(z.string(), z.unknown()).nullish();

/**
 * The part of `terraform show -json PLAN` that is used here:
 * https://developer.hashicorp.com/terraform/internals/json-format. It contains every resource of the stack,
 * also those without a change. `before` is what AWS has now.
 */
const planSchema = z.object({
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        type: z.string().default(""),
        change: z.object({ actions: z.array(z.string()), before: attributes, after: attributes }),
      }),
    )
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
  const resources = plan.resource_changes.map(({ type, change: { actions, before, after } }) => ({
    type,
    before: before ?? undefined,
    after: after ?? undefined,
    isReplaced: actionOf(actions) === "replace",
  }));
  const count = (...actions: readonly string[]) =>
    changes.filter(({ action }) => actions.includes(action)).length;
  return {
    changes,
    counts: {
      add: count("create", "replace"),
      change: count("update"),
      remove: count("delete", "replace"),
    },
    effects: effectsOf(resources),
    unconfirmed: unconfirmedMail(resources),
  };
}

function actionOf(actions: readonly string[]): string {
  return actions.length > 1 ? "replace" : escapeControlCharacters(actions[0] ?? "no-op");
}
