import type { Adversary } from "../../../bench/hold/adversaries";
import { fight, type FightOptions, type FightResult } from "../../../bench/hold/fight";
import { matchesPattern } from "../../../lab/eventbridge/pattern";
import type { Lab } from "../../../lab/lab";
import { quarantineUndone } from "../../../stacks/event-patterns";
import { AccountNames } from "../../../stacks/names";

/** As measured for IAM (OffensAI), and within CloudTrail's times. */
export const SLOW_AWS = { propagationMs: 4_000, eventDelayMs: 3_000 };

/** The event, the restoring, and the time in which IAM acts on it: with room for a busy machine. */
export const DENIED_WITHIN_MS = 30_000;

/** For how long those go on who do; the others act once, which without a hold is enough. */
const LASTS_MS: Readonly<Record<string, number>> = {
  "rename and detach": 10_000,
  "the user strips itself": 15_000,
  "the creator strips it": 30_000,
};

/** Has a user of its own quarantined, and undone by an adversary. */
export function fightAs(
  adversary: Adversary,
  options: Pick<FightOptions, "lab" | "accountId" | "actors">,
): Promise<FightResult> {
  return fight(adversary, {
    ...options,
    ...SLOW_AWS,
    userName: `hold-${adversary.name.replace(/\W+/g, "-")}`,
    lastsMs: LASTS_MS[adversary.name] ?? 0,
    watchMs: DENIED_WITHIN_MS + 2 * SLOW_AWS.propagationMs,
    probeMs: 500,
  });
}

/**
 * What CloudTrail recorded since a fight began of calls that can undo the quarantine of its user, or of all
 * users, and that were not refused: the calls' names.
 */
export function undoneIn(lab: Lab, accountId: string, { victim, beganAt }: FightResult): string[] {
  const pattern = quarantineUndone(new AccountNames("aws", accountId));
  // CloudTrail writes whole seconds.
  const since = Math.floor(beganAt / 1_000) * 1_000;
  return lab
    .events(accountId)
    .map(({ event }) => event)
    .filter((event) => Date.parse(event.time) >= since && matchesPattern(pattern, event))
    .map(({ detail }) => detail as { eventName: string; requestParameters: { userName?: string } })
    .filter(({ requestParameters: { userName } }) => victim.names.includes(userName ?? victim.name))
    .map(({ eventName }) => eventName);
}
