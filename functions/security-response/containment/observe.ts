import type { Incident } from "./incident";
import { takeInventory } from "./inventory";
import type { Response } from "./response";

/** Looks at the user and changes nothing. Without tags there is no mark either: an event delivered twice alerts twice. */
export async function observe(incident: Incident): Promise<Response> {
  const { holdings, failed } = await takeInventory(incident);
  return { status: "OBSERVED", method: "none", containedAt: "", done: [], failed, holdings };
}
