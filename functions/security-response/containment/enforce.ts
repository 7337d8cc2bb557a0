import { isClaimedByOther, type Tag } from "./claim";
import { climb, type Climb } from "./containment";
import { removeLoginProfile, stopAccessKeys, stopRemainingKeys } from "./credentials";
import { join, type Incident, type StepReport } from "./incident";
import { takeInventory } from "./inventory";
import { prove } from "./proof";
import { ALREADY_ANSWERED, type Response } from "./response";
import type { Rung } from "./rungs";
import { readTags, writeTags } from "./tags";

/** Time in which deliveries of one event that run at once see each other's claim, the last of which stands. */
const CLAIM_SETTLES = 750;
/** With less time than this left, proving the deny matters more than a doubled alert. */
const TIME_TO_SETTLE = 4 * CLAIM_SETTLES;

/** Contains the user, takes the credentials, proves the deny, and says what was found. Failures become part of the response. */
export async function enforce(incident: Incident): Promise<Response> {
  const first = await climb(incident);
  if (first.vanished) return vanished(first);
  if (!first.rung) return afterNoRung(incident, first);
  const containedAt = isoTime(first.at);
  const present = await readTags(incident);
  if (present && isClaimedByOther(present, claimant(incident))) return silent(first.rung, containedAt);
  const [claim, keys, login] = await Promise.all([
    claimUser(incident, present ?? [], first.rung, containedAt),
    stopAccessKeys(incident),
    removeLoginProfile(incident),
  ]);
  if (claim.byOther) return silent(first.rung, containedAt);
  const applied = { done: [first.rung.deed], failed: first.failed };
  return afterCredentials(incident, first, join(applied, keys, login, claim.report));
}

/** The slower half, when the user is denied, stripped and tagged: what remains, and does the deny stand? */
async function afterCredentials(incident: Incident, first: Climb, sofar: StepReport): Promise<Response> {
  const inventory = await takeInventory(incident);
  const [keys, proof] = await Promise.all([
    stopRemainingKeys(incident, inventory.holdings),
    prove(incident, first, inventory.holdings),
  ]);
  const steps = join(sofar, keys.report, proof, { done: [], failed: inventory.failed });
  if (proof.vanished) return vanished(steps);
  const { holdings } = keys;
  if (!proof.rung) {
    return { ...steps, status: "FAILED", method: first.rung?.method ?? "none", containedAt: "", holdings };
  }
  const containedAt = isoTime(proof.at);
  return { ...steps, status: "QUARANTINED", method: proof.rung.method, containedAt, holdings };
}

/** No deny could be set: the credentials are all the more worth taking. No tag, since it would say what is not so. */
async function afterNoRung(incident: Incident, { failed }: Climb): Promise<Response> {
  const [keys, login] = await Promise.all([stopAccessKeys(incident), removeLoginProfile(incident)]);
  const { holdings, failed: unread } = await takeInventory(incident);
  const steps = join({ done: [], failed }, keys, login, { done: [], failed: unread });
  return { ...steps, status: "FAILED", method: "none", containedAt: "", holdings };
}

function vanished({
  failed,
  done = [],
}: {
  failed: StepReport["failed"];
  done?: StepReport["done"];
}): Response {
  return { done, failed, status: "VANISHED", method: "none", containedAt: "" };
}

function silent(rung: Rung, containedAt: string): Response {
  const done = [rung.deed, ALREADY_ANSWERED];
  return {
    done,
    failed: [],
    status: "QUARANTINED",
    method: rung.method,
    containedAt,
    answeredElsewhere: true,
  };
}

function claimant({ creation, invocation }: Incident): Parameters<typeof isClaimedByOther>[1] {
  const { eventId, earlierRequestIds } = creation;
  return { eventId, earlierRequestIds, requestId: invocation.requestId };
}

/** Writes the tags and, when other deliveries of the event have had the time to do so too, looks whose claim stands. */
async function claimUser(
  incident: Incident,
  present: readonly Tag[],
  rung: Rung,
  containedAt: string,
): Promise<{ readonly report: StepReport; readonly byOther: boolean }> {
  const report = await writeTags(incident, present, rung.method, containedAt);
  if (incident.deadline.remaining() < TIME_TO_SETTLE) return { report, byOther: false };
  await incident.tools.sleep(CLAIM_SETTLES);
  const standing = await readTags(incident);
  return { report, byOther: standing !== undefined && isClaimedByOther(standing, claimant(incident)) };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
