import { DRILL_PATH, TAG_KEYS, TAG_STATUS, UNDOING_CALLS } from "../../contract";
import { formatUserArn, parseUserArn } from "../../shared/arn";
import { ContainmentError } from "../errors";
import type { Tampering } from "../event/tampering";
import type { UserCreation } from "../event/user-creation";
import { holdOf } from "../recent";
import {
  leftAlone,
  undoingOf,
  untouched,
  type ContainmentResult,
  type Undoer,
  type Undoing,
} from "./containment-result";
import { AGES_MS, HOLD_MS, MAX_RESTORES, PHASES_MS } from "./durations";
import { findUndone } from "./find-undone";
import { locate, ownerOf } from "./find-user";
import { MAX_ATTEMPTS, renamed } from "./follow-renames";
import { join, schedule, type Incident, type Report } from "./incident";
import { reconcilerOf, type DenialPlan } from "./quarantine";
import { HOLDINGS, readQuarantinePolicy, readUserState } from "./read-user-state";
import type { Reconciler } from "./reconcile";
import { claimedEvent, isMeant, isReleased, isWeaker, tagValue } from "./tags";
import { denialsIn, type Aspect, type Reading, type UserState } from "./user-state";

/** What shows whether a user is, or was, quarantined. */
const EVIDENCE: readonly Aspect[] = ["identity", "tags", "attachedPolicies", "inlineDeny"];

/** The user of a call that may have undone its quarantine, as a creation. */
export function subjectOf(tampering: Tampering, partition: string): UserCreation {
  const { eventId, eventTime, accountId, userName = "", userId, sourceIp, userAgent } = tampering;
  return {
    ...{ eventId, eventTime, accountId, userName, userId, sourceIp, userAgent },
    earlierRequestIds: [],
    path: undefined,
    userArn: userName === "" ? "" : formatUserArn({ partition, accountId, path: "/", userName }),
    creator: { type: "unknown", arn: "", sessionIssuerArn: "", invokedBy: "", label: "unknown" },
    remarks: [],
  };
}

/** The result, and the incident with what is known of the user by then. */
export interface Restoration {
  readonly incident: Incident;
  readonly result: ContainmentResult;
}

/**
 * Restores a quarantine that a call may have undone, according to the state that IAM shows, not to what the
 * event says. Nothing is restored if the role behind the caller's session may undo a quarantine.
 * @throws ContainmentError when IAM does not show whether the user is quarantined
 */
export async function restoreUser(start: Incident, tampering: Tampering): Promise<Restoration> {
  const { creation, dependencies, settings } = start;
  const undoing = undoingOf(tampering, false);
  const ignored = (incident: Incident, rule: string, reason: string): Restoration => {
    return { incident, result: leftAlone(rule, reason) };
  };
  const now = dependencies.clock();
  const { recent } = dependencies;
  if (tampering.formerName !== undefined) {
    recent.rename(tampering.formerName, creation.userName);
  }
  const reading = await readUserState(
    dependencies,
    creation.userName,
    EVIDENCE,
    start.deadline.within(PHASES_MS.look),
  );
  const incident = known(start, reading.state);
  if (ownerOf(reading, undefined) === "missing") {
    const newName = recent.nameOf(creation.userName);
    if (newName !== creation.userName) {
      const underNewName = { ...start, creation: { ...creation, userName: newName } };
      return restoreUser(underNewName, { ...tampering, userName: newName, formerName: undefined });
    }
    if (isEvidence(tampering) && !tampering.mayUndo) {
      // The event of the rename may still arrive.
      recent.count(`undone ${creation.userName}`, now);
      if (tampering.mayUndoBelow === DRILL_PATH) {
        // The drill removes each user soon after its deny. IAM does not show the path of a removed user, but
        // the drill's role reaches no other path, and a change of the role is alerted.
        return ignored(incident, "drill", `the drill has removed ${creation.userName}`);
      }
      return restoreByTags(start, tampering);
    }
    return ignored(incident, "gone", `there is no user ${creation.userName} any more`);
  }
  if (mayUndo(tampering, reading.state)) {
    return isReleasing(tampering)
      ? { incident, result: untouched({ status: "RELEASED", undoing, done: releaseLines(reading.state) }) }
      : ignored(incident, "may-undo", `${roleOf(tampering)} may undo a quarantine`);
  }
  if (isReleasedSince(reading.state, tampering, now)) {
    return ignored(incident, "released", `${creation.userName} has been released since`);
  }
  const { formerName } = tampering;
  const wasUndone = formerName !== undefined && recent.has(`undone ${formerName}`, now);
  if (!wasUndone && !isQuarantined(reading, tampering, settings.policyArn)) {
    return (
      unlessUnread(reading, creation.userName) ??
      ignored(incident, "not-quarantined", `${creation.userName} is not quarantined`)
    );
  }
  return putBack(incident, causeOf(tampering), reading);
}

