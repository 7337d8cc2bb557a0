import type { Incident } from "./incident";

/** Below this age, in milliseconds, of its creation IAM may not show a user everywhere yet. */
export const YOUNG = 2 * 60_000;
/** From this age on, in milliseconds, an event is late: attaching first wins nothing any more. */
export const LATE = 30 * 60_000;

/** Milliseconds since the event; 0 when it states no time. */
export function ageOf({ creation, tools }: Pick<Incident, "creation" | "tools">): number {
  return creation.eventTime === "" ? 0 : tools.clock() - Date.parse(creation.eventTime);
}
