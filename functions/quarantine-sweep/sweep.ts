import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { GetPolicyCommand, type IAMClient } from "@aws-sdk/client-iam";
import { TAG_KEYS } from "../contract";
import { gapOf, NOTHING_TRIED } from "../security-response/containment/gap";
import { readQuarantinePolicy, readUserState } from "../security-response/containment/read-user-state";
import { tagValue } from "../security-response/containment/tags";
import type { Aspect } from "../security-response/containment/user-state";
import { readEvent } from "../security-response/event/event";
import type { Tampering } from "../security-response/event/tampering";
import { sweepRequest, type SweepRequest } from "../security-response/sweep-request";
import { decide } from "../security-response/verdict/verdict";
import { errorText } from "../shared/aws-error";
import { Deadline, type CallOptions } from "../shared/deadline";
import type { JsonObject } from "../shared/json";
import type { Log } from "../shared/log";
import { describePause, pauseAt, type Pause } from "../shared/pause";
import type { RetryTiming } from "../shared/retry";
import { runConcurrently } from "../shared/run-concurrently";
import { NO_ANSWERS, readAnswers, type Answers } from "./answered";
import { ageOf, candidates, standing, undenied, type Candidate } from "./choose";
import { SWEEP_MS, USER_AGES_MS } from "./durations";
import { SweepError } from "./errors";
import { envelopeOf, RecordFinder } from "./find-record";
import { listUsers, type ListedUser } from "./list-users";
import type { SweepSettings } from "./settings";

/** Everything impure that the sweep uses. */
export interface Dependencies extends RetryTiming {
  readonly iam: IAMClient;
  readonly cloudTrail: CloudTrailClient;
  readonly logs: CloudWatchLogsClient;
  /** Invokes the responder, asynchronously. */
  readonly ask: (request: SweepRequest) => Promise<void>;
  /** Reads the pause that the responder's own environment states. @throws what Lambda answers */
  readonly pause: (options: CallOptions) => Promise<Pause | undefined>;
  readonly log: Log;
}

/** What one sweep found and did, in numbers. */
export interface SweepReport {
  /** Users that were created after the quarantine policy. */
  readonly users: number;
  /** Users to whose creation there may have been no response. */
  readonly candidates: number;
  /** Creations that CloudTrail has a record of, but that no event reported. */
  readonly recovered: number;
  /** Users that were left alone during a pause, and that the responder was asked about after its end. */
  readonly afterPause: number;
  /** Users whose creation is not in CloudTrail. */
  readonly unknown: number;
  /**
   * Users with a gap in their quarantine, or with a release that has ended; a changed quarantine policy
   * counts too.
   */
  readonly gaps: number;
  /** Candidates that are left to the next sweep. */
  readonly left: number;
  /** What failed, for people. */
  readonly failures: readonly string[];
}

/**
 * Looks for what no event reported: users to whose creation there was no response, and quarantines with a
 * gap. It changes no user itself: the responder decides and acts. It stores nothing: what one sweep has no
 * time for, the next one finds again.
 *
 * @param remaining Milliseconds until Lambda ends the function.
 * @throws SweepError when the quarantine policy is gone, and what IAM answers when it does not list users
 */
export async function sweep(
  settings: SweepSettings,
  dependencies: Dependencies,
  remaining: () => number,
): Promise<SweepReport> {
  const { clock } = dependencies;
  const deadline = new Deadline(clock, clock() + remaining() - SWEEP_MS.reserve);
  return new Sweep(settings, dependencies, deadline).run();
}

class Sweep {
  private readonly failures: string[] = [];
  private readonly finder: RecordFinder;
  private lookedUp = 0;
  private recovered = 0;
  private afterPause = 0;
  private unknown = 0;
  private gaps = 0;

  constructor(
    private readonly settings: SweepSettings,
    private readonly tools: Dependencies,
    private readonly deadline: Deadline,
  ) {
    this.finder = new RecordFinder(tools.cloudTrail, tools, deadline);
  }

  async run(): Promise<SweepReport> {
    const { settings, tools, deadline } = this;
    const users = await listUsers(tools.iam, await this.deployedAt(), deadline);
    const isEnforced = settings.mode === "enforce";
    const now = tools.clock();
    const isPaused = isEnforced && (await this.isPaused());
    const standings = isEnforced
      ? users.map((user) => ({ user, is: standing(user, isPaused, settings, now) }))
      : [];
    const open = standings.filter(({ is }) => is === "gap").map(({ user }) => user);
    if (isEnforced) {
      await this.checkPolicy();
      await this.closeGaps(open);
    }
    // The responder is not asked twice about a user with a gap.
    const others = users.filter((user) => !open.includes(user));
    const { candidates: found, left } = await this.recover(undenied(others, settings, now), isPaused);
    await this.checkCredentials(standings.filter(({ is }) => is === "denied").map(({ user }) => user));
    const { recovered, afterPause, unknown, gaps, failures } = this;
    return { users: users.length, candidates: found, recovered, afterPause, unknown, gaps, left, failures };
  }

