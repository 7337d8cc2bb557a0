import {
  AttachRolePolicyCommand,
  CreateLoginProfileCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateServiceSpecificCredentialCommand,
  DeleteAccessKeyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  ListPolicyVersionsCommand,
  SetDefaultPolicyVersionCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME, TAG_KEYS, TAG_STATUS } from "../../functions/contract";
import type { LabClient } from "../../lab/client/lab-client";
import { ACCESS_ROLE, ADMINISTRATOR_POLICY_ARN } from "../../lab/organization/accounts";
import { AccountNames } from "../../stacks/names";
import { handOf, type Hand, type Victim } from "./victim";

/** A role that the rollout names as one that may undo a quarantine, with its path. */
export const BREAK_GLASS_ROLE = "security/QuarantineBreakGlass";

/** Who undoes a quarantine. `user` begins before the deny counts, the others once the deny and the tag do. */
export type Actor = "user" | "creator" | "forged session" | "lookalike role";

/** Somebody who undoes a quarantine again and again. */
export interface Adversary {
  readonly name: string;
  readonly actor: Actor;
  /** Time between two blows, in milliseconds. */
  readonly everyMs: number;
  /** It changes the policy that denies every user of the account. */
  readonly freesEverybody?: true;
  readonly blow: (act: Hand, victim: Victim, accountId: string, count: number) => Promise<unknown>;
}

/** Ways to undo a quarantine that are known, each as data: benches and tests run all of them. */
export const ADVERSARIES: readonly Adversary[] = [
  {
    name: "a harmless policy version",
    actor: "creator",
    everyMs: 500,
    freesEverybody: true,
    blow: (act, victim, accountId) => Promise.all([disarm(act, accountId), reactivateKeys(act, victim)]),
  },
  {
    name: "untag and detach",
    actor: "creator",
    everyMs: 2_000,
    blow: async (act, victim, accountId) => {
      const TagKeys = Object.values(TAG_KEYS);
      await act((iam) => iam.send(new UntagUserCommand({ UserName: victim.name, TagKeys })));
      await strip(act, victim, accountId);
    },
  },
  {
    name: "rename and detach",
    actor: "creator",
    everyMs: 2_000,
    blow: async (act, victim, accountId, count) => {
      const NewUserName = `${victim.names[0]}-${count}`;
      const rename = new UpdateUserCommand({ UserName: victim.name, NewUserName });
      if (await act((iam) => iam.send(rename))) {
        victim.names.push(NewUserName);
      }
      await strip(act, victim, accountId);
    },
  },
  {
    name: "new credentials",
    actor: "creator",
    everyMs: 2_000,
    blow: async (act, victim) => {
      const { name: UserName } = victim;
      const login = { UserName, Password: "Correct-horse-battery-1" };
      const service = { UserName, ServiceName: "codecommit.amazonaws.com" };
      await replaceKey(act, victim);
      await act((iam) => iam.send(new CreateLoginProfileCommand(login)));
      await act((iam) => iam.send(new CreateServiceSpecificCredentialCommand(service)));
    },
  },
  { name: "a forged release", actor: "creator", everyMs: 2_000, blow: forgeRelease },
  { name: "a forged session name", actor: "forged session", everyMs: 2_000, blow: forgeRelease },
  { name: "an exempt role's name", actor: "lookalike role", everyMs: 2_000, blow: forgeRelease },
  // What these lead to keeps the responder busy for a while after they have ended.
  {
    name: "the user strips itself",
    actor: "user",
    everyMs: 300,
    blow: (act, victim, accountId, count) =>
      Promise.all([strip(act, victim, accountId), count % 5 === 4 && replaceKey(act, victim)]),
  },
  { name: "the creator strips it", actor: "creator", everyMs: 500, blow: strip },
];

/** Blows that come faster than this, in milliseconds, keep the responder busy all the time. */
const FAST_MS = 1_000;

/** How many of the slow ones two cores can take at once: a lab that answers late is not what is measured. */
const SIDE_BY_SIDE = 3;

const SLOW = ADVERSARIES.filter(({ everyMs }) => everyMs >= FAST_MS);