/**
 * The same for a user that was renamed before its event arrived, so that no user has the event's name.
 * CloudTrail does not state the user's id for these calls, but a user keeps its tags: a user whose tags say
 * quarantined, who is not denied as they say, and who is not followed by a hold is quarantined again. If
 * there are several, other events find the others. It need not be the user of this event; if none is found,
 * the outcome is VANISHED.
 */
async function restoreByTags(start: Incident, tampering: Tampering): Promise<Restoration> {
  const { dependencies, creation } = start;
  const { recent, clock } = dependencies;
  const now = clock();
  const isFollowed = ({ id }: UserState) => recent.isWithin(holdOf(id), HOLD_MS.stands, now);
  const vanished = untouched({
    status: "VANISHED",
    gone: { isLookedUp: false, mayAppear: false },
    undoing: undoingOf(tampering, false),
    alertedAs: `vanished ${tampering.caller.label}`,
  });
  // A search reads every user of the account, and its result does not depend on the event.
  if (recent.isWithin(SEARCH, HOLD_MS.betweenSearches, now)) {
    return { incident: start, result: vanished };
  }
  recent.count(SEARCH, now);
  const found = await findUndone(start, (state) => mayUndo(tampering, state) || isFollowed(state));
  if (found.userName === undefined) {
    return { incident: start, result: { ...vanished, failed: found.failed } };
  }
  const named = known({ ...start, creation: { ...creation, userName: found.userName } }, found.state);
  const { incident, result } = await putBack(named, causeOf(tampering), { state: found.state, failed: [] });
  const why =
    creation.userName === ""
      ? "since the record of the call names nobody"
      : `since nobody is named ${creation.userName} any more`;
  const line = `found ${found.userName} by its tags, ${why}`;
  return { incident, result: { ...result, done: [line, ...result.done] } };
}

const SEARCH = "search by tags";

/**
 * The same for a call of whose user the record says nothing, since CloudTrail has left its parameters out.
 * @throws ContainmentError when IAM does not list the users
 */
export async function restoreUnnamed(start: Incident, tampering: Tampering): Promise<Restoration> {
  const { recent, clock, sleep } = start.dependencies;
  if (tampering.mayUndo) {
    const reason = `${roleOf(tampering)} may undo a quarantine`;
    return { incident: start, result: leftAlone("may-undo", reason) };
  }
  if (recent.isWithin(SEARCH, HOLD_MS.betweenSearches, clock())) {
    // The last search may have been a moment too early for this call.
    await sleep(HOLD_MS.betweenSearches);
  }
  const restoration = await restoreByTags(start, tampering);
  const { status, failed } = restoration.result;
  if (status !== "VANISHED") {
    return restoration;
  }
  unlessUnread({ state: {}, failed }, "the user of a call without parameters");
  const reason = "nobody who is quarantined by the tags is free";
  return { incident: start, result: leftAlone("not-quarantined", reason) };
}

/**
 * The same for a user that the sweep found with a gap in its quarantine, or after the end of a release. Only
 * the state decides, and only a release that has not ended leaves the user alone.
 * @param undoer The caller for the alert, if CloudTrail has a record of the call.
 * @throws ContainmentError when IAM does not show whether the user is quarantined
 */