  /** If it cannot be read, that does no harm: the responder itself denies no new user during a pause. */
  private async isPaused(): Promise<boolean> {
    const { tools, deadline } = this;
    try {
      const read = await deadline.within(SWEEP_MS.pause).run((options) => tools.pause(options));
      const pause = pauseAt(read, tools.clock());
      if (pause !== undefined) {
        tools.log.warn(`The quarantine is ${describePause(pause)}`);
      }
      return pause !== undefined;
    } catch (error) {
      tools.log.warn("Whether the quarantine is paused is not known", { error: errorText(error) });
      return false;
    }
  }

  /**
   * When the account was deployed for the first time: the creation time of the quarantine policy, which
   * nobody can change. Without the policy there is no quarantine, and the sweep fails.
   */
  private async deployedAt(): Promise<number> {
    const command = new GetPolicyCommand({ PolicyArn: this.settings.policyArn });
    const { Policy } = await this.deadline.run((options) => this.tools.iam.send(command, options));
    if (Policy?.CreateDate === undefined) {
      throw new SweepError(`IAM states no time of the creation of ${this.settings.policyArn}`);
    }
    return Policy.CreateDate.getTime();
  }

  private async checkPolicy(): Promise<void> {
    const { state } = await readQuarantinePolicy(this.tools.iam, this.settings.policyArn, this.deadline);
    if (state.policyDenies === false && (await this.ask(sweepRequest({ found: "policy" })))) {
      this.gaps++;
    }
  }

  private async closeGaps(users: readonly ListedUser[]): Promise<void> {
    for (const user of users) {
      const event = await this.undoing(user);
      if (await this.ask(sweepRequest({ found: "gap", user: sweptUser(user), event }))) {
        this.gaps++;
      }
    }
  }

  /**
   * CloudTrail's record of the call that may have undone a user's quarantine, for the alert; only for a few
   * users.
   */
  private async undoing(user: ListedUser): Promise<JsonObject | undefined> {
    const { settings, tools } = this;
    if (this.lookedUp >= NAMED || this.deadline.remaining() < ENOUGH_MS) {
      return undefined;
    }
    this.lookedUp++;
    const now = tools.clock();
    const quarantined = Date.parse(tagValue(user.state.tags ?? [], TAG_KEYS.time));
    const since = new Date(quarantined <= now ? quarantined : now - USER_AGES_MS.young);
    try {
      const record = await this.finder.findUndoing(user, since, (each) => this.tamperingOf(each, user));
      return record && envelopeOf(record, settings.accountId);
    } catch (error) {
      tools.log.warn("Who undid a quarantine is not known", { error: errorText(error) });
      // The next lookup would fail as well.
      this.lookedUp = NAMED;
      return undefined;
    }
  }

  /** What a record says about the quarantine of a user; also undefined for a record that cannot be read. */
  private tamperingOf(record: JsonObject, { userName }: ListedUser): Tampering | undefined {
    const { settings, tools } = this;
    try {
      const event = readEvent(envelopeOf(record, settings.accountId));
      const { tampering } = decide(event, { ...settings, now: tools.clock() });
      return tampering?.userName === userName ? tampering : undefined;
    } catch {
      return undefined;
    }
  }

  /** Looks up the creations of users to which there may have been no response. */
  private async recover(
    users: readonly ListedUser[],
    isPaused: boolean,
  ): Promise<Pick<SweepReport, "candidates" | "left">> {
    const { settings, tools } = this;
    if (users.length === 0) {
      return { candidates: 0, left: 0 };
    }
    const answers = await this.answers();
    const all = candidates(users, answers ?? NO_ANSWERS, isPaused, settings, tools.clock());
    for (const [index, candidate] of all.entries()) {
      if (this.deadline.remaining() < ENOUGH_MS) {
        return { candidates: all.length, left: all.length - index };
      }
      try {
        await this.look(candidate, answers);
      } catch (error) {
        tools.log.warn("The rest of the lookups is left to the next sweep", { error: errorText(error) });
        if (index === 0) {
          this.failures.push(`look creations up: ${errorText(error)}`);
        }
        return { candidates: all.length, left: all.length - index };
      }
    }
    return { candidates: all.length, left: 0 };
  }

