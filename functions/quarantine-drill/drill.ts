import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  paginateListRoleTags,
  TagRoleCommand,
  type User,
} from "@aws-sdk/client-iam";
import { DRILL_NAME, DRILL_PATH, type DrillAudience, type DrillOutcome } from "../contract";
import { accountOf } from "../security-response/alert/summary";
import { errorText } from "../shared/aws-error";
import { collectPages } from "../shared/collect-pages";
import { announcementTag, readAnnouncement } from "../shared/drill-announcement";
import { retryOn } from "../shared/iam-errors";
import { listUsers, removeUser, removeUsers } from "../shared/remove-users";
import type { Removable } from "../shared/strip-user";
import { listing, plain } from "../shared/text";
import type { Dependencies, UserKey } from "./dependencies";
import { DRILL_MS, WAITS_MS } from "./durations";
import type { DrillSettings } from "./settings";
import { untilContained, untilDenied } from "./verify-deny";

/** A user that is older than this is of a drill that has ended, whatever ended it. */
const RUN_MS = Object.values(DRILL_MS).reduce((sum, ms) => sum + ms, 0);

const MAX_ITEMS = 60;

/**
 * Tests the response: announces a user, creates it with a key, waits until it is denied, and removes it
 * whatever happens. That the response did not work is an outcome and no error. While another drill may run,
 * it does nothing: the role announces one user at a time, and the other's creation would be a real alert.
 */
export async function drill(
  audience: DrillAudience,
  settings: DrillSettings,
  dependencies: Dependencies,
): Promise<DrillOutcome> {
  return new Drill(audience, settings, dependencies).run();
}

class Drill {
  private readonly startedAt: number;
  private readonly failed: { step: string; error: string }[] = [];
  private readonly userName: string;
  private readonly removable: Removable;

  constructor(
    private readonly audience: DrillAudience,
    private readonly settings: DrillSettings,
    private readonly dependencies: Dependencies,
  ) {
    this.startedAt = dependencies.clock();
    this.userName = `drill-${dependencies.nonce()}`;
    this.removable = { quarantinePolicyArn: settings.policyArn };
  }

  async run(): Promise<DrillOutcome> {
    const running = await this.try("look for another drill", () => this.findRunning());
    if (running !== undefined) {
      return this.outcome({ userName: "", leftOvers: [], running });
    }
    const leftOvers = await this.removeLeftOvers();
    const announced = await this.try("announce the user", () => this.announce());
    const { userName } = this;
    // Its creation would be a real alert.
    if (announced !== userName) {
      return this.outcome({ userName: "", leftOvers, running: announced });
    }
    const isCreated = await this.try("create the user", async () => {
      await this.dependencies.iam.send(new CreateUserCommand({ UserName: userName, Path: DRILL_PATH }));
      return true;
    });
    // Also without an answer: IAM may have created it all the same.
    const seconds = isCreated ? await this.verifyResponse() : {};
    await this.try("remove the user", () => removeUser(userName, this.removable, this.dependencies));
    return this.outcome({ userName: isCreated ? userName : "", leftOvers, ...seconds });
  }

  /** The user of another drill that may be running. */
  private async findRunning(): Promise<string | undefined> {
    const users = await listUsers(DRILL_PATH, this.dependencies);
    return users.find((user) => !this.isOld(user))?.UserName;
  }

  private isOld({ CreateDate }: Pick<User, "CreateDate">): boolean {
    return CreateDate !== undefined && this.startedAt - CreateDate.getTime() > RUN_MS;
  }

  /** What the time-out of an earlier drill, or IAM's refusal, left behind. */
  private async removeLeftOvers(): Promise<readonly string[]> {
    const { dependencies, removable } = this;
    const found = await this.try("look for users of earlier drills", () =>
      removeUsers(DRILL_PATH, removable, dependencies, (user) => this.isOld(user)),
    );
    for (const { userName, error } of found?.failed ?? []) {
      this.failed.push({ step: `remove ${userName}, which an earlier drill left behind`, error });
    }
    return found?.removed ?? [];
  }

  /**
   * Says on the drill's own role whom it is about to create, and waits until IAM shows it.
   * @returns who is announced after that: another user, if another drill has announced it meanwhile
   */
  private async announce(): Promise<string> {
    const { dependencies, userName, audience } = this;
    const { iam, clock, sleep } = dependencies;
    const before = await this.announcedUser();
    await iam.send(
      new TagRoleCommand({ RoleName: DRILL_NAME, Tags: [announcementTag({ userName, audience })] }),
    );
    const end = clock() + WAITS_MS.announcement;
    for (;;) {
      if ((await this.announcedUser()) === userName) {
        await sleep(WAITS_MS.spreading);
        break;
      }
      if (clock() > end) {
        throw new Error(`IAM does not show the announcement after ${WAITS_MS.announcement / 1_000} s`);
      }
      await sleep(WAITS_MS.betweenChecks);
    }
    const announced = await this.announcedUser();
    // IAM may still show somewhere what was announced before.
    return announced === undefined || announced === before ? userName : announced;
  }

