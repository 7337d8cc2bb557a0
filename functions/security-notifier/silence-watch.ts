import { Deadline } from "../shared/deadline";
import { stringAt } from "../shared/json";
import type { Log } from "../shared/log";
import type { Invocation } from "./channel";
import { DRILL_FACTS, readDrillFact, SWEEP_FACTS, type DrillFact, type FactRoles } from "./drill-facts";
import type { SilenceNotice } from "./notice";
import { readAuditLog, type AuditLog, type AuditQuery } from "./read-audit-log";
import { findSilence, checkTime, readSince, silenceMetrics, type SilenceCheck } from "./silence";

/** Part of the remaining time that reading the audit log may take: the mail needs the rest. */
const READ_SHARE = 0.8;

/**
 * Characters of one account's events of which a check reads no more: honest ones have some 50,000 in three
 * periods, and an account that sends a thousand outcomes of 256 KB would make the check of all others fail.
 */
const MAX_CHARACTERS = 8_000_000;

/** Accounts that a filter pattern of CloudWatch Logs, of at most 1,024 characters, can leave out. */
const MAX_LEFT_OUT = 15;

export interface SilenceWatchDependencies extends AuditLog, FactRoles {
  readonly clock: () => number;
  /** Prints a line to the function's log, of which CloudWatch Logs makes metrics. */
  readonly print: (line: string) => void;
}

/**
 * Finds the accounts from which no drill that passed, or no report of a sweep, has come for two periods,
 * whatever the cause. A broken account may not be able to report that, so only what arrived in the audit log
 * counts.
 */
export class SilenceWatch {
  constructor(private readonly dependencies: SilenceWatchDependencies) {}

  /**
   * Reads the audit log, and writes the metrics of the check.
   *
   * @returns What people are to be told; undefined when nothing is new.
   * @throws TimeUpError and what the SDK throws: then there are no metrics either, and the alarm says so
   */
  async check(request: SilenceCheck, invocation: Invocation, log: Log): Promise<SilenceNotice | undefined> {
    const { clock, print, securityAccountId } = this.dependencies;
    const { everyHours, part, parts, sign } = request;
    const at = checkTime(clock());
    const { facts, flooding } = await this.read(at, request, invocation);
    if (flooding.length > 0) {
      log.warn("Accounts send more than is read of one: they are left out", { flooding });
    }
    if (facts.length + flooding.length === 0) {
      // Right after the first rollout, or long after the last drill of anybody: the alarm has no data then.
      log.warn(`The audit log has nothing of ${sign ?? "drill"}s: nobody is judged`, {
        at: new Date(at).toISOString(),
      });
      return undefined;
    }
    const { silent, isNews } = findSilence(facts, request, at, flooding);
    print(silenceMetrics(facts, request, at, silent.length, clock()));
    log.info("Looked for silent accounts", {
      ...{ at: new Date(at).toISOString(), accounts: request.accounts.length, part, parts },
      ...{ facts: facts.length, silent: silent.map(({ id }) => id) },
    });
    return isNews
      ? {
          ...{ kind: "silence", sender: securityAccountId, accounts: silent, everyHours, part, parts },
          ...(sign !== undefined && { sign }),
        }
      : undefined;
  }

  private async read(at: number, request: SilenceCheck, invocation: Invocation): Promise<Heard> {
    const { clock } = this.dependencies;
    const deadline = new Deadline(clock, clock() + invocation.remaining()).share(READ_SHARE);
    const flooding: string[] = [];
    for (;;) {
      const query = {
        startTime: readSince(at, request),
        filterPattern: without(flooding, request.sign === "sweep" ? SWEEP_FACTS : DRILL_FACTS),
      };
      const { facts, flood } = await this.readAll(query, deadline);
      if (flood === undefined || flooding.length === MAX_LEFT_OUT) {
        return { facts, flooding };
      }
      flooding.push(flood);
    }
  }

  /** Ends at the first account that sends too much. */
  private async readAll(
    query: AuditQuery,
    deadline: Deadline,
  ): Promise<{ readonly facts: readonly DrillFact[]; readonly flood?: string }> {
    const facts: DrillFact[] = [];
    const sent = new Map<string, number>();
    for await (const page of readAuditLog(this.dependencies, query, deadline)) {
      for (const entry of page) {
        const account = stringAt(entry.event, "account") ?? "";
        const characters = (sent.get(account) ?? 0) + entry.characters;
        sent.set(account, characters);
        if (characters > MAX_CHARACTERS) {
          return { facts, flood: account };
        }
        facts.push(...[readDrillFact(entry, this.dependencies) ?? []].flat());
      }
    }
    return { facts };
  }
}

/** What a check has read. */
interface Heard {
  readonly facts: readonly DrillFact[];
  /** Ids of accounts that are left out of it. */
  readonly flooding: readonly string[];
}

/** A filter pattern of the audit log that leaves accounts out. */
function without(accounts: readonly string[], pattern: string): string {
  const others = accounts.map((id) => `($.account != "${id}") && `).join("");
  return accounts.length === 0 ? pattern : `{ ${others}(${pattern.slice(2, -2)}) }`;
}
