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
import { schedule, type Incident } from "./incident";
import { reconcilerOf } from "./quarantine";
import { HOLDINGS, readQuarantinePolicy, readUserState } from "./read-user-state";
import { claimedEvent, isMeant, isReleased, isWeaker, tagValue } from "./tags";
import { denialsIn, type Aspect, type Reading, type UserState } from "./user-state";

/** What tells whether a user is, or was, quarantined. */
const EVIDENCE: readonly Aspect[] = ["identity", "tags", "attachedPolicies", "inlineDeny"];

/** The user of a call that may have undone its quarantine, in the form of a creation. */
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

/** What came of a call, and the incident with what is known of the user by then. */
export interface Restoration {
  readonly incident: Incident;
  readonly result: ContainmentResult;
}

/**
 * Puts a quarantine back that a call may have undone: what counts is the state that IAM shows, not what the
 * event says. Callers who may undo a quarantine are left alone, by the role behind their session.
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
      const renamed = { ...start, creation: { ...creation, userName: newName } };
      return restoreUser(renamed, { ...tampering, userName: newName, formerName: undefined });
    }
    if (isEvidence(tampering) && !tampering.mayUndo) {
      // The record of its new name may be still to come.
      recent.count(`undone ${creation.userName}`, now);
      if (tampering.mayUndoBelow === DRILL_PATH) {
        // It removes each user right after its deny. Where one was, IAM does not say any more, but the role
        // reaches no other path, and whoever changes the role is alerted.
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
  return { incident, result: await putBack(incident, causeOf(tampering), reading) };
}

/**
 * The same for a user who was renamed before its event came, so that the name of the event is nobody's.
 * CloudTrail names no id with these calls, but the tags stay with the user: whoever is quarantined by its
 * tags, not denied as they say, and not followed by a hold is put back. Which of several it is does not
 * matter, since any event finds the others; but it need not be the user of this one, and where nobody is
 * found, people hear that somebody vanished.
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
  // A search reads every user of the account, and what it finds does not depend on the event.
  if (recent.isWithin(SEARCH, HOLD_MS.betweenSearches, now)) {
    return { incident: start, result: vanished };
  }
  recent.count(SEARCH, now);
  const found = await findUndone(start, (state) => mayUndo(tampering, state) || isFollowed(state));
  if (found.userName === undefined) {
    return { incident: start, result: { ...vanished, failed: found.failed } };
  }
  const incident = known({ ...start, creation: { ...creation, userName: found.userName } }, found.state);
  const result = await putBack(incident, causeOf(tampering), { state: found.state, failed: [] });
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
 * The same for a user whom the sweep found with a gap in its quarantine, or after the end of a release. The
 * state alone decides, and only a release that still runs leaves the user alone.
 * @param undoer Who is named, where CloudTrail knows of a call.
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
    // Renamed since the sweep listed it; renamed again meanwhile, the next sweep finds it.
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
    // The event may have come in the meantime.
    isNews: (_, done) => done.length > 0,
  };
  return { incident, result: await putBack(incident, cause, reading) };
}

/** What had a quarantine looked at. */
interface Cause {
  readonly tookDenyOff: boolean;
  /** Who is named when the same is not alerted twice. */
  readonly by: string;
  readonly undoing: (isUndone: boolean) => Undoing;
  /** Whether it was there before the user was quarantined, in milliseconds since the epoch. */
  readonly precedes: (quarantinedAt: number) => boolean;
  /** Whether people have to hear of it though no deny was off. */
  readonly isNews: (quarantinedAt: number, done: readonly string[]) => boolean;
}

function causeOf(tampering: Tampering): Cause {
  const precedes = (quarantinedAt: number) => Date.parse(tampering.eventTime) <= quarantinedAt;
  return {
    tookDenyOff: tampering.tookDenyOff,
    by: tampering.caller.label,
    undoing: (isUndone) => undoingOf(tampering, isUndone),
    precedes,
    // What was done before the quarantine, or while it is being made, belongs to the creation. No time yet is
    // news only from a call that may have taken the tag off.
    isNews: (quarantinedAt) =>
      Number.isNaN(quarantinedAt) ? UNDOING_TAGS.includes(tampering.call) : !precedes(quarantinedAt),
  };
}

async function putBack(incident: Incident, cause: Cause, reading: Reading): Promise<ContainmentResult> {
  const { creation, dependencies, settings } = incident;
  const { recent, clock } = dependencies;
  const quarantinedAt = Date.parse(tagValue(reading.state.tags ?? [], TAG_KEYS.time));
  // Of a quarantine that is being made, IAM may show the tags before the deny. A time to come is no such one.
  const age = clock() - quarantinedAt;
  const isBeingMade = age >= 0 && age < AGES_MS.fresh && cause.precedes(quarantinedAt);
  const isUndone = cause.tookDenyOff || (!isBeingMade && isWeaker(reading.state, settings.policyArn));
  const undoing = cause.undoing(isUndone);
  const user = reading.state.id ?? creation.userName;
  if (isUndone && recent.count(`restore ${user}`, clock()) > MAX_RESTORES) {
    const alertedAs = `abandon ${user}`;
    return untouched({ status: "ABANDONED", undoing, alertedAs, failed: [ONLY_THE_GUARD] });
  }
  const since = isUndone || Number.isNaN(quarantinedAt) ? clock() : quarantinedAt;
  const reconciler = reconcilerOf(incident, () => ({ byEveryMethod: isUndone, since }));
  reconciler.add(reading, EVIDENCE);
  const phase = schedule(incident);
  const policy = readQuarantinePolicy(dependencies.iam, settings.policyArn, phase.read);
  await reconciler.apply(reconciler.gap(), phase.write);
  await reconciler.read([...HOLDINGS, "inlineDeny"], phase.read.within(PHASES_MS.read));
  reconciler.add(await policy);
  await reconciler.close(phase.close);
  const [method] = reconciler.denials;
  const report = reconciler.report();
  const isNews = isUndone || cause.isNews(quarantinedAt, report.done);
  const alertedAs = `restore ${user} ${cause.by} ${isUndone}`;
  return {
    ...report,
    status: method ? (isNews ? "RESTORED" : "HELD") : "FAILED",
    method: method ?? "none",
    containedAt: method ? new Date(since).toISOString() : "",
    userState: reconciler.state,
    undoing,
    alertedAs,
  };
}

/** The incident with what the state and the tags say of the user. */
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

/** Whom the settings allow to undo a quarantine: the role behind the session, not what the session says. */
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
 * Whether people have released the user after the call, as of copies of old events. What the call itself
 * wrote releases nobody, so that an adversary's tags do not count, and neither does a time to come. Since a
 * release counts no sooner than {@link AGES_MS.fresh} after what it releases from, one that follows a call
 * sooner is none: its tags were written to make the call look old.
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
 * By its tags, by a deny of ours, by a call that took one off or wrote that the user was released, or by one
 * that goes on writing our tags where they say so: the status may have come with the user's creation.
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
 * Nobody is alerted yet: a user who could not be looked at may be anybody. Lambda repeats the event.
 * @throws ContainmentError
 */
function unlessUnread({ failed: [unread] }: Reading, userName: string): undefined {
  if (unread) {
    throw new ContainmentError(`${userName} could not be looked at: ${unread.error}`);
  }
}

/** Nobody can take off what is not there, and nobody forges a release for a user who is free. */
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
