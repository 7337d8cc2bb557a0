import { INLINE_POLICY_NAME } from "../../contract";
import type { Settings } from "../settings";
import { gapOf, NOTHING_TRIED, type Quarantine, type Step } from "./gap";
import type { Incident } from "./incident";
import { quarantineFacts } from "./quarantine";
import { denialsIn, type Method, type UserState } from "./user-state";

/** How an account quarantines. */
export type PlanSettings = Pick<Settings, "policyArn" | "deactivateAccessKeys" | "deleteLoginProfile">;

/**
 * The steps by which a user in this state would be quarantined if IAM refused none. Pure.
 *
 * @param state What was read of the user; empty when nothing is known.
 * @param now Milliseconds since the epoch.
 */
export function planQuarantine(
  state: UserState,
  { creation, reason }: Pick<Incident, "creation" | "reason">,
  settings: PlanSettings,
  now: number,
): Step[] {
  const { policyArn, deactivateAccessKeys, deleteLoginProfile } = settings;
  const desired: Quarantine = { policyArn, byEveryMethod: false, deactivateAccessKeys, deleteLoginProfile };
  const steps = gapOf(state, desired, NOTHING_TRIED, now);
  const denial = steps.flatMap((step) => (step.kind === "deny" ? [step.method] : []));
  const [method = ""] = [...denial, ...denialsIn(state, policyArn)];
  const { eventId, earlierRequestIds } = creation;
  // The request that will answer the event has no id yet.
  const claimant = { eventId, earlierRequestIds, requestId: "" };
  const facts = quarantineFacts({ creation, reason, claimant, method, at: now });
  return gapOf(state, { ...desired, tags: { facts, claimant } }, NOTHING_TRIED, now);
}

/** The steps of {@link planQuarantine} for people, one line each. */
export function planInWords(steps: readonly Step[], state: UserState, settings: PlanSettings): string[] {
  const words = steps.flatMap((step) => stepInWords(step, state, settings));
  const isUnread = settings.deactivateAccessKeys && state.accessKeys === undefined;
  return isUnread
    ? [...words, "set inactive the access keys and other credentials that the user has by then"]
    : words;
}

function stepInWords(step: Step, state: UserState, { policyArn }: PlanSettings): string[] {
  switch (step.kind) {
    case "deny":
      return [DENIALS_IN_WORDS[step.method](policyArn)];
    case "await-listing":
      return [];
    case "deactivate":
      return [`set the ${step.credential} ${step.id} inactive`];
    case "delete-password":
      return [`delete the console password${state.consolePassword === true ? "" : ", if there is one"}`];
    case "tag":
      return [
        ...(step.remove.length > 0 ? [`remove the tags ${step.remove.join(", ")}`] : []),
        `write the tags ${step.tags.map(({ Key }) => Key).join(", ")}`,
      ];
  }
}

const DENIALS_IN_WORDS: Readonly<Record<Method, (policyArn: string) => string>> = {
  "managed-policy": (policyArn) =>
    `attach the policy ${policyArn}; if IAM refuses, put the inline policy ${INLINE_POLICY_NAME}; if IAM refuses that too, set the policy as permissions boundary`,
  "inline-policy": () => `put the inline policy ${INLINE_POLICY_NAME}`,
  "permissions-boundary": (policyArn) => `set the policy ${policyArn} as permissions boundary`,
};
