import { untouched, type ContainmentResult } from "./containment-result";
import { AGES_MS, PHASES_MS, WAITS_MS } from "./durations";
import { locate, ownerOf, readIdentity } from "./find-user";
import { ageOf, join, type Incident } from "./incident";
import { planInWords, planQuarantine } from "./plan";
import { ACCESS_ASPECTS, readUserState } from "./read-user-state";
import type { Reading, UserState } from "./user-state";

/**
 * Reads the user and changes nothing. Since it writes no claim, an event that is delivered twice alerts
 * twice.
 */
export async function observe(incident: Incident): Promise<ContainmentResult> {
  const identity = await readIdentity(incident, WAITS_MS.unknownUserObserved);
  const owner = ownerOf(identity, incident.creation.userId);
  if (owner === "same" || owner === "unchecked") {
    return observeUser(incident, identity);
  }
  const place = await locate(incident);
  if (place.state === "found") {
    return observeUser(place.incident);
  }
  if (place.state === "unknown") {
    return untouched({ status: "OBSERVED", failed: [place.failure], wouldDo: wouldDo(incident, {}) });
  }
  const mayAppear = owner === "missing" && ageOf(incident) < AGES_MS.fresh;
  return untouched({ status: "VANISHED", gone: { isLookedUp: place.state === "gone", mayAppear } });
}

async function observeUser(incident: Incident, identity?: Reading): Promise<ContainmentResult> {
  const { creation, dependencies, deadline } = incident;
  const { userName, userArn } = creation;
  const within = deadline.within(PHASES_MS.read);
  const { state, failed } = await readUserState(dependencies, userName, ACCESS_ASPECTS, within);
  return untouched({
    ...join({ failed: [...(identity?.failed ?? []), ...failed] }),
    status: "OBSERVED",
    userState: state,
    user: { userName, userArn },
    wouldDo: wouldDo(incident, state),
  });
}

/** What the mode `enforce` would have done, one step per line. */
function wouldDo({ creation, reason, settings, dependencies }: Incident, state: UserState): string[] {
  const steps = planQuarantine(state, { creation, reason }, settings, dependencies.clock());
  return planInWords(steps, state, settings);
}
