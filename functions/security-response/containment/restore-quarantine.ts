import { TAG_KEYS } from "../../contract";
import type { Tampering } from "../event/tampering";
import { leftAlone, untouched, undoingOf, type ContainmentResult, type Undoing } from "./containment-result";
import { AGES_MS, MAX_RESTORES, PHASES_MS } from "./durations";
import { EVIDENCE, UNDOING_TAGS } from "./evidence";
import { locate } from "./find-user";
import { MAX_ATTEMPTS, renamed } from "./follow-renames";
import { join, schedule, type Incident, type Report } from "./incident";
import { reconcilerOf, type DenialPlan } from "./quarantine";
import { ACCESS_ASPECTS, readQuarantinePolicy, readUserState } from "./read-user-state";
import type { Reconciler } from "./reconcile";
import { claimedEvent, lacksDeny, tagValue } from "./tags";
import type { Reading, UserState } from "./user-state";

/** The result, and the incident with what is known of the user by then. */
export interface Restoration {
  readonly incident: Incident;
  readonly result: ContainmentResult;
}

/** The user is left as it is. */
export function ignored(incident: Incident, rule: string, reason: string): Restoration {
  return { incident, result: leftAlone(rule, reason) };
}

/** Reads what shows whether the user is quarantined. */
export async function readEvidence({ creation, dependencies, deadline }: Incident): Promise<Reading> {
  return readUserState(dependencies, creation.userName, EVIDENCE, deadline.within(PHASES_MS.inspect));
}

/** Why a quarantine is checked. */
export interface RestoreCause {
  readonly tookDenyOff: boolean;
  /** Who caused it: part of the key by which the same alert is not sent twice. */
  readonly by: string;
  readonly undoing: (isUndone: boolean) => Undoing;
  /** Whether it happened before the user was quarantined. Times are milliseconds since the epoch. */
  readonly precedes: (quarantinedAt: number) => boolean;
  /** Whether an alert is sent although no deny was off. */
  readonly isNews: (quarantinedAt: number, done: readonly string[]) => boolean;
}

export function causeOf(tampering: Tampering): RestoreCause {
  const precedes = (quarantinedAt: number) => Date.parse(tampering.eventTime) <= quarantinedAt;
  return {
    tookDenyOff: tampering.tookDenyOff,
    by: tampering.caller.label,
    undoing: (isUndone) => undoingOf(tampering, isUndone),
    precedes,
    // Calls before or during the quarantine belong to the creation, about which there is an alert. If the tag
    // with the time is missing, it is news only if the call may have removed that tag.
    isNews: (quarantinedAt) =>
      Number.isNaN(quarantinedAt) ? UNDOING_TAGS.includes(tampering.call) : !precedes(quarantinedAt),
  };
}

export async function restoreQuarantine(
  incident: Incident,
  cause: RestoreCause,
  reading: Reading,
): Promise<Restoration> {
  const { creation, dependencies, settings } = incident;
  const { recent, clock } = dependencies;
  const quarantinedAt = Date.parse(tagValue(reading.state.tags ?? [], TAG_KEYS.time));
  // While a user is being quarantined, IAM may show the tags before the deny. A time in the future is forged.
  const age = clock() - quarantinedAt;
  const isBeingMade = age >= 0 && age < AGES_MS.fresh && cause.precedes(quarantinedAt);
  const isUndone = cause.tookDenyOff || (!isBeingMade && lacksDeny(reading.state, settings.policyArn));
  const undoing = cause.undoing(isUndone);
  const user = reading.state.id ?? creation.userName;
  if (isUndone && recent.count(`restore ${user}`, clock()) > MAX_RESTORES) {
    const alertedAs = `abandon ${user}`;
    return {
      incident,
      result: untouched({ status: "ABANDONED", undoing, alertedAs, failed: [TOO_OFTEN] }),
    };
  }
  const since = isUndone || Number.isNaN(quarantinedAt) ? clock() : quarantinedAt;
  const end = await reconcileThroughRenames(incident, reading, { byEveryMethod: isUndone, since });
  const [method] = end.reconciler.denials;
  const isNews = isUndone || cause.isNews(quarantinedAt, end.report.done);
  const result: ContainmentResult = {
    ...end.report,
    status: method ? (isNews ? "RESTORED" : "HELD") : "FAILED",
    method: method ?? "none",
    containedAt: method ? new Date(since).toISOString() : "",
    userState: end.reconciler.state,
    undoing,
    alertedAs: `restore ${user} ${cause.by} ${isUndone}`,
  };
  return { incident: end.incident, result };
}

const TOO_OFTEN = {
  step: "restore",
  error: `TooOften: put back ${MAX_RESTORES} times within an hour. Only the guard, or ending the sessions of those who undo it, helps`,
};

/** Puts back what is missing, under whatever name the user has by then. */
async function reconcileThroughRenames(
  start: Incident,
  reading: Reading,
  plan: DenialPlan,
): Promise<{ readonly incident: Incident; readonly reconciler: Reconciler; readonly report: Report }> {
  let incident = start;
  let trail: Report = join();
  for (let attempts = 1; ; attempts++) {
    const reconciler = await reconcile(incident, reading, plan);
    const { done, failed } = reconciler.report();
    const hasSlipped = reconciler.denials.length === 0 && reconciler.isMissing && attempts < MAX_ATTEMPTS;
    const place = hasSlipped ? await locate(incident) : undefined;
    if (place?.state !== "found" || place.incident === incident) {
      return { incident, reconciler, report: join(trail, { done, failed }) };
    }
    // What failed under a name that nobody has says nothing of the user.
    trail = join(trail, { done }, renamed(incident, place.incident));
    incident = place.incident;
  }
}

async function reconcile(incident: Incident, reading: Reading, plan: DenialPlan): Promise<Reconciler> {
  const { dependencies, settings } = incident;
  const reconciler = reconcilerOf(incident, () => plan);
  reconciler.add(reading, EVIDENCE);
  const phase = schedule(incident);
  const policy = readQuarantinePolicy(dependencies.iam, settings.policyArn, phase.read);
  await reconciler.apply(reconciler.gap(), phase.write);
  await reconciler.read([...ACCESS_ASPECTS, "inlineDeny"], phase.read.within(PHASES_MS.read));
  reconciler.add(await policy);
  await reconciler.close(phase.close);
  return reconciler;
}

/** The incident with what the state and the tags say about the user. */
export function withUserState(incident: Incident, { id, arn, tags = [] }: UserState): Incident {
  const { creation } = incident;
  const eventId = claimedEvent(tags);
  const label = tagValue(tags, TAG_KEYS.createdBy) || creation.creator.label;
  return {
    ...incident,
    reason: tagValue(tags, TAG_KEYS.reason) || incident.reason,
    creation: {
      ...creation,
      eventId: eventId || creation.eventId,
      userId: id ?? creation.userId,
      userArn: arn ?? creation.userArn,
      creator: { ...creation.creator, label },
    },
  };
}
