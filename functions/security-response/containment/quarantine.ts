import { TAG_STATUS } from "../../contract";
import type { UserCreation } from "../event/user-creation";
import { keyOf, type Quarantine } from "./gap";
import type { Incident } from "./incident";
import { Reconciler } from "./reconcile";
import { claimedEvent, claimValue, containedBefore, type Claimant, type QuarantineFacts } from "./tags";
import { DENIALS } from "./user-state";

/** How a user should be denied. */
export interface DenialPlan {
  /** See {@link Quarantine.byEveryMethod}. */
  readonly byEveryMethod: boolean;
  /** When the user was quarantined, in milliseconds since the epoch. @default when this response denied it */
  readonly since?: number;
  /** A claim on any event stays as it is: no event is answered. @default false */
  readonly keepsClaim?: boolean;
}

/**
 * Brings the user of an incident into the quarantine, under the name that the incident gives.
 *
 * @param plan Is called each time the gap is computed, since it may change.
 */
export function reconcilerOf(incident: Incident, plan: () => DenialPlan): Reconciler {
  const { creation, dependencies, settings } = incident;
  const target = { ...dependencies, userName: creation.userName, policyArn: settings.policyArn };
  return new Reconciler(target, (known) => quarantineOf(incident, known, plan()));
}

/** The desired state of the user. As long as no deny was accepted, it has no tags. */
function quarantineOf(incident: Incident, known: Reconciler, plan: DenialPlan): Quarantine {
  const { creation, reason, settings } = incident;
  const { policyArn, deactivateAccessKeys, deleteLoginProfile } = settings;
  const { byEveryMethod } = plan;
  const quarantine = { policyArn, byEveryMethod, deactivateAccessKeys, deleteLoginProfile };
  const method = byEveryMethod ? everyMethod(known) : (known.method ?? "");
  if (method === "") {
    return quarantine;
  }
  const own = claimantOf(incident);
  const claimed = plan.keepsClaim ? claimedEvent(known.state.tags ?? []) : "";
  const claimant = claimed === "" ? own : { ...own, eventId: claimed };
  const at = plan.since ?? deniedAt(incident, known);
  const facts = quarantineFacts({ creation, reason, claimant, method, at });
  return { ...quarantine, tags: { facts: { ...facts, formerBoundary: known.formerBoundary }, claimant } };
}

/** Input of {@link quarantineFacts}. */
export interface FactSources {
  readonly creation: UserCreation;
  readonly reason: string;
  readonly claimant: Claimant;
  readonly method: string;
  /** When the user was denied, in milliseconds since the epoch. */
  readonly at: number;
}

/** What the tags of a user that was quarantined after its creation should say. */
export function quarantineFacts({ creation, reason, claimant, method, at }: FactSources): QuarantineFacts {
  return {
    status: TAG_STATUS.quarantined,
    reason,
    time: new Date(at).toISOString(),
    eventId: claimValue(claimant.eventId, claimant.requestId),
    createdBy: creation.creator.label,
    sourceIp: creation.sourceIp,
    method,
  };
}

/** All methods that are not refused; separated by a space, which tag values take. */
function everyMethod({ failed }: Reconciler): string {
  return DENIALS.filter((method) => !failed.has(keyOf({ kind: "deny", method }))).join(" ");
}

/** When the user was first denied, by this attempt of the request or by an earlier one. */
export function deniedAt(incident: Incident, { method, accepted, state, target }: Reconciler): number {
  const at = (method && accepted.get(method)) ?? target.clock();
  const before = method && containedBefore(state.tags ?? [], claimantOf(incident), method);
  return Math.min(at, before ?? at);
}

export function claimantOf({ creation, invocation }: Incident): Claimant {
  const { eventId, earlierRequestIds } = creation;
  return { eventId, earlierRequestIds, requestId: invocation.requestId };
}