export async function closeGap(start: Incident, undoer?: Undoer): Promise<Restoration> {
  const { creation, dependencies, settings } = start;
  const { userName } = creation;
  const within = start.deadline.within(PHASES_MS.look);
  const reading = await readUserState(dependencies, userName, EVIDENCE, within);
  const incident = known(start, reading.state);
  const ignored = (rule: string, reason: string): Restoration => {
    return { incident, result: leftAlone(rule, reason) };
  };
  const owner = ownerOf(reading, creation.userId);
  if (owner === "missing" || owner === "other") {
    const place = await locate(start);
    // It was renamed after the sweep had listed it. If it is renamed again now, the next sweep finds it.
    if (place.state === "found" && place.incident.creation.userName !== userName) {
      return closeGap(place.incident, undoer);
    }
    return ignored("gone", `the user whom the sweep found is not ${userName} any more`);
  }
  const { tags = [] } = reading.state;
  if (isReleased(tags, dependencies.clock())) {
    return ignored("released", `${userName} has been released`);
  }
  const hasEnded = tagValue(tags, TAG_KEYS.status) === TAG_STATUS.released;
  if (!hasEnded && !showsQuarantine(reading.state, settings.policyArn)) {
    return unlessUnread(reading, userName) ?? ignored("not-quarantined", `${userName} is not quarantined`);
  }
  const found = hasEnded ? "release-ended" : "gap";
  const cause: Cause = {
    tookDenyOff: hasEnded,
    by: "sweep",
    undoing: (isUndone) => ({ found, isUndone, ...(!hasEnded && undoer) }),
    precedes: () => false,
    // If nothing had to be done, an event has arrived in the meantime.
    isNews: (_, done) => done.length > 0,
  };
  return putBack(incident, cause, reading);
}

/** Why a quarantine is checked. */
interface Cause {
  readonly tookDenyOff: boolean;
  /** Who caused it: part of the key by which the same alert is not sent twice. */
  readonly by: string;
  readonly undoing: (isUndone: boolean) => Undoing;
  /** Whether it happened before the user was quarantined. Times are milliseconds since the epoch. */
  readonly precedes: (quarantinedAt: number) => boolean;
  /** Whether an alert is sent although no deny was off. */
  readonly isNews: (quarantinedAt: number, done: readonly string[]) => boolean;
}

