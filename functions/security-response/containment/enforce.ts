import { isLate } from "./age";
import type { ContainmentResult } from "./containment-result";
import type { Incident } from "./incident";
import { lookFirst } from "./late";
import { pursue } from "./pursue";

/** Contains the user. The deny comes first, except for late events, where we look at the user first. */
export async function enforce(incident: Incident): Promise<ContainmentResult> {
  if (!isLate(incident)) {
    return pursue(incident);
  }
  const seen = await lookFirst(incident);
  return "status" in seen ? seen : pursue(seen);
}