  private async announcedUser(): Promise<string | undefined> {
    const pages = paginateListRoleTags({ client: this.dependencies.iam }, { RoleName: DRILL_NAME });
    return readAnnouncement(await collectPages(pages, ({ Tags }) => Tags))?.userName;
  }

  /** Waits for the response, side by side as IAM shows it and as the user meets it. */
  private async verifyResponse(): Promise<Seconds> {
    const { dependencies, userName, settings } = this;
    const { clock, sleep } = dependencies;
    const createdAt = clock();
    const left = dependencies.remaining() - DRILL_MS.hold - DRILL_MS.cleanUp;
    const end = createdAt + Math.max(0, Math.min(DRILL_MS.response, left));
    const key = await this.try("create the access key", () => this.createKey());
    const user = {
      userName,
      policyArn: settings.policyArn,
      accessKeyId: key?.accessKeyId,
      callAsUser: async () => key && dependencies.callWith(key),
    };
    const [containedAt, deniedAt] = await Promise.all([
      untilContained(user, dependencies, end),
      untilDenied(user, dependencies, end),
    ]);
    const waited = Math.round((clock() - createdAt) / 1_000);
    if (containedAt === undefined) {
      this.failed.push({ step: "contain the user", error: `IAM shows no deny after ${waited} s` });
    } else {
      // The hold would put the deny back if it were taken off while it still reads.
      await sleep(Math.max(0, containedAt + DRILL_MS.hold - clock()));
    }
    if (deniedAt === undefined && key !== undefined) {
      const error = `no call with its key was refused for the quarantine after ${waited} s`;
      this.failed.push({ step: "deny the user", error });
    }
    return {
      secondsToContained: secondsBetween(createdAt, containedAt),
      secondsToDenied: secondsBetween(createdAt, deniedAt),
    };
  }

  /** Right after CreateUser, IAM may not know the user yet. */
  private async createKey(): Promise<UserKey> {
    const create = () => this.dependencies.iam.send(new CreateAccessKeyCommand({ UserName: this.userName }));
    const { AccessKey } = await retryOn(["NoSuchEntity"], create, this.dependencies);
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new Error("IAM sent no access key");
    }
    return { accessKeyId, secretAccessKey };
  }

  /** What fails becomes part of the outcome. */
  private async try<T>(step: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      this.dependencies.log.warn(`Could not ${step}`, { error: errorText(error) });
      this.failed.push({ step, error: errorText(error) });
      return undefined;
    }
  }

  private outcome({
    userName,
    leftOvers,
    secondsToContained = null,
    secondsToDenied = null,
    running,
  }: Partial<Seconds> & Ended): DrillOutcome {
    const { settings, audience, failed } = this;
    const hasPassed = secondsToContained !== null && secondsToDenied !== null;
    const where = `in account ${accountOf(settings)}`;
    const status = hasPassed ? "PASSED" : running === undefined ? "FAILED" : "SKIPPED";
    const summary = {
      PASSED: `The drill ${where} passed: ${userName} was contained after ${secondsToContained} s, and refused after ${secondsToDenied} s.`,
      SKIPPED: `The drill ${where} was SKIPPED: another drill may be running, with the user ${running}.`,
      FAILED: `The drill ${where} FAILED: ${listing(failed.map(({ step, error }) => `could not ${step} (${error})`))}.`,
    }[status];
    return {
      schemaVersion: "1",
      kind: "drill",
      status,
      summary: plain(summary, 1_000),
      accountId: settings.accountId,
      accountName: plain(settings.accountName, 100),
      version: settings.version,
      userName,
      startedAt: new Date(this.startedAt).toISOString(),
      secondsToContained,
      secondsToDenied,
      // Whoever runs drills in a loop does not flood anybody with mails.
      alerted: status === "FAILED" || (status === "PASSED" && audience === "people"),
      failed: failed
        .slice(0, MAX_ITEMS)
        .map(({ step, error }) => ({ step: plain(step, 200), error: plain(error, 400) })),
      leftOvers: leftOvers.slice(0, MAX_ITEMS),
    };
  }
}

interface Ended {
  /** Empty when none was created. */
  readonly userName: string;
  readonly leftOvers: readonly string[];
  /** The user of another drill that may be running. */
  readonly running?: string | undefined;
}

type Seconds = Pick<DrillOutcome, "secondsToContained" | "secondsToDenied">;

function secondsBetween(from: number, to: number | undefined): number | null {
  return to === undefined ? null : (to - from) / 1_000;
}