function causeOf(tampering: Tampering): Cause {
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

async function putBack(incident: Incident, cause: Cause, reading: Reading): Promise<Restoration> {
  const { creation, dependencies, settings } = incident;
  const { recent, clock } = dependencies;
  const quarantinedAt = Date.parse(tagValue(reading.state.tags ?? [], TAG_KEYS.time));
  // While a user is being quarantined, IAM may show the tags before the deny. A time in the future is forged.
  const age = clock() - quarantinedAt;
  const isBeingMade = age >= 0 && age < AGES_MS.fresh && cause.precedes(quarantinedAt);
  const isUndone = cause.tookDenyOff || (!isBeingMade && isWeaker(reading.state, settings.policyArn));
  const undoing = cause.undoing(isUndone);
  const user = reading.state.id ?? creation.userName;
  if (isUndone && recent.count(`restore ${user}`, clock()) > MAX_RESTORES) {
    const alertedAs = `abandon ${user}`;
    return {
      incident,
      result: untouched({ status: "ABANDONED", undoing, alertedAs, failed: [ONLY_THE_GUARD] }),
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
  await reconciler.read([...HOLDINGS, "inlineDeny"], phase.read.within(PHASES_MS.read));
  reconciler.add(await policy);
  await reconciler.close(phase.close);
  return reconciler;
}

/** The incident with what the state and the tags say about the user. */
function known(incident: Incident, { id, arn, tags = [] }: UserState): Incident {
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

function mayUndo({ mayUndo: isAllowed, mayUndoBelow }: Tampering, { arn = "" }: UserState): boolean {
  const path = parseUserArn(arn)?.path ?? "/";
  return isAllowed || (mayUndoBelow !== undefined && path.startsWith(mayUndoBelow));
}

/** The caller for the log: the role that may undo a quarantine, or else the caller as the record names it. */
function roleOf({ caller, mayUndo: isAllowed }: Tampering): string {
  return isAllowed && caller.sessionIssuerArn !== "" ? caller.sessionIssuerArn : caller.label;
}

function isReleasing({ writtenTags }: Tampering): boolean {
  return (
    tagValue(writtenTags, TAG_KEYS.status) === TAG_STATUS.released ||
    tagValue(writtenTags, TAG_KEYS.releasedAt) !== ""
  );
}

/**
 * Whether people have released the user after the call, which happens when an old event is delivered again.
 * Tags that the call itself wrote do not count, since an attacker may have written them, and neither does a
 * time in the future. A release counts no sooner than {@link AGES_MS.fresh} after the quarantine, so a
 * release that follows the call sooner is forged, to make the call look old.
 */
function isReleasedSince(
  { tags = [] }: UserState,
  { eventTime, writtenTags }: Tampering,
  now: number,
): boolean {
  const releasedAt = tagValue(tags, TAG_KEYS.releasedAt);
  const isReleasedAfter = (at: number) => at <= now && at - Date.parse(eventTime) >= AGES_MS.fresh;
  const isOwn = releasedAt === tagValue(writtenTags, TAG_KEYS.releasedAt);
  return isReleased(tags, now) && !isOwn && isReleasedAfter(Date.parse(releasedAt));
}

/**
 * Whether the user is quarantined: its tags say so, it has one of our denies, the call removed a deny or
 * wrote a release, or the call added our tags to a user whose status says RELEASED, which may have come with
 * its creation.
 */
function isQuarantined({ state }: Reading, tampering: Tampering, policyArn: string): boolean {
  return showsQuarantine(state, policyArn) || isEvidence(tampering) || completesRelease(state, tampering);
}

function completesRelease({ tags = [] }: UserState, { writtenTags }: Tampering): boolean {
  const isReleasedInWords = tagValue(tags, TAG_KEYS.status) === TAG_STATUS.released;
  return isReleasedInWords && writtenTags.some(({ Key }) => OUR_KEYS.includes(Key));
}

const OUR_KEYS: readonly string[] = Object.values(TAG_KEYS);

function showsQuarantine(state: UserState, policyArn: string): boolean {
  return isMeant(state.tags ?? []) || denialsIn(state, policyArn).length > 0;
}

/**
 * There is no alert yet, since a user that could not be read may not be quarantined. Lambda retries the
 * event.
 * @throws ContainmentError
 */
function unlessUnread({ failed: [unread] }: Reading, userName: string): undefined {
  if (unread) {
    throw new ContainmentError(`${userName} could not be looked at: ${unread.error}`);
  }
}

/**
 * Whether the call itself proves a quarantine: only an existing deny can be removed, and only a quarantined
 * user is released.
 */
function isEvidence(tampering: Tampering): boolean {
  return tampering.tookDenyOff || isReleasing(tampering);
}

function releaseLines({ tags = [] }: UserState): string[] {
  const [by, approvedBy, reason, until] = [
    TAG_KEYS.releasedBy,
    TAG_KEYS.approvedBy,
    TAG_KEYS.releaseReason,
    TAG_KEYS.releasedUntil,
  ].map((key) => tagValue(tags, key));
  return [
    `released by ${by || "somebody"}, approved by ${approvedBy || "nobody who is named"}: ${reason || "no reason given"}`,
    ...(until ? [`the release ends ${until}`] : []),
  ];
}

const UNDOING_TAGS: readonly string[] = [...UNDOING_CALLS.tags, ...UNDOING_CALLS.tagKeys];
const ONLY_THE_GUARD = {
  step: "restore",
  error: `TooOften: put back ${MAX_RESTORES} times within an hour. Only the guard, or ending the sessions of those who undo it, helps`,
};
