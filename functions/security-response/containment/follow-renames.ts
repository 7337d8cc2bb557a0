import { contain, type Attempt } from "./contain";
import { untouched, type ContainmentResult } from "./containment-result";
import { AGES_MS, WAITS_MS } from "./durations";
import { FIND, locate, type Place } from "./find-user";
import { ageOf, failure, join, type Incident, type Report } from "./incident";

/** How often a user who is renamed is contained again, as long as the time of the invocation lasts. */
export const MAX_ATTEMPTS = 6;

/** Contains the user under its present name: its creator may rename it while the response runs. */
export async function containThroughRenames(start: Incident): Promise<ContainmentResult> {
  let incident = start;
  let trail: Report = join();
  let patience: number = WAITS_MS.unknownUser;
  for (let attempts = 1; ; attempts++, patience = WAITS_MS.unknownUserAtLast) {
    const attempt = await contain(incident, patience);
    if (!attempt.lost) {
      return withTrail(incident, trail, attempt.result);
    }
    trail = join(trail, doneInVain(attempt, incident));
    const place = await locate(incident);
    const mayAppear = attempt.lost === "unseen" && patience === WAITS_MS.unknownUser;
    if (place.state !== "found" && !mayAppear) {
      return withTrail(incident, trail, missed(incident, attempt, place));
    }
    if (attempts === MAX_ATTEMPTS) {
      return withTrail(incident, trail, slipped(attempt, incident, place));
    }
    if (place.state !== "found") {
      continue;
    }
    trail = join(trail, renamed(incident, place.incident));
    incident = place.incident;
  }
}

function withTrail({ creation }: Incident, trail: Report, result: ContainmentResult): ContainmentResult {
  const { userName, userArn } = creation;
  return { ...result, ...join(trail, result), user: { userName, userArn } };
}

/** What an attempt did under a name that was not the user's any more. */
function doneInVain({ lost, result }: Attempt, { creation }: Incident): Partial<Report> {
  const where = lost === "other" ? `on another user, now named ${creation.userName}: ` : "";
  return { done: result.done.map((line) => where + line) };
}

/** The line that says under which name the user was found; none if it was not renamed. */
export function renamed(
  { creation: { userName: from } }: Incident,
  { creation: { userName: to } }: Incident,
): Partial<Report> {
  return from === to ? {} : { done: [`followed the user, renamed from ${from} to ${to}`] };
}

/** The result for a user that was not found by its id: it is gone, unless the search failed. */
function missed(incident: Incident, { lost, result }: Attempt, place: Place): ContainmentResult {
  const isContained = lost === "missing" && result.status === "QUARANTINED";
  if (place.state === "unknown") {
    const { failed } = join({ failed: [place.failure, ...result.failed] });
    return isContained ? { ...result, failed } : untouched({ status: "FAILED", failed });
  }
  // Without an id to search for: IAM shows the deny, so a single call that did not find the name does not
  // prove that the user is gone.
  if (place.state === "no-id" && isContained) {
    return result;
  }
  const mayAppear = lost === "unseen" && ageOf(incident) < AGES_MS.fresh;
  return untouched({ status: "VANISHED", gone: { isLookedUp: place.state === "gone", mayAppear } });
}

function slipped({ lost, result }: Attempt, { creation }: Incident, place: Place): ContainmentResult {
  const isSame = place.state === "found" && place.incident.creation.userName === creation.userName;
  if (lost === "missing" && isSame && result.status === "QUARANTINED") {
    return result;
  }
  const error = new Error(`the user had another name each time, ${creation.userName} at last`);
  return untouched({ status: "FAILED", failed: [failure(FIND, error), ...result.failed] });
}
