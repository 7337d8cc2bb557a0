import { ageOf, LATE } from "./age";
import type { Incident } from "./incident";
import { lookFirst } from "./late";
import { pursue } from "./pursue";
import type { Response } from "./response";

/** Contains the user. Nothing goes before the deny, but for an event so late that haste wins nothing. */
export async function enforce(incident: Incident): Promise<Response> {
  if (ageOf(incident) <= LATE) return pursue(incident);
  const seen = await lookFirst(incident);
  return "status" in seen ? seen : pursue(seen);
}
