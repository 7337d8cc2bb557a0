import type { DrillFact } from "../../functions/security-notifier/drill-facts";
import { messageOf } from "../../functions/shared/message-of";
import type { Rollout } from "../../stacks/config/rollout";
import { openDrillLog } from "./drill-log";

/** How long to wait for the response to a drill in the audit log, and how often to look it up. */
const TIMING_MS = { wait: 90_000, pause: 5_000, look: 20_000 } as const;

/** A drill whose response should be in the audit log. */
export interface AuditedDrill {
  readonly accountId: string;
  readonly userName: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface Audited {
  /**
   * From CloudTrail's time of the creation of the drill's user to the responder's outcome in the audit log;
   * undefined if it does not arrive in time, or the audit log cannot be read.
   */
  readonly secondsTo: (drill: AuditedDrill) => Promise<number | undefined>;
  readonly close: () => void;
}

/**
 * The audit log of the security account, read with the deployment role.
 *
 * @param onUnreadable Called once with the reason if the log cannot be read. No drill depends on the log.
 * @param sleep Ends early when the signal is aborted.
 * @param signal Stops waiting.
 */
export async function openAuditLog(
  rollout: Rollout,
  onUnreadable: (why: string) => void,
  sleep: (ms: number) => Promise<unknown>,
  signal: AbortSignal,
): Promise<Audited> {
  const log = await openDrillLog(rollout, "quarantine-drill");
  let isUnreadable = false;

  const factsOf = async ({ accountId, userName, startedAt }: AuditedDrill): Promise<DrillFact[]> => {
    const query = {
      // CloudTrail's times are whole seconds.
      startTime: startedAt - 60_000,
      // IAM allows no quotes in the name.
      filterPattern: `{ ($.account = "${accountId}") && (($.detail.responsePayload.userName = "${userName}") || ($.detail.requestParameters.userName = "${userName}")) }`,
    };
    const facts = await log.factsOf(query, TIMING_MS.look);
    return facts.filter((fact) => "userName" in fact && fact.userName === userName);
  };

  return {
    close: log.close,
    secondsTo: async (drill) => {
      const isOver = () => isUnreadable || signal.aborted;
      for (let waited = 0; waited <= TIMING_MS.wait && !isOver(); waited += TIMING_MS.pause) {
        try {
          const seconds = secondsIn(await factsOf(drill), drill.accountId);
          if (seconds !== undefined) {
            return seconds;
          }
        } catch (error) {
          if (!isUnreadable) {
            onUnreadable(messageOf(error));
          }
          isUnreadable = true;
          break;
        }
        await sleep(TIMING_MS.pause);
      }
      return undefined;
    },
  };
}

function secondsIn(facts: readonly DrillFact[], accountId: string): number | undefined {
  const of = (kind: "creation" | "response") =>
    facts.flatMap((fact) => (fact.kind === kind && fact.account === accountId ? [fact.at] : []))[0];
  const created = of("creation");
  const heard = of("response");
  return created === undefined || heard === undefined ? undefined : (heard - created) / 1_000;
}