/** Who fights at the same time. The fast ones fight alone, and so does whoever frees every user. */
export const GROUPS: readonly (readonly Adversary[])[] = [
  ...SLOW.flatMap((_, index) =>
    index % SIDE_BY_SIDE === 0 ? [SLOW.slice(index, index + SIDE_BY_SIDE)] : [],
  ),
  ...ADVERSARIES.filter((adversary) => !SLOW.includes(adversary)).map((adversary) => [adversary]),
];

/**
 * Everybody who undoes, in one account. Roles are made before anything is delayed, as an adversary who has
 * time would.
 */
export async function prepareActors(
  lab: LabClient,
  accountId: string,
): Promise<Record<Exclude<Actor, "user">, Hand>> {
  const creator = handOf(lab, accountId);
  const open = async (roleName: string, sessionName: string): Promise<Hand> => {
    await makeRole(creator, accountId, roleName);
    return lab.assumeRole(accountId, roleName, { sessionName }).then(
      (session) => handOf(lab, accountId, session),
      // Under the guard, or beside the true role, there is no such role: what is left is to act as oneself.
      () => creator,
    );
  };
  const exemptName = BREAK_GLASS_ROLE.slice(BREAK_GLASS_ROLE.lastIndexOf("/") + 1);
  return {
    creator,
    "forged session": await open("Helper", ACCESS_ROLE),
    "lookalike role": await open(exemptName, exemptName),
  };
}

async function makeRole(act: Hand, accountId: string, RoleName: string): Promise<void> {
  const Principal = { AWS: new AccountNames("aws", accountId).rootArn };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const role = { RoleName, AssumeRolePolicyDocument };
  if (await act((iam) => iam.send(new CreateRoleCommand(role)))) {
    const PolicyArn = ADMINISTRATOR_POLICY_ARN;
    await act((iam) => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })));
  }
}

/** Takes every deny of ours off, and sets the user's keys active again. */
export function strip(act: Hand, victim: Victim, accountId: string): Promise<unknown> {
  const { name: UserName } = victim;
  const PolicyArn = new AccountNames("aws", accountId).quarantinePolicyArn;
  return Promise.all([
    act((iam) => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }))),
    act((iam) => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME }))),
    act((iam) => iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName }))),
    reactivateKeys(act, victim),
  ]);
}

/** A user whose keys are inactive cannot act, whatever is taken off. */
function reactivateKeys(act: Hand, { name: UserName, keyIds }: Victim): Promise<unknown> {
  return Promise.all(
    keyIds.map((AccessKeyId) => {
      const key = { UserName, AccessKeyId, Status: "Active" } as const;
      return act((iam) => iam.send(new UpdateAccessKeyCommand(key)));
    }),
  );
}

/** Makes a version that denies nothing the default one: with a new version when there is none yet. */
async function disarm(act: Hand, accountId: string): Promise<void> {
  const PolicyArn = new AccountNames("aws", accountId).quarantinePolicyArn;
  const listed = await act((iam) => iam.send(new ListPolicyVersionsCommand({ PolicyArn })));
  const VersionId = listed?.Versions?.find((version) => version.VersionId !== "v1")?.VersionId;
  if (VersionId !== undefined) {
    await act((iam) => iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId })));
    return;
  }
  const Statement = [{ Effect: "Deny", Action: "ec2:RunInstances", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const version = { PolicyArn, PolicyDocument, SetAsDefault: true };
  await act((iam) => iam.send(new CreatePolicyVersionCommand(version)));
}

/** Says that people have released the user, and takes the deny off. */
async function forgeRelease(act: Hand, victim: Victim, accountId: string): Promise<void> {
  const values = {
    [TAG_KEYS.status]: TAG_STATUS.released,
    [TAG_KEYS.releasedBy]: "security",
    [TAG_KEYS.approvedBy]: "security-lead",
    [TAG_KEYS.releaseReason]: "a false alarm",
    [TAG_KEYS.releasedAt]: new Date().toISOString(),
  };
  const Tags = Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
  await act((iam) => iam.send(new TagUserCommand({ UserName: victim.name, Tags })));
  await strip(act, victim, accountId);
}

/** A user has two keys at most: the older one goes when it must. */
async function replaceKey(act: Hand, victim: Victim): Promise<void> {
  const { name: UserName, keyIds } = victim;
  if (keyIds.length > 1) {
    const [AccessKeyId = ""] = keyIds;
    if (await act((iam) => iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId })))) {
      victim.forgetKey(AccessKeyId);
    }
  }
  await victim.newKey(act);
}
