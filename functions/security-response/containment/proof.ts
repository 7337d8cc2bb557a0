import { climb, readBack, type Climb } from "./containment";
import type { Holdings } from "./holdings";
import type { Incident, StepFailure, StepReport } from "./incident";
import type { Rung } from "./rungs";
import { writeTags } from "./tags";

/** Whether the deny was read back, and by which rung in the end. */
export interface Proof extends StepReport {
  /** Undefined when no deny could be shown to be in place. */
  readonly rung: Rung | undefined;
  /** Milliseconds since the epoch at which that rung was applied. */
  readonly at: number;
  readonly vanished: boolean;
}

/** Reads the deny back. One that IAM accepted but does not list sends the response down to the next rung. */
export async function prove(incident: Incident, first: Climb, holdings: Holdings): Promise<Proof> {
  const done: string[] = [];
  const failed: StepFailure[] = [];
  let climbed = first;
  for (let rung = climbed.rung; rung; rung = climbed.rung) {
    const shown = isShown(rung, holdings, incident.settings.policyArn);
    const answer = shown ? IN_PLACE : await readBack(incident, rung);
    if (answer.state === "in-place") {
      done.push(`read back the ${rung.method}`);
      return { done, failed, rung, at: climbed.at, vanished: false };
    }
    if (answer.state === "vanished") return { done, failed, rung: undefined, at: 0, vanished: true };
    if (answer.state === "unknown") {
      failed.push(answer.failure);
      break;
    }
    failed.push({
      step: "read back",
      error: `NotListed: IAM accepted the ${rung.method} but does not list it`,
    });
    climbed = await goOn(incident, rung, done, failed);
  }
  return { done, failed, rung: undefined, at: 0, vanished: climbed.vanished };
}

const IN_PLACE = { state: "in-place" } as const;

async function goOn(incident: Incident, rung: Rung, done: string[], failed: StepFailure[]): Promise<Climb> {
  const next = await climb(incident, rung);
  failed.push(...next.failed);
  if (!next.rung) return next;
  done.push(next.rung.deed);
  const tagged = await writeTags(incident, [], next.rung.method, new Date(next.at).toISOString());
  failed.push(...tagged.failed);
  return next;
}

/** Whether the inventory already shows the deny. It shows an inline policy by name only, which proves nothing. */
function isShown(rung: Rung, holdings: Holdings, policyArn: string): boolean {
  if (rung.method === "inline-policy") return false;
  if (rung.method === "permissions-boundary") return holdings.boundary === policyArn;
  return holdings.attachedPolicies?.some(({ arn }) => arn === policyArn) ?? false;
}
