import { ageOf, YOUNG } from "./age";
import type { ContainmentResult } from "./containment-result";
import { identify, locate } from "./find-user";
import { failing, join, type Incident, type StepFailure } from "./incident";
import { takeInventory } from "./inventory";

/**
 * How long a user may be unknown to IAM after its creation, in milliseconds. Published cases last seconds.
 */
const PATIENCE = 8_000;

/**
 * Looks at the user and changes nothing. Without tags there is no mark either: an event delivered twice
 * alerts twice.
 */
export async function observe(incident: Incident): Promise<ContainmentResult> {
  const identity = await identify(incident, PATIENCE);
  if (identity.state === "same") {
    return look(incident);
  }
  if (identity.state === "unchecked") {
    return look(incident, identity.failure);
  }
  const place = await locate(incident);
  if (place.state === "found") {
    return look(place.incident);
  }
  const nothing = { ...join(), method: "none", containedAt: "" };
  if (place.state === "unknown") {
    return { ...nothing, ...failing(place.failure), status: "OBSERVED" };
  }
  const mayAppear = identity.state === "missing" && ageOf(incident) < YOUNG;
  return { ...nothing, status: "VANISHED", gone: { isLookedUp: place.state === "gone", mayAppear } };
}

async function look(incident: Incident, unchecked?: StepFailure): Promise<ContainmentResult> {
  const { userState, failed } = await takeInventory(incident);
  const { userName, userArn } = incident.creation;
  const report = join(failing(...(unchecked ? [unchecked] : [])), failing(...failed));
  return {
    ...report,
    status: "OBSERVED",
    method: "none",
    containedAt: "",
    userState,
    user: { userName, userArn },
  };
}
