import { TAG_KEYS } from "../contract";
import { gapOf, NOTHING_TRIED } from "../security-response/containment/gap";
import { readQuarantinePolicy, readUserState } from "../security-response/containment/read-user-state";
import { tagValue } from "../security-response/containment/tags";
import type { Aspect } from "../security-response/containment/user-state";
import { readEvent } from "../security-response/event/event";
import type { Tampering } from "../security-response/event/tampering";
import { sweepRequest } from "../security-response/sweep-request";
import { decide } from "../security-response/verdict/verdict";
import { errorText } from "../shared/aws-error";
import type { JsonObject } from "../shared/json";
import { runConcurrently } from "../shared/run-concurrently";
import { USER_AGES_MS } from "./durations";
import { envelopeOf } from "./find-record";
import { sweptUser, type ListedUser } from "./list-users";
import type { SweepSettings } from "./settings";
import { ENOUGH_MS, type SweepContext } from "./sweep-context";

/** Asks the responder to close the gaps in quarantines. */
export class GapCloser {
  /** Gaps that the responder was asked to close. */
  gaps = 0;
  private lookedUp = 0;

  constructor(private readonly context: SweepContext) {}

  async checkPolicy(): Promise<void> {
    const { settings, dependencies, deadline } = this.context;
    const { state } = await readQuarantinePolicy(dependencies.iam, settings.policyArn, deadline);
    if (state.policyDenies === false && (await this.context.ask(sweepRequest({ found: "policy" })))) {
      this.gaps++;
    }
  }

  async closeGaps(users: readonly ListedUser[]): Promise<void> {
    for (const user of users) {
      const event = await this.undoing(user);
      if (await this.context.ask(sweepRequest({ found: "gap", user: sweptUser(user), event }))) {
        this.gaps++;
      }
    }
  }

  /**
   * CloudTrail's record of the call that may have undone a user's quarantine, for the alert; only for a few
   * users.
   */
  private async undoing(user: ListedUser): Promise<JsonObject | undefined> {
    const { settings, dependencies, deadline, finder } = this.context;
    if (this.lookedUp >= NAMED || deadline.remaining() < ENOUGH_MS) {
      return undefined;
    }
    this.lookedUp++;
    const now = dependencies.clock();
    const quarantined = Date.parse(tagValue(user.state.tags ?? [], TAG_KEYS.time));
    const since = new Date(quarantined <= now ? quarantined : now - USER_AGES_MS.young);
    try {
      const record = await finder.findUndoing(user, since, (each) => this.tamperingOf(each, user));
      return record && envelopeOf(record, settings.accountId);
    } catch (error) {
      dependencies.log.warn("Who undid a quarantine is not known", { error: errorText(error) });
      // The next lookup would fail as well.
      this.lookedUp = NAMED;
      return undefined;
    }
  }

  /** What a record says about the quarantine of a user; also undefined for a record that cannot be read. */
  private tamperingOf(record: JsonObject, { userName }: ListedUser): Tampering | undefined {
    const { settings, dependencies } = this.context;
    try {
      const event = readEvent(envelopeOf(record, settings.accountId));
      const { tampering } = decide(event, { ...settings, now: dependencies.clock() });
      return tampering?.userName === userName ? tampering : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Checks the credentials of denied users, which the listing does not show: as many users as there is time
   * for.
   */
  async checkCredentials(users: readonly ListedUser[]): Promise<void> {
    const { settings, dependencies, deadline } = this.context;
    const aspects: readonly Aspect[] = [
      ...(settings.deactivateAccessKeys ? KEYS : []),
      ...(settings.deleteLoginProfile ? (["consolePassword"] as const) : []),
    ];
    if (aspects.length === 0) {
      return;
    }
    // Starts with another user each time, so that no user is always the last.
    const first = Math.floor(dependencies.random() * users.length);
    const inTurn = [...users.slice(first), ...users.slice(0, first)];
    const open: ListedUser[] = [];
    await runConcurrently(inTurn, USERS_AT_ONCE, async (user) => {
      if (deadline.remaining() < ENOUGH_MS) {
        return;
      }
      const { state, failed } = await readUserState(dependencies, user.userName, aspects, deadline);
      for (const { step, error, missingUser } of failed) {
        if (!missingUser) {
          dependencies.log.warn(`Could not ${step}`, { user: user.userName, error });
        }
      }
      const steps = gapOf({ ...user.state, ...state }, wanted(settings), NOTHING_TRIED, dependencies.clock());
      // A password that could not be read is not a gap.
      if (steps.some(({ kind }) => kind !== "delete-password" || state.consolePassword === true)) {
        open.push(user);
      }
    });
    await this.closeGaps(open);
  }
}

/**
 * Number of gaps whose caller is looked up. Further gaps are closed without it, since each lookup takes time.
 */
const NAMED = 20;

/** Number of users whose credentials are read concurrently: few, since the responder shares IAM's rate. */
const USERS_AT_ONCE = 2;

const KEYS: readonly Aspect[] = ["accessKeys", "sshPublicKeys", "serviceCredentials", "signingCertificates"];

function wanted({ policyArn, deactivateAccessKeys, deleteLoginProfile }: SweepSettings) {
  return { policyArn, byEveryMethod: false, deactivateAccessKeys, deleteLoginProfile };
}