  /** Undefined when the log cannot be read: then no user counts as answered, and none as recovered. */
  private async answers(): Promise<Answers | undefined> {
    const { logs, log, clock } = this.tools;
    try {
      return await readAnswers(logs, clock() - USER_AGES_MS.paused, this.deadline.share(LOG_SHARE));
    } catch (error) {
      log.warn("The responder's log cannot be read", { error: errorText(error) });
      return undefined;
    }
  }

  private async look({ user, answer }: Candidate, answers: Answers | undefined): Promise<void> {
    const { settings, tools } = this;
    const isCounted = answers !== undefined;
    // If the log could not be read, the user may have been answered and released.
    const answered = answers?.judged.has(user.userId) ?? true;
    const record = await this.finder.find(user);
    if (record) {
      const event = envelopeOf(record, settings.accountId);
      const grounds = { ...settings, now: tools.clock() };
      if (answer === "answered" && decide(readEvent(event), grounds).verdict.action !== "quarantine") {
        return;
      }
      const isAsked = await this.ask(sweepRequest({ found: "event", event, answered }));
      this.recovered += isAsked && isCounted && answer === "none" ? 1 : 0;
      this.afterPause += isAsked && answer === "paused" ? 1 : 0;
      return;
    }
    if (answer === "answered" || ageOf(user, tools.clock()) < USER_AGES_MS.recorded) {
      return;
    }
    const request = { user: sweptUser(user), action: settings.unknownCreator, answered };
    if (await this.ask(sweepRequest({ found: "unknown-creator", ...request }))) {
      this.unknown += answer === "none" ? 1 : 0;
      this.afterPause += answer === "paused" ? 1 : 0;
    }
  }

  /**
   * Checks the credentials of denied users, which the listing does not show: as many users as there is time
   * for.
   */
  private async checkCredentials(users: readonly ListedUser[]): Promise<void> {
    const { settings, tools, deadline } = this;
    const aspects: readonly Aspect[] = [
      ...(settings.deactivateAccessKeys ? KEYS : []),
      ...(settings.deleteLoginProfile ? (["consolePassword"] as const) : []),
    ];
    if (aspects.length === 0) {
      return;
    }
    // Starts with another user each time, so that no user is always the last.
    const first = Math.floor(tools.random() * users.length);
    const inTurn = [...users.slice(first), ...users.slice(0, first)];
    const open: ListedUser[] = [];
    await runConcurrently(inTurn, USERS_AT_ONCE, async (user) => {
      if (deadline.remaining() < ENOUGH_MS) {
        return;
      }
      const { state, failed } = await readUserState(tools, user.userName, aspects, deadline);
      for (const { step, error, missingUser } of failed) {
        if (!missingUser) {
          tools.log.warn(`Could not ${step}`, { user: user.userName, error });
        }
      }
      const steps = gapOf({ ...user.state, ...state }, wanted(settings), NOTHING_TRIED, tools.clock());
      // A password that could not be read is not a gap.
      if (steps.some(({ kind }) => kind !== "delete-password" || state.consolePassword === true)) {
        open.push(user);
      }
    });
    await this.closeGaps(open);
  }

  /** @returns whether the responder was asked */
  private async ask(request: SweepRequest): Promise<boolean> {
    try {
      await this.tools.ask(request);
      return true;
    } catch (error) {
      this.failures.push(`invoke the responder: ${errorText(error)}`);
      return false;
    }
  }
}

/** With less time than this, in milliseconds, no further work is started. */
const ENOUGH_MS = 5_000;

/**
 * Number of gaps whose caller is looked up. Further gaps are closed without it, since each lookup takes time.
 */
const NAMED = 20;

/** Part of the remaining time that reading the responder's log may take. */
const LOG_SHARE = 0.25;

/** Number of users whose credentials are read concurrently: few, since the responder shares IAM's rate. */
const USERS_AT_ONCE = 2;

const KEYS: readonly Aspect[] = ["accessKeys", "sshPublicKeys", "serviceCredentials", "signingCertificates"];

function wanted({ policyArn, deactivateAccessKeys, deleteLoginProfile }: SweepSettings) {
  return { policyArn, byEveryMethod: false, deactivateAccessKeys, deleteLoginProfile };
}

function sweptUser({ userName, userId, arn, createdAt }: ListedUser) {
  return { userName, userId, arn, createdAt };
}
