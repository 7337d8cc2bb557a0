import { containedBefore, isClaimedByOther, type Claimant, type Tag } from "./claim";
import type { Climb } from "./climb";
import { join, type Incident, type StepReport } from "./incident";
import { completeTags, denialFacts, readTags, writeTags } from "./tags";

/** Whether another delivery of the event sends the alert. */
export interface Claim extends StepReport {
  readonly byOther: boolean;
  /** The claim was just written, and other deliveries of the event may be writing theirs. */
  readonly isFresh: boolean;
}

/**
 * Time in which deliveries of one event that run at once see each other's claim, the last of which stands.
 */
const CLAIM_SETTLES = 750;
/** With less time than this left, proving the deny matters more than a doubled alert. */
const TIME_TO_SETTLE = 4 * CLAIM_SETTLES;
/** Longest time for reading the claim again, in milliseconds: without an answer the alert goes out. */
const LONGEST_CHECK = 8_000;
/** The word in `done` by which a silent second delivery is known. */
const ALREADY_ANSWERED = "already answered";

/**
 * Tags the user, which claims its alert, unless another delivery of the event has claimed it before. Anyone
 * who may tag users can write such a claim, so it decides about the alert and nothing else.
 * @param present the tags read before
 */
export async function claimAlert(incident: Incident, present: readonly Tag[], climb: Climb): Promise<Claim> {
  // Without a deny there is nothing to say in tags, and everything to alert.
  if (!climb.rung) {
    return { ...join(), byOther: false, isFresh: false };
  }
  const denial = denialFacts(climb, climb.rung);
  if (isClaimedByOther(present, claimant(incident))) {
    return answered(await completeTags(incident, present, denial));
  }
  return { ...(await writeTags(incident, present, denial)), byOther: false, isFresh: true };
}

/**
 * When other deliveries of the event have had the time to write their claims too, looks whose claim stands.
 */
export async function settleClaim(incident: Incident, claim: Claim): Promise<Claim> {
  if (!claim.isFresh || incident.deadline.remaining() < TIME_TO_SETTLE) {
    return claim;
  }
  await incident.dependencies.sleep(CLAIM_SETTLES);
  const inTime = { ...incident, deadline: incident.deadline.within(LONGEST_CHECK) };
  const standing = (await readTags(inTime)) ?? [];
  return isClaimedByOther(standing, claimant(incident)) ? answered(claim) : claim;
}

function answered(report: StepReport): Claim {
  return { ...join(report, { done: [ALREADY_ANSWERED], failed: [] }), byOther: true, isFresh: false };
}

/** The denial with the time of the attempt that first brought it about, as the tags tell it. */
export function sinceFirstAttempt(incident: Incident, present: readonly Tag[], climb: Climb): Climb {
  if (!climb.rung) {
    return climb;
  }
  const before = containedBefore(present, claimant(incident), climb.rung.method);
  return { ...climb, at: Math.min(climb.at, before ?? climb.at) };
}

function claimant({ creation, invocation }: Incident): Claimant {
  const { eventId, earlierRequestIds } = creation;
  return { eventId, earlierRequestIds, requestId: invocation.requestId };
}
