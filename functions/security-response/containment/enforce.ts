import { isLate } from "./age";
import type { ContainmentResult } from "./containment-result";
import type { FirstAttach } from "./first-attach";
import type { Incident } from "./incident";
import { lookFirst } from "./late";
import { pursue } from "./pursue";

/**
 * Contains the user. Nothing goes before the deny, but for an event so late that haste wins nothing.
 * @param first the first attach, if one was tried: it may have denied the user, whatever IAM said
 */
export async function enforce(incident: Incident, first?: FirstAttach): Promise<ContainmentResult> {
  if (first || !isLate(incident)) {
    return pursue(incident, first?.at);
  }
  const seen = await lookFirst(incident);
  return "status" in seen ? seen : pursue(seen);
}
