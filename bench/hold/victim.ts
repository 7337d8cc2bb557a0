import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  ListAccountAliasesCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { TAG_KEYS, TAG_STATUS } from "../../functions/contract";
import type { LabClient, SessionCredentials } from "../../lab/client/lab-client";
import { policiesOf, tagsOf } from "../../lab/client/read-user";
import { ADMINISTRATOR_POLICY_ARN } from "../../lab/organization/accounts";
import type { UserCredentials } from "../../lab/organization/seed";
import { NAMES } from "../../stacks/names";

/**
 * Makes one call, with the credentials of whoever acts.
 *
 * @returns The answer; undefined when the call was refused, which is what an adversary has to expect.
 */
export type Hand = <Answer>(call: (iam: IAMClient) => Promise<Answer>) => Promise<Answer | undefined>;

/** A user whose quarantine somebody undoes, and its keys, with which it acts for itself. */
export class Victim {
  /** Every name that the user has had. */
  readonly names: [string, ...string[]];
  private readonly keys: { readonly id: string; readonly iam: IAMClient }[] = [];

  private constructor(
    private readonly lab: LabClient,
    private readonly accountId: string,
    userName: string,
  ) {
    this.names = [userName];
  }

  /** Creates an administrator with a key, as the administrator of the account: nobody who is trusted. */
  static async create(lab: LabClient, accountId: string, UserName: string): Promise<Victim> {
    const victim = new Victim(lab, accountId, UserName);
    const iam = lab.iam(accountId);
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: ADMINISTRATOR_POLICY_ARN }));
    await victim.newKey((call) => call(iam));
    return victim;
  }

  get name(): string {
    return this.names.at(-1) ?? this.names[0];
  }

  /** Ids of the access keys that are known, oldest first. */
  get keyIds(): readonly string[] {
    return this.keys.map(({ id }) => id);
  }

  /** @returns false when the call was refused. */
  async newKey(hand: Hand): Promise<boolean> {
    const answer = await hand((iam) => iam.send(new CreateAccessKeyCommand({ UserName: this.name })));
    if (answer?.AccessKey === undefined) {
      return false;
    }
    const { AccessKeyId: id = "", SecretAccessKey: secretAccessKey = "" } = answer.AccessKey;
    this.keys.push({ id, iam: clientOf(this.lab, this.accountId, { accessKeyId: id, secretAccessKey }) });
    return true;
  }

  forgetKey(id: string): void {
    const index = this.keyIds.indexOf(id);
    this.keys.splice(index, index < 0 ? 0 : 1);
  }

  /** The user itself, with whichever of its keys counts. */
  readonly hand: Hand = async (call) => {
    for (const { iam } of this.keys.toReversed()) {
      const { answer, error } = await attempt(() => call(iam));
      if (error !== "InvalidClientTokenId") {
        return answer;
      }
    }
    return undefined;
  };

  /**
   * What a harmless call with each of its keys is answered, newest first: `allowed`, or the error's name.
   */
  answers(): Promise<string[]> {
    return Promise.all(
      this.keys.toReversed().map(async ({ iam }) => {
        const { error } = await attempt(() => iam.send(new ListAccountAliasesCommand({})));
        return error ?? "allowed";
      }),
    );
  }

  async canAct(): Promise<boolean> {
    return (await this.answers()).includes("allowed");
  }

  /** Whether a deny of the quarantine is shown on the user. */
  async isDenied(): Promise<boolean> {
    const policies = await policiesOf(this.lab.iam(this.accountId), this.name);
    return policies.includes(NAMES.quarantinePolicy);
  }

  /** Whether the tag is shown by which the guard knows the user. */
  async isTagged(): Promise<boolean> {
    const tags = await tagsOf(this.lab.iam(this.accountId), this.name);
    return tags[TAG_KEYS.status] === TAG_STATUS.quarantined;
  }
}

/** Somebody with credentials of their own, who goes on when a call is refused. */
export function handOf(
  lab: LabClient,
  accountId: string,
  credentials?: UserCredentials | SessionCredentials,
): Hand {
  const iam = credentials === undefined ? lab.iam(accountId) : clientOf(lab, accountId, credentials);
  return async (call) => (await attempt(() => call(iam))).answer;
}

function clientOf(lab: LabClient, accountId: string, credentials: UserCredentials): IAMClient {
  return lab.iam(accountId, credentials);
}

async function attempt<Answer>(
  call: () => Promise<Answer>,
): Promise<{ readonly answer?: Answer; readonly error?: string }> {
  try {
    return { answer: await call() };
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) };
  }
}
