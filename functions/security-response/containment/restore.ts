import { DRILL_PATH, TAG_KEYS } from "../../contract";
import type { Tampering } from "../event/tampering";
import { holdOf } from "../recent";
import { undoingOf, untouched } from "./containment-result";
import { HOLD_MS, WAITS_MS } from "./durations";
import {
  callerOf,
  isEvidence,
  isQuarantined,
  isReleasedSince,
  isReleasing,
  mayUndo,
  precedesDeletion,
  precedesUser,
  requireRead,
} from "./evidence";
import { findUndone } from "./find-undone";
import { ownerOf } from "./find-user";
import type { Incident } from "./incident";
import {
  causeOf,
  ignored,
  readEvidence,
  restoreQuarantine,
  withUserState,
  type Restoration,
} from "./restore-quarantine";
import { tagValue } from "./tags";
import type { Reading, UserState } from "./user-state";

/**
 * Restores a quarantine that a call may have undone, according to the state that IAM shows, not to what the
 * event says. Nothing is restored if the role behind the caller's session may undo a quarantine.
 * @throws ContainmentError when IAM does not show whether the user is quarantined
 */
export async function restoreUser(start: Incident, tampering: Tampering): Promise<Restoration> {
  const { creation, dependencies } = start;
  const { recent, clock } = dependencies;
  const { userName } = creation;
  const called = Date.parse(tampering.eventTime);
  const calledAt = Number.isNaN(called) ? clock() : called;
  if (tampering.formerName !== undefined) {
    recent.rename(tampering.formerName, userName, calledAt);
  }
  // CloudTrail's times have seconds: a rename in the same second may have come before the call.
  const newName = recent.nameOf(userName, calledAt + 1);
  return restoreNamed(start, newName, tampering, calledAt);
}

/**
 * @param userName Name of the user of the call, as far as that is known.
 * @param calledAt Milliseconds since the epoch.
 */
async function restoreNamed(
  start: Incident,
  userName: string,
  tampering: Tampering,
  calledAt: number,
): Promise<Restoration> {
  const { creation, dependencies, settings } = start;
  const { recent } = dependencies;
  const underName = { ...start, creation: { ...creation, userName } };
  const undoing = undoingOf(tampering, false);
  const now = dependencies.clock();
  let reading = await readEvidence(underName);
  let incident = withUserState(underName, reading.state);
  if (ownerOf(reading, undefined) === "missing" || precedesUser(calledAt, reading.state)) {
    const newName = recent.nameOf(creation.userName, calledAt);
    return newName === userName
      ? restoreAbsent(underName, incident, tampering, calledAt)
      : restoreNamed(start, newName, tampering, calledAt);
  }
  if (mayUndo(tampering, reading.state)) {
    if (isReleasing(tampering)) {
      const done = releaseLines(reading.state);
      return { incident, result: untouched({ status: "RELEASED", undoing, done }) };
    }
    const left = precedesDeletion(tampering) ? await awaitDeletion(underName, calledAt) : undefined;
    if (left === undefined) {
      return ignored(incident, "may-undo", `${callerOf(tampering)} may undo a quarantine`);
    }
    [reading, incident] = [left, withUserState(underName, left.state)];
  }
  if (isReleasedSince(reading.state, tampering, now)) {
    return ignored(incident, "released", `${userName} has been released since`);
  }
  if (
    !isQuarantined(reading, tampering, settings.policyArn) &&
    !wasUndone(incident, reading.state, tampering)
  ) {
    requireRead(reading, userName);
    return ignored(incident, "not-quarantined", `${userName} is not quarantined`);
  }
  if (isEvidence(tampering)) {
    // Somebody else may have got the name, if the event of a rename still has to arrive.
    recent.undo(creation.userName, calledAt, now);
  }
  return restoreQuarantine(incident, causeOf(tampering), reading);
}

/** Whether a rename led to this user from a name whose quarantine was undone, with no release since. */
function wasUndone(incident: Incident, state: UserState, { formerName, writtenTags }: Tampering): boolean {
  const { creation, dependencies } = incident;
  const { recent, clock } = dependencies;
  const now = clock();
  const isFree = (at: number) => {
    const eventTime = new Date(at).toISOString();
    return !precedesUser(at, state) && !isReleasedSince(state, { eventTime, writtenTags }, now);
  };
  return formerName !== undefined && recent.undoneBefore(creation.userName, now).some(isFree);
}

/**
 * The same for a name that no user has any more, or another user: the user was renamed, or deleted.
 *
 * @param start Under the last name of the user that is known.
 * @param incident With what is known of who has the name now.
 * @param calledAt Milliseconds since the epoch.
 */
async function restoreAbsent(
  start: Incident,
  incident: Incident,
  tampering: Tampering,
  calledAt: number,
): Promise<Restoration> {
  const { creation, dependencies } = start;
  const { recent, clock } = dependencies;
  if (isEvidence(tampering) && !tampering.mayUndo) {
    // The event of the rename may still arrive.
    recent.undo(tampering.userName ?? creation.userName, calledAt, clock());
    if (tampering.mayUndoBelow === DRILL_PATH) {
      // The drill removes each user soon after its deny. IAM does not show the path of a removed user, but
      // the drill's role reaches no other path, and a change of the role is alerted.
      return ignored(incident, "drill", `the drill has removed ${creation.userName}`);
    }
    return restoreByTags(start, tampering);
  }
  return ignored(incident, "gone", `the user who was named ${creation.userName} is gone`);
}

/**
 * Waits until a user is gone whose deny was taken off to delete it. IAM may have refused the deletion: anyone
 * who creates a user below the drill's path could have its deny taken off in that way.
 * @returns undefined when it is gone, else what it is by then
 */
async function awaitDeletion(start: Incident, calledAt: number): Promise<Reading | undefined> {
  const { clock, sleep } = start.dependencies;
  const end = calledAt + WAITS_MS.deletion;
  for (;;) {
    const reading = await readEvidence(start);
    if (ownerOf(reading, undefined) === "missing") {
      return undefined;
    }
    if (clock() >= end) {
      return reading;
    }
    await sleep(WAITS_MS.betweenReads);
  }
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
    alertedAs: `vanished ${creation.userName} ${tampering.caller.label}`,
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
  const named = withUserState({ ...start, creation: { ...creation, userName: found.userName } }, found.state);
  const { incident, result } = await restoreQuarantine(named, causeOf(tampering), {
    state: found.state,
    failed: [],
  });
  const why =
    creation.userName === ""
      ? "since the record of the call names nobody"
      : `since the user who was named ${creation.userName} is gone`;
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
    return ignored(start, "may-undo", `${callerOf(tampering)} may undo a quarantine`);
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
  requireRead({ state: {}, failed }, "the user of a call without parameters");
  return ignored(start, "not-quarantined", "nobody who is quarantined by the tags is free");
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
