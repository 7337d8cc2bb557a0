import type { CredentialKind } from "../../shared/alert/stopped-credentials";
import { WAITS_MS } from "./durations";
import { misspeltKeys, tagsToWrite, type Claimant, type QuarantineFacts } from "./tags";
import {
  credentialsThat,
  DENIALS,
  denialsIn,
  isListed,
  type Method,
  type Tag,
  type UserState,
} from "./user-state";

/** One thing to be done to a user. */
export type Step =
  | { readonly kind: "deny"; readonly method: Method }
  /** IAM accepted this deny a moment ago and does not list it yet. */
  | { readonly kind: "await-listing"; readonly method: Method }
  | { readonly kind: "deactivate"; readonly credential: CredentialKind; readonly id: string }
  | { readonly kind: "delete-password" }
  /** `remove` are keys that collide with ours but for their spelling; they have to go first. */
  | { readonly kind: "tag"; readonly tags: readonly Tag[]; readonly remove: readonly string[] };

/** The state in which a quarantined user is to be. */
export interface Quarantine {
  readonly policyArn: string;
  /** By every way to deny at once, and not by the first that works: after somebody has taken a deny off. */
  readonly byEveryMethod: boolean;
  readonly deactivateAccessKeys: boolean;
  readonly deleteLoginProfile: boolean;
  /** What the tags are to say; undefined leaves them alone. */
  readonly tags?: { readonly facts: QuarantineFacts; readonly claimant: Claimant };
}

/** What came of the steps that were tried before, so that what was refused leads to something else. */
export interface Attempts {
  /** When IAM accepted each deny, in milliseconds since the epoch. */
  readonly accepted: ReadonlyMap<Method, number>;
  /** {@link keyOf} of the steps that failed; they are not tried again. */
  readonly failed: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
  /** Ways to deny that IAM would not show when it was asked. */
  readonly unreadable: ReadonlySet<Method>;
}

export const NOTHING_TRIED: Attempts = {
  accepted: new Map(),
  failed: new Set(),
  done: new Set(),
  unreadable: new Set(),
};

/**
 * What is missing from the desired state, as far as the state shows: nothing when the user is quarantined.
 * Pure.
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
    // It was not looked for yet.
    return [];
  }
  if (standing && now - (attempts.accepted.get(standing) ?? 0) < WAITS_MS.listing) {
    return [{ kind: "await-listing", method: standing }];
  }
  const next = open.find((method) => !attempts.accepted.has(method));
  return next ? [{ kind: "deny", method: next }] : [];
}

/** A policy that was tampered with denies nothing, attached or as a boundary. */
function openMethods(state: UserState, attempts: Attempts): Method[] {
  const useful =
    state.policyDenies === false ? DENIALS.filter((method) => method === "inline-policy") : DENIALS;
  return useful.filter((method) => !attempts.failed.has(keyOf({ kind: "deny", method })));
}

function credentialSteps(state: UserState, desired: Quarantine, attempts: Attempts): Step[] {
  const { consolePassword } = state;
  // A password that was not looked for is deleted all the same, but only once.
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
  const remove = misspeltKeys(present);
  return written.length + remove.length > 0 ? [{ kind: "tag", tags: written, remove }] : [];
}

/** Whether the step takes something that the user signs in or calls with. */
export function takesCredential({ kind }: Step): boolean {
  return kind === "deactivate" || kind === "delete-password";
}

/** The same for the same step, whatever its values. */
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
