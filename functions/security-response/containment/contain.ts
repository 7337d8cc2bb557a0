import { TAG_STATUS } from "../../contract";
import { claimAlert, settleClaim, sinceFirstAttempt } from "./claim-alert";
import { climb, type Climb } from "./climb";
import type { ContainmentResult } from "./containment-result";
import { removeLoginProfile, stopAccessKeys, stopRemainingCredentials } from "./credentials";
import { compare, type Identity } from "./find-user";
import { denyAndLook, hurried } from "./first-look";
import { failing, join, type Incident, type StepReport } from "./incident";
import { takeInventory } from "./inventory";
import { prove, type Proof } from "./proof";
import { checkQuarantinePolicy } from "./quarantine-policy";
import { rungs } from "./rungs";
import { correctTags } from "./tags";

/** How containing whoever has a name ended. */
export interface Attempt {
  readonly response: ContainmentResult;
  /**
   * Why the user may have slipped away: `unseen` when IAM never knew the name, `missing` when it did no
   * longer, `other` when the name is another user's by now.
   */
  readonly lost?: "unseen" | "missing" | "other";
}

/**
 * Contains the user under the name that the incident gives, takes the credentials, proves the deny, and says
 * what was found. Failures become part of the response. Stops early when the name is not the user's. What
 * does not need another's answer runs beside it: the deny, the first look, the writes, and then the inventory
 * while the claim settles.
 * @param patience milliseconds in which IAM may come to know the user
 */
export async function contain(incident: Incident, patience: number): Promise<Attempt> {
  const ladder = rungs(incident.dependencies, incident.creation.userName, incident.settings.policyArn);
  const { climbed, look } = await denyAndLook(incident, (sent) => climb(incident, ladder, patience, sent));
  const applied = { done: climbed.done, failed: climbed.failed };
  if (!look) {
    return { response: unproved(applied), lost: "unseen" };
  }
  const { present = [], identity } = look;
  if (identity.state === "other" || identity.state === "missing") {
    return { response: unproved(applied), lost: identity.state };
  }
  const first = sinceFirstAttempt(incident, present, climbed);
  const checking = checkQuarantinePolicy(incident);
  const [fresh, keys, login] = await Promise.all([
    claimAlert(hurried(incident), present, first),
    stopAccessKeys(hurried(incident), look.keys),
    removeLoginProfile(hurried(incident)),
  ]);
  const settling = settleClaim(incident, fresh);
  const [inventory, policy] = await Promise.all([takeInventory(incident), checking]);
  const whose = compare(incident.creation.userId, inventory.userId);
  const [late, proof] = await Promise.all([
    // By now the name may be another user's, whose credentials are no one's to take.
    whose.state === "other"
      ? { report: join(), userState: inventory.userState }
      : stopRemainingCredentials(incident, inventory.userState),
    prove(incident, first, ladder, inventory.userState, policy.tampered),
  ]);
  const marked = await markFailure(incident, first, proof);
  const claim = await settling;
  const checked = identity.state === "same" || whose.state === "same" ? join() : unchecked(identity);
  const found = join(late.report, proof, marked, failing(...inventory.failed), policy.report, checked);
  const steps = join(applied, keys, login, claim, found);
  const response = {
    ...concluded(steps, first, proof),
    userState: late.userState,
    tampered: policy.tampered,
    answeredElsewhere: claim.byOther,
  };
  const missing = steps.failed.some((failure) => failure.missingUser);
  if (whose.state === "other") {
    return { response, lost: "other" };
  }
  return missing ? { response, lost: "missing" } : { response };
}

/** A deny that could not be proved is not called one by the tags. */
async function markFailure(incident: Incident, first: Climb, proof: Proof): Promise<StepReport> {
  if (!first.rung || proof.rung) {
    return join();
  }
  const { failed } = await correctTags(incident, { status: TAG_STATUS.failed });
  return failing(...failed);
}

function unchecked(identity: Identity): StepReport {
  return identity.state === "unchecked" && identity.failure ? failing(identity.failure) : join();
}

function concluded(steps: StepReport, first: Climb, { rung, at }: Proof): ContainmentResult {
  if (!rung) {
    return { ...unproved(steps), method: first.rung?.method ?? "none" };
  }
  return { ...steps, status: "QUARANTINED", method: rung.method, containedAt: new Date(at).toISOString() };
}

function unproved(steps: StepReport): ContainmentResult {
  return { ...steps, status: "FAILED", method: "none", containedAt: "" };
}
