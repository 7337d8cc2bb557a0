import type { CredentialKind } from "../../shared/alert/stopped-credentials";
import { WAITS_MS } from "./durations";
import { keysToRemove, tagsToWrite, type Claimant, type QuarantineFacts } from "./tags";
import {
  credentialsThat,
  DENIALS,
  denialsIn,
  isListed,
  type Method,
  type Tag,
  type UserState,
} from "./user-state";

/** One change of a user. */
export type Step =
  | { readonly kind: "deny"; readonly method: Method }
  /** Waits: IAM accepted this deny a moment ago and does not list it yet. */
  | { readonly kind: "await-listing"; readonly method: Method }
  | { readonly kind: "deactivate"; readonly credential: CredentialKind; readonly id: string }
  | { readonly kind: "delete-password" }
  /** `remove` has keys that have to be removed first. */
  | { readonly kind: "tag"; readonly tags: readonly Tag[]; readonly remove: readonly string[] };

/** The desired state of a quarantined user. */
export interface Quarantine {
  readonly policyArn: string;
  /** By every deny method at once, and not only by the first that works: once somebody has removed a deny. */
  readonly byEveryMethod: boolean;
  readonly deactivateAccessKeys: boolean;
  readonly deleteLoginProfile: boolean;
  /** What the tags should say; undefined leaves them as they are. */
  readonly tags?: { readonly facts: QuarantineFacts; readonly claimant: Claimant };
}

/** The results of earlier steps, so that a refused method leads to the next one. */
export interface Attempts {
  /** When IAM accepted each deny, in milliseconds since the epoch. */
  readonly accepted: ReadonlyMap<Method, number>;
  /** {@link keyOf} of the steps that failed; they are not tried again. */
  readonly failed: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
  /** Deny methods that could not be read. */
  readonly unreadable: ReadonlySet<Method>;
}

export const NOTHING_TRIED: Attempts = {
  accepted: new Map(),
  failed: new Set(),
  done: new Set(),
  unreadable: new Set(),
};

/**
 * The steps from the known state to the desired one; none when the user is quarantined. Pure.
 *
 * @param now Milliseconds since the epoch.
 */
export function gapOf(state: UserState, desired: Quarantine, attempts: Attempts, now: number): Step[] {
  const gap = [
    ...denySteps(state, desired, attempts, now),
    ...credentialSteps(state, desired, attempts),
    ...tagSteps(state, desired),
  ];
  return gap.filter((step) => !attempts.failed.has(keyOf(step)));
}

function denySteps(state: UserState, desired: Quarantine, attempts: Attempts, now: number): Step[] {
  const inPlace = denialsIn(state, desired.policyArn);
  const open = openMethods(state, attempts);
  if (desired.byEveryMethod) {
    return open.filter((method) => !inPlace.includes(method)).map((method) => ({ kind: "deny", method }));
  }
  if (inPlace.length > 0) {
    return [];
  }
  const standing = open.find((method) => attempts.accepted.has(method) && !attempts.unreadable.has(method));
  if (standing && isListed(state, standing, desired.policyArn) === undefined) {
    // It was not read yet.
    return [];
  }
  if (standing && now - (attempts.accepted.get(standing) ?? 0) < WAITS_MS.listing) {
    return [{ kind: "await-listing", method: standing }];
  }
  const next = open.find((method) => !attempts.accepted.has(method));
  return next ? [{ kind: "deny", method: next }] : [];
}

/** If the quarantine policy was tampered with, only the inline policy denies. */
function openMethods(state: UserState, attempts: Attempts): Method[] {
  const useful =
    state.policyDenies === false ? DENIALS.filter((method) => method === "inline-policy") : DENIALS;
  return useful.filter((method) => !attempts.failed.has(keyOf({ kind: "deny", method })));
}

function credentialSteps(state: UserState, desired: Quarantine, attempts: Attempts): Step[] {
  const { consolePassword } = state;
  // A password that was not read is deleted nevertheless, but only once.
  const isDeleted = consolePassword === undefined && attempts.done.has(keyOf({ kind: "delete-password" }));
  return [
    ...(desired.deactivateAccessKeys
      ? credentialsThat(state, "active").map((found) => ({ kind: "deactivate", ...found }) as const)
      : []),
    ...(desired.deleteLoginProfile && consolePassword !== false && !isDeleted
      ? [{ kind: "delete-password" } as const]
      : []),
  ];
}

function tagSteps(state: UserState, { tags }: Quarantine): Step[] {
  if (!tags) {
    return [];
  }
  const present = state.tags ?? [];
  const written = tagsToWrite(present, tags.facts, tags.claimant);
  const remove = keysToRemove(present);
  return written.length + remove.length > 0 ? [{ kind: "tag", tags: written, remove }] : [];
}

/** Whether the step deactivates or deletes a credential. */
export function takesCredential({ kind }: Step): boolean {
  return kind === "deactivate" || kind === "delete-password";
}

/** Identifies a step, for {@link Attempts}. */
export function keyOf(step: Step): string {
  switch (step.kind) {
    case "deny":
    case "await-listing":
      return `${step.kind} ${step.method}`;
    case "deactivate":
      return `${step.kind} ${step.credential} ${step.id}`;
    case "delete-password":
      return step.kind;
    case "tag":
      return `tag ${step.tags.map(({ Key, Value }) => `${Key}=${Value}`).join(" ")} ${step.remove.join(" ")}`;
  }
}
