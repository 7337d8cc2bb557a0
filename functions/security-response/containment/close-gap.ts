import { TAG_KEYS, TAG_STATUS } from "../../contract";
import type { Undoer } from "./containment-result";
import { requireRead, showsQuarantine } from "./evidence";
import { locate, ownerOf } from "./find-user";
import type { Incident } from "./incident";
import {
  ignored,
  readEvidence,
  restoreQuarantine,
  withUserState,
  type Restoration,
  type RestoreCause,
} from "./restore-quarantine";
import { isReleased, tagValue } from "./tags";

/**
 * The same for a user that the sweep found with a gap in its quarantine, or after the end of a release. Only
 * the state decides, and only a release that has not ended leaves the user alone.
 * @param undoer The caller for the alert, if CloudTrail has a record of the call.
 * @throws ContainmentError when IAM does not show whether the user is quarantined
 */
export async function closeGap(start: Incident, undoer?: Undoer): Promise<Restoration> {
  const { creation, dependencies, settings } = start;
  const { userName } = creation;
  const reading = await readEvidence(start);
  const incident = withUserState(start, reading.state);
  const owner = ownerOf(reading, creation.userId);
  if (owner === "missing" || owner === "other") {
    const place = await locate(start);
    // It was renamed after the sweep had listed it. If it is renamed again now, the next sweep finds it.
    if (place.state === "found" && place.incident.creation.userName !== userName) {
      return closeGap(place.incident, undoer);
    }
    return ignored(incident, "gone", `the user whom the sweep found is not ${userName} any more`);
  }
  const { tags = [] } = reading.state;
  if (isReleased(tags, dependencies.clock())) {
    return ignored(incident, "released", `${userName} has been released`);
  }
  const hasEnded = tagValue(tags, TAG_KEYS.status) === TAG_STATUS.released;
  if (!hasEnded && !showsQuarantine(reading.state, settings.policyArn)) {
    requireRead(reading, userName);
    return ignored(incident, "not-quarantined", `${userName} is not quarantined`);
  }
  const found = hasEnded ? "release-ended" : "gap";
  const cause: RestoreCause = {
    tookDenyOff: hasEnded,
    by: "sweep",
    undoing: (isUndone) => ({ found, isUndone, ...(!hasEnded && undoer) }),
    precedes: () => false,
    // If nothing had to be done, an event has arrived in the meantime.
    isNews: (_, done) => done.length > 0,
  };
  return restoreQuarantine(incident, cause, reading);
}
