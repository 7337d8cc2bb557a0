import { Deadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import { DRILL_FACTS, readDrillFact, SWEEP_FACTS, type DrillFact, type FactRoles } from "./drill-facts";
import type { SilenceNotice } from "./notice";
import type { Invocation } from "./notify";
import { readAuditLog, type AuditLog } from "./read-audit-log";
import { findSilence, lookTime, readSince, silenceMetrics, type SilenceLook } from "./silence";

/** Part of the remaining time that reading the audit log may take: the mail needs the rest. */
const READ_SHARE = 0.8;

export interface DrillWatchDependencies extends AuditLog, FactRoles {
  readonly clock: () => number;
  /** Prints a line to the function's log, of which CloudWatch Logs makes metrics. */
  readonly print: (line: string) => void;
}

/**
 * Finds the accounts from which no drill that passed, or no report of a sweep, has come for two periods,
 * whatever the cause. A broken account may not be able to report that, so only what arrived in the audit log
 * counts.
 */
export class DrillWatch {
  constructor(private readonly dependencies: DrillWatchDependencies) {}

  /**
   * Reads the audit log, and writes the metrics of the look.
   *
   * @returns What people are to be told; undefined when nothing is new.
   * @throws TimeUpError and what the SDK throws: then there are no metrics either, and the alarm says so
   */
  async look(look: SilenceLook, invocation: Invocation, log: Log): Promise<SilenceNotice | undefined> {
    const { clock, print, securityAccountId } = this.dependencies;
    const { everyHours, part, parts, sign } = look;
    const at = lookTime(clock());
    const facts = await this.read(at, look, invocation);
    if (facts.length === 0) {
      // Right after the first rollout, or long after the last drill of anybody: the alarm has no data then.
      log.warn(`The audit log has nothing of ${sign ?? "drill"}s: nobody is judged`, {
        at: new Date(at).toISOString(),
      });
      return undefined;
    }
    const { silent, isNews } = findSilence(facts, look, at);
    print(silenceMetrics(facts, look, at, silent.length, clock()));
    log.info("Looked for silent accounts", {
      ...{ at: new Date(at).toISOString(), accounts: look.accounts.length, part, parts },
      ...{ facts: facts.length, silent: silent.map(({ id }) => id) },
    });
    return isNews
      ? {
          ...{ kind: "silence", sender: securityAccountId, accounts: silent, everyHours, part, parts },
          ...(sign !== undefined && { sign }),
        }
      : undefined;
  }

  private async read(at: number, look: SilenceLook, invocation: Invocation): Promise<DrillFact[]> {
    const { clock } = this.dependencies;
    const deadline = new Deadline(clock, clock() + invocation.remaining()).share(READ_SHARE);
    const query = {
      startTime: readSince(at, look),
      filterPattern: look.sign === "sweep" ? SWEEP_FACTS : DRILL_FACTS,
    };
    const facts: DrillFact[] = [];
    for await (const page of readAuditLog(this.dependencies, query, deadline)) {
      facts.push(...page.flatMap((entry) => readDrillFact(entry, this.dependencies) ?? []));
    }
    return facts;
  }
}
