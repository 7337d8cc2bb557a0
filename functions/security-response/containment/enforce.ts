import { leftAlone, untouched, type ContainmentResult } from "./containment-result";
import { PHASES_MS, WAITS_MS } from "./durations";
import { locate, ownerOf, readIdentity } from "./find-user";
import { containThroughRenames } from "./follow-renames";
import { isFresh, type Incident } from "./incident";
import { readUserState } from "./read-user-state";
import { isReleasedFrom } from "./tags";
import type { UserState } from "./user-state";

/** Contains the user. The deny comes first, except for late events, where the user is read first. */
export async function enforce(incident: Incident): Promise<ContainmentResult> {
  if (isFresh(incident)) {
    return containThroughRenames(incident);
  }
  const seen = await readFirst(incident);
  return "status" in seen ? seen : containThroughRenames(seen);
}

/**
 * Reads the user before anything is changed, for late events, where a faster deny would gain nothing. People
 * may have released the user since, or deleted it and created another one of the same name. A user that
 * cannot be read is contained nevertheless.
 * @returns the incident under the user's present name, or the result when there is nothing to contain
 */
async function readFirst(incident: Incident): Promise<Incident | ContainmentResult> {
  const [identity, tags] = await Promise.all([
    readIdentity(incident, WAITS_MS.knownUser),
    readTags(incident),
  ]);
  const owner = ownerOf(identity, incident.creation.userId);
  if (owner === "same" || owner === "unchecked") {
    return released(incident, tags) ?? incident;
  }
  const place = await locate(incident);
  if (place.state === "found") {
    return released(place.incident, await readTags(place.incident)) ?? place.incident;
  }
  if (owner === "missing") {
    return incident;
  }
  if (place.state === "unknown") {
    return untouched({ status: "FAILED", failed: [place.failure] });
  }
  const { userName } = incident.creation;
  return leftAlone(
    "other-user",
    `${userName} is another user than the one this late event created, who is gone`,
  );
}

async function readTags({ creation, dependencies, deadline }: Incident): Promise<UserState> {
  const within = deadline.within(PHASES_MS.inspect);
  const { state, failed } = await readUserState(dependencies, creation.userName, ["tags"], within);
  for (const { error } of failed) {
    dependencies.log.warn("The tags of the user cannot be read", { error });
  }
  return state;
}

function released(incident: Incident, { tags = [] }: UserState): ContainmentResult | undefined {
  const { creation, dependencies } = incident;
  if (incident.invocation.isUnanswered) {
    // Nobody can have released the user: its creator, or an accomplice, wrote the tags.
    return undefined;
  }
  return isReleasedFrom(tags, creation, dependencies.clock())
    ? leftAlone("released", `${creation.userName} has been released from the quarantine of this late event`)
    : undefined;
}
