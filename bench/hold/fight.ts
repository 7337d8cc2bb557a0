import { setTimeout as sleep } from "node:timers/promises";
import type { LabClient } from "../../lab/client/lab-client";
import { waitFor } from "../../lab/shared/wait-for";
import type { Actor, Adversary } from "./adversaries";
import { Victim, type Hand } from "./victim";

/** Time until a new user is denied on a busy machine, in milliseconds. */
const QUARANTINE_MS = 60_000;

/** Time between two looks at whether the watch may end, in milliseconds. */
const PAUSE_MS = 200;

export interface FightOptions {
  readonly lab: LabClient;
  readonly accountId: string;
  readonly userName: string;
  readonly actors: Readonly<Record<Exclude<Actor, "user">, Hand>>;
  /** How long the adversary goes on, in milliseconds; it acts once at least. */
  readonly lastsMs: number;
  /** How long IAM takes to act on a change, in milliseconds. */
  readonly propagationMs: number;
  /** How long an event takes to arrive, in milliseconds. */
  readonly eventDelayMs: number;
  /** For how long after the adversary's end the user is watched at most, in milliseconds. */
  readonly watchMs: number;
  /** Time between two looks at whether the user can act, in milliseconds. */
  readonly probeMs: number;
}

/** How the undoing of one user's quarantine went. Times are in milliseconds. */
export interface FightResult {
  readonly victim: Victim;
  /** When the adversary began, in milliseconds since the epoch. */
  readonly beganAt: number;
  /** How long the user could act after the first deny began to count. */
  readonly couldActMs: number;
  /** When it could act last, after the adversary's end; 0 when it could not any more. */
  readonly actedAfterEndMs: number;
  /** Whether it could act when the watch ended. */
  readonly isFree: boolean;
}

/** Has a new user quarantined, lets the adversary undo it, and watches when the user can act meanwhile. */
export async function fight(adversary: Adversary, options: FightOptions): Promise<FightResult> {
  const { lab, accountId, userName, propagationMs, actors, lastsMs, probeMs } = options;
  const victim = await Victim.create(lab, accountId, userName);
  await quarantined(userName, () => victim.isDenied());
  const countsAt = Date.now() + propagationMs;
  const probe = new Probe(victim, countsAt);
  const probing = probe.run(probeMs);
  try {
    const act = adversary.actor === "user" ? victim.hand : actors[adversary.actor];
    if (adversary.actor !== "user") {
      await quarantined(userName, () => victim.isTagged());
      await sleep(propagationMs);
    }
    const beganAt = Date.now();
    const until = beganAt + lastsMs;
    let count = 0;
    do {
      const next = sleep(adversary.everyMs);
      await adversary.blow(act, victim, accountId, count++);
      await next;
    } while (Date.now() < until);
    const endedAt = Date.now();
    await watch(probe, endedAt, options);
    probe.stop();
    await probing;
    const { couldActMs, lastActed, isFree } = probe;
    return { victim, beganAt, couldActMs, actedAfterEndMs: Math.max(0, lastActed - endedAt), isFree };
  } finally {
    probe.stop();
  }
}

/** @throws Error when it does not come to be in time. */
async function quarantined(userName: string, is: () => Promise<boolean>): Promise<void> {
  if ((await waitFor(async () => (await is()) || undefined, QUARANTINE_MS)) === undefined) {
    throw new Error(`${userName} was not quarantined within ${QUARANTINE_MS} ms`);
  }
}

/**
 * Waits until the user has not acted for longer than IAM takes to act on a change. The last blow counts that
 * late too, and what puts it right later still.
 */
async function watch(
  probe: Probe,
  endedAt: number,
  { propagationMs, eventDelayMs, watchMs }: FightOptions,
): Promise<void> {
  const quietMs = 2 * propagationMs;
  await sleep(eventDelayMs + quietMs);
  while (Date.now() - probe.lastActed < quietMs && Date.now() - endedAt < watchMs) {
    await sleep(PAUSE_MS);
  }
}

/** Calls as the user, again and again. */
class Probe {
  couldActMs = 0;
  lastActed = 0;
  isFree = false;
  private isStopped = false;

  constructor(
    private readonly victim: Victim,
    /** Since when the deny counts, in milliseconds since the epoch. */
    private readonly countsAt: number,
  ) {}

  async run(everyMs: number): Promise<void> {
    let before = Date.now();
    while (!this.isStopped) {
      const next = sleep(everyMs);
      const askedAt = Date.now();
      this.isFree = await this.victim.canAct();
      await next;
      const now = Date.now();
      // What was asked before the deny counted may be answered after that.
      if (this.isFree && askedAt >= this.countsAt) {
        this.couldActMs += now - Math.max(before, this.countsAt);
        this.lastActed = now;
      }
      before = now;
    }
  }

  stop(): void {
    this.isStopped = true;
  }
}
