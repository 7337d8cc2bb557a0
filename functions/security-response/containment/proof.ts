import { climb, type Climb } from "./climb";
import type { Incident, StepFailure, StepReport } from "./incident";
import { readBack } from "./read-back";
import { rungsBelow, rungsOfOwnContent, type Rung } from "./rungs";
import { correctTags, denialFacts } from "./tags";
import type { UserState } from "./user-state";

/** Whether the deny was read back, and by which rung in the end. */
export interface Proof extends StepReport {
  /** Undefined when no deny could be shown to be in place. */
  readonly rung: Rung | undefined;
  /** Milliseconds since the epoch at which that rung was applied. */
  readonly at: number;
}

/** Milliseconds a lower rung waits for a user that IAM has known before. */
const PATIENCE = 2_000;

/**
 * Reads the deny back. One that IAM accepted but does not list, or will not show, sends the response down to
 * the next rung.
 * @param ladder all rungs
 * @param tampered the quarantine policy denies nothing, so that only a deny of our own wording does
 */
export async function prove(
  incident: Incident,
  first: Climb,
  ladder: readonly Rung[],
  userState: UserState,
  tampered: boolean,
): Promise<Proof> {
  const done: string[] = [];
  const failed: StepFailure[] = [];
  const open = tampered ? rungsOfOwnContent(ladder) : ladder;
  const goOn = (rungs: readonly Rung[]) => climbOn(incident, rungs, done, failed);
  let climbed = first.rung && !open.includes(first.rung) ? await goOn(open) : first;
  for (let rung = climbed.rung; rung; rung = climbed.rung) {
    const problem = await problemOf(incident, rung, userState);
    if (!problem) {
      done.push(`read back the ${rung.method}`);
      return { done, failed, rung, at: climbed.at };
    }
    failed.push(problem);
    if (problem.missingUser) {
      break;
    }
    climbed = await goOn(rungsBelow(open, rung));
  }
  return { done, failed, rung: undefined, at: 0 };
}

/** What keeps a rung from being proved; undefined when it is. */
async function problemOf(
  incident: Incident,
  rung: Rung,
  userState: UserState,
): Promise<StepFailure | undefined> {
  if (isShown(rung, userState, incident.settings.policyArn)) {
    return undefined;
  }
  const answer = await readBack(incident, rung);
  if (answer.state === "in-place") {
    return undefined;
  }
  if (answer.state === "unknown") {
    return answer.failure;
  }
  return { step: "read back", error: `NotListed: IAM accepted the ${rung.method} but does not list it` };
}

async function climbOn(
  incident: Incident,
  ladder: readonly Rung[],
  done: string[],
  failed: StepFailure[],
): Promise<Climb> {
  const next = await climb(incident, ladder, PATIENCE);
  failed.push(...next.failed);
  if (!next.rung) {
    return next;
  }
  done.push(...next.done);
  const tagged = await correctTags(incident, denialFacts(next, next.rung));
  failed.push(...tagged.failed);
  return next;
}

/**
 * Whether the inventory already shows the deny. It shows an inline policy by name only, which proves nothing.
 */
function isShown(rung: Rung, userState: UserState, policyArn: string): boolean {
  if (rung.method === "inline-policy") {
    return false;
  }
  if (rung.method === "permissions-boundary") {
    return userState.boundary === policyArn;
  }
  return userState.attachedPolicies?.some(({ arn }) => arn === policyArn) ?? false;
}
