import { isReleased } from "./claim";
import type { ContainmentResult } from "./containment-result";
import { identify, locate } from "./find-user";
import { failing, type Incident } from "./incident";
import { readTags } from "./tags";

/** Milliseconds for the look: who cannot be looked at is contained all the same. */
const LOOK = 3_000;

/**
 * Looks at the user before it is touched, for events that come too late to win anything by haste. People may
 * have released the user since, or deleted it and made another of the same name.
 * @returns the incident under the name the user has now, or the response when there is nothing to contain
 */
export async function lookFirst(incident: Incident): Promise<Incident | ContainmentResult> {
  const [identity, present] = await Promise.all([identify(incident, LOOK), readTags(incident)]);
  if (identity.state === "same" || identity.state === "unchecked") {
    return released(incident, present) ?? incident;
  }
  const place = await locate(incident);
  if (place.state === "found") {
    return released(place.incident, await readTags(place.incident)) ?? place.incident;
  }
  if (identity.state === "missing") {
    return incident;
  }
  if (place.state === "unknown") {
    return { ...failing(place.failure), status: "FAILED", method: "none", containedAt: "" };
  }
  const { userName } = incident.creation;
  return leftAlone(
    "other-user",
    `${userName} is another user than the one this late event created, who is gone`,
  );
}

function released(
  incident: Incident,
  tags: Awaited<ReturnType<typeof readTags>>,
): ContainmentResult | undefined {
  const { eventId, userName } = incident.creation;
  if (!tags || !isReleased(tags, eventId)) {
    return undefined;
  }
  return leftAlone("released", `${userName} has been released from the quarantine of this late event`);
}

function leftAlone(rule: string, reason: string): ContainmentResult {
  const nothing = { done: [], failed: [], method: "none", containedAt: "" };
  return { ...nothing, status: "IGNORED", ignored: { rule, reason } };
}
