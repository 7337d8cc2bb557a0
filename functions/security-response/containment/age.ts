import type { Incident } from "./incident";

/** Below this age, in milliseconds, of its creation IAM may not show a user everywhere yet. */
export const YOUNG = 2 * 60_000;
/** From this age on, in milliseconds, an event is late. */
const LATE = 30 * 60_000;

/** Milliseconds since the event; 0 when it states no time. */
export function ageOf({ creation, dependencies }: Incident): number {
  return creation.eventTime === "" ? 0 : dependencies.clock() - Date.parse(creation.eventTime);
}

/** Whether attaching first wins nothing any more, so that the user is looked at before it is touched. */
export function isLate(incident: Incident): boolean {
  return ageOf(incident) > LATE;
}
