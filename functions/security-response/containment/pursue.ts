import { ageOf, YOUNG } from "./age";
import { contain, type Attempt } from "./contain";
import type { ContainmentResult } from "./containment-result";
import { FIND, locate, type Place } from "./find-user";
import { failing, failure, join, type Incident, type StepReport } from "./incident";

/**
 * How long IAM may not know a name, in milliseconds, before the user is looked up by its id, and then once
 * more. Published cases of a new user who is not known yet last seconds.
 */
const FIRST_PATIENCE = 4_000;
const LAST_PATIENCE = 16_000;
/** How often a user who slips away is contained anew, for as long as the time of the invocation lasts. */
const MAX_ATTEMPTS = 6;

/** Contains the user, whatever its name is by now: its creator may rename it while the response runs. */
export async function pursue(start: Incident): Promise<ContainmentResult> {
  let incident = start;
  let trail: StepReport = join();
  for (let attempts = 1, patience = FIRST_PATIENCE; ; attempts++, patience = LAST_PATIENCE) {
    const attempt = await contain(incident, patience);
    if (!attempt.lost) {
      return withTrail(incident, trail, attempt.response);
    }
    trail = join(trail, deeds(attempt, incident));
    const place = await locate(incident);
    const mayAppear = attempt.lost === "unseen" && patience === FIRST_PATIENCE;
    if (place.state !== "found" && !mayAppear) {
      return withTrail(incident, trail, missed(incident, attempt, place));
    }
    if (attempts === MAX_ATTEMPTS) {
      return withTrail(incident, trail, slipped(attempt, incident, place));
    }
    if (place.state !== "found") {
      continue;
    }
    trail = join(trail, rename(incident, place.incident));
    incident = place.incident;
  }
}

function withTrail(
  { creation }: Incident,
  trail: StepReport,
  response: ContainmentResult,
): ContainmentResult {
  const { userName, userArn } = creation;
  return { ...response, ...join(trail, response), user: { userName, userArn } };
}

/** What an attempt on a name did that is worth telling, though the user had slipped away. */
function deeds({ lost, response }: Attempt, { creation }: Incident): StepReport {
  const where = lost === "other" ? `on another user, now named ${creation.userName}: ` : "";
  return { done: response.done.map((deed) => where + deed), failed: [] };
}

function rename(
  { creation: { userName: from } }: Incident,
  { creation: { userName: to } }: Incident,
): StepReport {
  return from === to ? join() : { done: [`followed the user, renamed from ${from} to ${to}`], failed: [] };
}

/** The user cannot be found by its id: gone, unless that could not be asked. */
function missed(incident: Incident, { lost, response }: Attempt, place: Place): ContainmentResult {
  const isContained = lost === "missing" && response.status === "QUARANTINED";
  if (place.state === "unknown") {
    const { failed } = join(failing(place.failure), failing(...response.failed));
    return isContained ? { ...response, failed } : notFound(failed);
  }
  // Without an id, a name that IAM forgot for one of many calls is no sign that the user whose deny it shows
  // is gone.
  if (place.state === "no-id" && isContained) {
    return response;
  }
  const mayAppear = lost === "unseen" && ageOf(incident) < YOUNG;
  return {
    ...notFound([]),
    status: "VANISHED",
    gone: { isLookedUp: place.state === "gone", mayAppear },
  };
}

function slipped({ lost, response }: Attempt, { creation }: Incident, place: Place): ContainmentResult {
  const isSame = place.state === "found" && place.incident.creation.userName === creation.userName;
  if (lost === "missing" && isSame && response.status === "QUARANTINED") {
    return response;
  }
  const error = new Error(`the user had another name each time, ${creation.userName} at last`);
  return notFound([failure(FIND, error), ...response.failed]);
}

function notFound(failed: ContainmentResult["failed"]): ContainmentResult {
  return { done: [], failed, status: "FAILED", method: "none", containedAt: "" };
}
