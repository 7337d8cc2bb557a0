import { readEvent } from "../security-response/event/event";
import { sweepRequest } from "../security-response/sweep-request";
import { decide } from "../security-response/verdict/verdict";
import { errorText } from "../shared/aws-error";
import { NO_ANSWERS, readAnswers, type Answers } from "./answered";
import { ageOf, candidates, type Candidate } from "./choose";
import { USER_AGES_MS } from "./durations";
import { envelopeOf } from "./find-record";
import { sweptUser, type ListedUser } from "./list-users";
import type { SweepReport } from "./report";
import { ENOUGH_MS, type SweepContext } from "./sweep-context";

/** Asks the responder to respond to creations that it has missed, or left alone during a pause. */
export class CreationRecovery {
  recovered = 0;
  afterPause = 0;
  unknown = 0;

  constructor(private readonly context: SweepContext) {}

  /** Looks up the creations of users to which there may have been no response. */
  async recover(
    users: readonly ListedUser[],
    isPaused: boolean,
  ): Promise<Pick<SweepReport, "candidates" | "left">> {
    const { settings, dependencies, deadline, failures } = this.context;
    if (users.length === 0) {
      return { candidates: 0, left: 0 };
    }
    const answers = await this.answers();
    const all = candidates(users, answers ?? NO_ANSWERS, isPaused, settings, dependencies.clock());
    for (const [index, candidate] of all.entries()) {
      if (deadline.remaining() < ENOUGH_MS) {
        return { candidates: all.length, left: all.length - index };
      }
      try {
        await this.lookUp(candidate, answers);
      } catch (error) {
        dependencies.log.warn("The rest of the lookups is left to the next sweep", {
          error: errorText(error),
        });
        if (index === 0) {
          failures.push(`look creations up: ${errorText(error)}`);
        }
        return { candidates: all.length, left: all.length - index };
      }
    }
    return { candidates: all.length, left: 0 };
  }

  /** Undefined when the log cannot be read: then no user counts as answered, and none as recovered. */
  private async answers(): Promise<Answers | undefined> {
    const { dependencies, deadline } = this.context;
    const { logs, log, clock } = dependencies;
    try {
      return await readAnswers(logs, clock() - USER_AGES_MS.lookedUp, deadline.share(LOG_SHARE));
    } catch (error) {
      log.warn("The responder's log cannot be read", { error: errorText(error) });
      return undefined;
    }
  }

  private async lookUp({ user, answer }: Candidate, answers: Answers | undefined): Promise<void> {
    const { settings, dependencies, finder } = this.context;
    const isCounted = answers !== undefined;
    const isOld = answer === "none" && ageOf(user, dependencies.clock()) >= USER_AGES_MS.young;
    // If the log could not be read, the user may have been answered and released.
    const answered = isOld || (answers?.judged.has(user.userId) ?? true);
    const record = await finder.find(user);
    if (record) {
      const event = envelopeOf(record, settings.accountId);
      const grounds = { ...settings, now: dependencies.clock() };
      if (answer === "answered" && decide(readEvent(event), grounds).verdict.action !== "quarantine") {
        return;
      }
      const isAsked = await this.context.ask(sweepRequest({ found: "event", event, answered }));
      this.recovered += isAsked && isCounted && answer === "none" ? 1 : 0;
      this.afterPause += isAsked && answer === "paused" ? 1 : 0;
      return;
    }
    if (answer === "answered" || ageOf(user, dependencies.clock()) < USER_AGES_MS.recorded) {
      return;
    }
    const request = { user: sweptUser(user), action: settings.unknownCreator, answered };
    if (await this.context.ask(sweepRequest({ found: "unknown-creator", ...request }))) {
      this.unknown += answer === "none" ? 1 : 0;
      this.afterPause += answer === "paused" ? 1 : 0;
    }
  }
}

/** Part of the remaining time that reading the responder's log may take. */
const LOG_SHARE = 0.25;
