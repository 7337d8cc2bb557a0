import { isLate } from "./age";
import type { FirstAttach } from "./first-attach";
import type { Incident } from "./incident";
import { lookFirst } from "./late";
import { pursue } from "./pursue";
import type { Response } from "./response";

/**
 * Contains the user. Nothing goes before the deny, but for an event so late that haste wins nothing.
 * @param first the first attach, if one was tried: it may have denied the user, whatever IAM said
 */
export async function enforce(incident: Incident, first?: FirstAttach): Promise<Response> {
  if (first || !isLate(incident)) return pursue(incident, first?.at);
  const seen = await lookFirst(incident);
  return "status" in seen ? seen : pursue(seen);
}
