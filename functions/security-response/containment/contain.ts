import { TAG_STATUS } from "../../contract";
import type { ContainmentResult } from "./containment-result";
import { PHASES_MS, WAITS_MS } from "./durations";
import { ownerOf } from "./find-user";
import { join, schedule, type Incident } from "./incident";
import { claimantOf, deniedAt, reconcilerOf } from "./quarantine";
import { ACCESS_ASPECTS, BEFORE_WRITING, readQuarantinePolicy, readUserState } from "./read-user-state";
import type { Reconciler } from "./reconcile";
import { isClaimedByOther, quarantineTags } from "./tags";
import type { Aspect, Reading } from "./user-state";

/** How containing the user under one name ended. */
export interface Attempt {
  readonly result: ContainmentResult;
  /**
   * Why the user may not have been contained: `unseen` when IAM never knew the name, `missing` when it no
   * longer did, `other` when another user has the name by now.
   */
  readonly lost?: "unseen" | "missing" | "other";
}

/**
 * Contains the user under the incident's name: denies, reads what the other writes depend on, makes them, and
 * reads everything that shows whether the user is quarantined, until no gap is left. Failures become part of
 * the result. Stops early when the name is not the user's.
 * @param patience milliseconds in which IAM may come to know the user
 */
export async function contain(incident: Incident, patience: number): Promise<Attempt> {
  const { creation, dependencies, settings } = incident;
  const reconciler = reconcilerOf(incident, () => ({ byEveryMethod: false }));
  const inspected = await denyAndInspect(incident, reconciler, patience);
  if (!inspected) {
    return { result: concluded(incident, reconciler), lost: "unseen" };
  }
  const owner = ownerOf(inspected, creation.userId);
  if (owner === "other" || owner === "missing") {
    return { result: concluded(incident, reconciler), lost: owner };
  }
  const phase = schedule(incident);
  const reading = () => phase.read.within(PHASES_MS.read);
  const policy = readQuarantinePolicy(dependencies.iam, settings.policyArn, reading());
  await reconciler.apply(reconciler.gap(), phase.write);
  const settling = settleClaim(incident, reconciler);
  const everything: readonly Aspect[] = reconciler.accepted.has("inline-policy")
    ? [...ACCESS_ASPECTS, "inlineDeny"]
    : ACCESS_ASPECTS;
  await reconciler.read(everything, reading());
  reconciler.add(await policy);
  if (ownerOf({ state: reconciler.state, failed: [] }, creation.userId) === "other") {
    await settling;
    return { result: concluded(incident, reconciler), lost: "other" };
  }
  await reconciler.close(phase.close);
  await settling;
  // Another delivery's tags may have replaced ours meanwhile.
  await reconciler.close(phase.close);
  await markFailure(incident, reconciler);
  const result = concluded(incident, reconciler);
  return reconciler.isMissing ? { result, lost: "missing" } : { result };
}

/**
 * Denies the user, and reads it. In a warm environment, which has open connections, the read is sent right
 * after the deny. In a new environment it would compete with the deny for the processor, so it waits for the
 * deny's answer.
 * @returns undefined when IAM knows no user of the name
 */
async function denyAndInspect(
  incident: Incident,
  reconciler: Reconciler,
  patience: number,
): Promise<Reading | undefined> {
  const { creation, dependencies, deadline } = incident;
  const aspects = BEFORE_WRITING.filter(
    (aspect) => aspect !== "accessKeys" || incident.settings.deactivateAccessKeys,
  );
  const readWithin = (ms: number) =>
    readUserState(dependencies, creation.userName, aspects, deadline.within(ms));
  const begun = dependencies.clock();
  let beside: Promise<Reading> | undefined;
  const isKnown = await reconciler.deny(deadline, {
    patience,
    sent: () => {
      if (dependencies.isWarm) {
        beside ??= readWithin(WAITS_MS.besideDeny);
      }
    },
  });
  if (!isKnown) {
    return undefined;
  }
  const early = dependencies.clock() - begun < WAITS_MS.besideDeny ? await beside : undefined;
  // A read before the deny does not prove that the name is another user's: that takes a read after it.
  if (early && early.failed.length === 0 && ownerOf(early, creation.userId) === "same") {
    reconciler.add(early, aspects);
    return early;
  }
  const within = schedule(incident).inspect;
  const late = await readUserState(dependencies, creation.userName, aspects, within, WAITS_MS.knownUser);
  reconciler.add(late, aspects);
  return late;
}

/**
 * Waits until other deliveries of the event have had the time to write their claims too, and reads which
 * claim won. If there is no time or no answer, this delivery alerts.
 */
async function settleClaim(incident: Incident, reconciler: Reconciler): Promise<void> {
  const { deadline, dependencies } = incident;
  const isOurs = !isClaimedByOther(reconciler.state.tags ?? [], claimantOf(incident));
  // With little time left, reading the deny back matters more than avoiding a second alert.
  if (!reconciler.method || !isOurs || deadline.remaining() < 4 * WAITS_MS.claim) {
    return;
  }
  await dependencies.sleep(WAITS_MS.claim);
  await reconciler.read(["tags"], deadline.within(PHASES_MS.read));
}

/** If the deny could not be read back, the tags must not say that the user is quarantined. */
async function markFailure({ deadline }: Incident, reconciler: Reconciler): Promise<void> {
  if (reconciler.accepted.size > 0 && reconciler.denials.length === 0) {
    const tags = quarantineTags({ status: TAG_STATUS.failed });
    await reconciler.apply([{ kind: "tag", tags, remove: [] }], deadline);
  }
}

function concluded(incident: Incident, reconciler: Reconciler): ContainmentResult {
  const { state, denials } = reconciler;
  const [method] = denials;
  const answeredElsewhere = isClaimedByOther(state.tags ?? [], claimantOf(incident));
  const verified = method ? [`read back the ${method}`] : [];
  const report = join(reconciler.report(), {
    done: [...(answeredElsewhere ? [ALREADY_ANSWERED] : []), ...verified],
  });
  return {
    ...report,
    status: method ? "QUARANTINED" : "FAILED",
    method: reconciler.method ?? "none",
    containedAt: method ? new Date(deniedAt(incident, reconciler)).toISOString() : "",
    userState: state,
    answeredElsewhere,
  };
}

/** The line in `done` of a delivery that leaves the alert to another one. */
const ALREADY_ANSWERED = "already answered";
