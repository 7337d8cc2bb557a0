import { untouched, type ContainmentResult, type Undoing } from "./containment-result";
import { AGES_MS, HOLD_MS, PHASES_MS } from "./durations";
import { locate, ownerOf } from "./find-user";
import { renamed } from "./follow-renames";
import { takesCredential } from "./gap";
import { join, type Incident, type Report } from "./incident";
import { reconcilerOf } from "./quarantine";
import { ACCESS_ASPECTS } from "./read-user-state";
import type { Reconciler } from "./reconcile";
import { isReleased } from "./tags";
import type { Aspect } from "./user-state";

/** What an attacker may remove or create. */
const HOLD_ASPECTS: readonly Aspect[] = ["identity", "tags", "attachedPolicies", "inlineDeny", "accessKeys"];

/**
 * Reads a quarantined user again until the quarantine has been in place for longer than IAM takes to apply
 * it: until then, the user's old permissions may still let it remove the deny. A removed deny is restored,
 * from then on by every deny method at once and as fast as IAM answers. A deny that was off for a moment
 * leaves a gap of the same length when IAM applies it, so the faster the reads are, the shorter are the gaps
 * that an attacker can use. Credentials that were created after the response are set inactive, as the
 * response did with the others: access keys at each read, all other kinds at the last one.
 *
 * @param since When the user was quarantined, in milliseconds since the epoch.
 * @param isFight Whether somebody has removed a deny before.
 */
export async function hold(incident: Incident, since: number, isFight: boolean): Promise<ContainmentResult> {
  const watch = new Watch(incident, since, isFight);
  for (;;) {
    await incident.dependencies.sleep(watch.untilNextCheck());
    const result = await watch.check();
    if (result) {
      return result;
    }
  }
}

class Watch {
  private readonly begun: number;
  private reconciler: Reconciler;
  private checks = 0;
  private restores = 0;
  /** Since when every read has found the user denied, in milliseconds since the epoch. */
  private stands: number;
  private restoredAt: number;
  private trail: Report = join();
  private hasTakenCredential = false;
  /**
   * Whether the user was renamed during the hold: somebody who renames it may be about to remove the deny.
   */
  private isRenamed = false;

  constructor(
    private incident: Incident,
    private readonly since: number,
    private readonly isFight: boolean,
  ) {
    this.begun = this.now();
    this.stands = this.begun;
    this.restoredAt = since;
    this.reconciler = this.reconcilerOf(incident);
  }

  /**
   * Milliseconds to the next read. Without a fight there are few reads, since they share IAM's rate with
   * other responses; in a fight they follow each other as fast as possible.
   */
  untilNextCheck(): number {
    const next = this.isByEveryMethod || this.isRenamed ? undefined : HOLD_MS.checksAt[this.checks];
    if (next === undefined) {
      const stood = this.now() - this.stands;
      return HOLD_MS.betweenContestedChecks * (1 + stood / HOLD_MS.slowsDownEvery);
    }
    return Math.max(HOLD_MS.betweenContestedChecks, next - (this.now() - this.begun));
  }

  /** Reads once, and restores what is missing; undefined when the hold goes on. */
  async check(): Promise<ContainmentResult | undefined> {
    this.checks++;
    const { reconciler, incident } = this;
    const shown = await reconciler.read(HOLD_ASPECTS, incident.deadline.within(PHASES_MS.read));
    // Only this read counts: at earlier reads the user had the name.
    const owner = ownerOf(shown, incident.creation.userId);
    if (owner === "other" || owner === "missing") {
      return this.follow();
    }
    if (this.now() - this.since > AGES_MS.fresh && isReleased(reconciler.state.tags ?? [], this.now())) {
      return untouched({ ...this.report(), status: "IGNORED", ignored: RELEASED });
    }
    if (reconciler.denials.length === 0) {
      // A method that was refused a moment ago may be the only one that works now.
      reconciler.forgetRefusals();
    }
    const isMissing = reconciler.gap().some(({ kind }) => kind === "deny");
    // If IAM does not answer a read, the deny is put again, but that does not count as a fight.
    const isUndone = isMissing && reconciler.unreadable.size === 0;
    if (isUndone) {
      this.restores++;
      this.restoredAt = this.now();
    }
    // If IAM does not know the name, the user was probably renamed: do not wait here, but read again.
    await reconciler.apply(reconciler.gap(), incident.deadline, { patience: 0 });
    if (isMissing || reconciler.denials.length === 0) {
      this.stands = this.now();
    }
    const isStanding = this.now() - this.stands >= HOLD_MS.stands;
    return isStanding || this.now() - this.begun >= HOLD_MS.watch ? this.conclude(isStanding) : undefined;
  }

  /** Follows a user who no longer has the name. */
  private async follow(): Promise<ContainmentResult | undefined> {
    const place = await locate(this.incident);
    if (place.state === "found") {
      // Failures under the old name do not concern the user.
      const { done } = this.reconciler.report();
      this.trail = join(this.trail, { done }, renamed(this.incident, place.incident));
      this.hasTakenCredential ||= this.reconciler.hasTakenCredential;
      this.isRenamed = true;
      this.incident = place.incident;
      this.reconciler = this.reconcilerOf(place.incident);
      this.stands = this.now();
      return undefined;
    }
    if (place.state === "gone") {
      // The alert about its creation was sent, and the user does not exist any more.
      return untouched({ ...this.report(), status: "IGNORED", ignored: GONE });
    }
    const failed = place.state === "unknown" ? [place.failure] : [];
    return untouched({ ...join(this.report(), { failed }), status: "FAILED" });
  }

  private async conclude(isStanding: boolean): Promise<ContainmentResult> {
    const { reconciler, incident, restores } = this;
    await reconciler.read(ACCESS_ASPECTS, incident.deadline.within(PHASES_MS.read));
    await reconciler.close(incident.deadline.within(PHASES_MS.close), takesCredential);
    const { denials, state } = reconciler;
    const { userName, userArn } = incident.creation;
    const isHeld = denials.length > 0;
    const done = restores > 0 ? [`put the deny back ${restores} times`] : [];
    const failed = isHeld && isStanding ? [] : [{ step: "hold", error: STILL_FOUGHT }];
    const isLate = restores === 0 && (this.hasTakenCredential || reconciler.hasTakenCredential);
    return {
      ...join(this.report(), { done, failed }),
      status: isHeld ? (restores > 0 || isLate ? "RESTORED" : "HELD") : "FAILED",
      method: denials[0] ?? "none",
      containedAt: isHeld ? new Date(this.restoredAt).toISOString() : "",
      userState: state,
      user: { userName, userArn },
      ...(isLate && { undoing: LATE_CREDENTIAL }),
    };
  }

  private report(): Report {
    return join(this.trail, this.reconciler.report());
  }

  private reconcilerOf(incident: Incident): Reconciler {
    return reconcilerOf(incident, () => ({
      byEveryMethod: this.isByEveryMethod,
      since: this.restoredAt,
      keepsClaim: true,
    }));
  }

  private get isByEveryMethod(): boolean {
    return this.isFight || this.restores > 0;
  }

  private now(): number {
    return this.incident.dependencies.clock();
  }
}

const LATE_CREDENTIAL: Undoing = { found: "late-credential", isUndone: false };
const GONE = { rule: "gone", reason: "the user has been deleted since it was quarantined" };
const RELEASED = { rule: "released", reason: "the user has been released since it was quarantined" };
const STILL_FOUGHT =
  "Fought: the deny was taken off again until the time was up. Only the guard, or ending the sessions of those who do it, helps.";
