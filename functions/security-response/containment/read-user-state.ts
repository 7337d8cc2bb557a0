import {
  GetLoginProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListServiceSpecificCredentialsCommand,
  paginateListAccessKeys,
  paginateListAttachedUserPolicies,
  paginateListGroupsForUser,
  paginateListMFADevices,
  paginateListSigningCertificates,
  paginateListSSHPublicKeys,
  paginateListUserPolicies,
  paginateListUserTags,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME, TAMPERED_STEP } from "../../contract";
import { collectPages } from "../../shared/collect-pages";
import type { CallOptions, Deadline } from "../../shared/deadline";
import { retry, type RetryTiming } from "../../shared/retry";
import { isDenyAll } from "./deny-document";
import { isMissingUser, isNoSuchEntity } from "./iam-error";
import { failure } from "./incident";
import { HELD_LABELS, type Aspect, type Credential, type Reading, type UserState } from "./user-state";

/** What has to be known before anything but the deny is written. */
export const BEFORE_WRITING: readonly Aspect[] = ["tags", "identity", "accessKeys"];

/** Everything a user may act with, and who it is. */
export const HOLDINGS: readonly Aspect[] = [
  "identity",
  "accessKeys",
  "consolePassword",
  "sshPublicKeys",
  "serviceCredentials",
  "signingCertificates",
  "mfaDevices",
  "groups",
  "attachedPolicies",
  "inlinePolicies",
];

/** Names of the steps that read, for those that fail. */
const LABELS: Readonly<Record<Aspect, string>> = {
  ...HELD_LABELS,
  identity: "the user id",
  tags: "tags",
  inlineDeny: "the inline deny",
};

type Read = (iam: IAMClient, UserName: string, options: CallOptions) => Promise<UserState>;

const READS: Readonly<Record<Aspect, Read>> = {
  identity: async (iam, UserName, o) => {
    const { User } = await iam.send(new GetUserCommand({ UserName }), o);
    if (User?.UserId === undefined) {
      throw new Error("IAM sent no id of the user");
    }
    return {
      id: User.UserId,
      ...(User.Arn !== undefined && { arn: User.Arn }),
      ...(User.CreateDate && { createdAt: User.CreateDate.toISOString() }),
      boundary: User.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
      ...(User.PasswordLastUsed && { passwordLastUsed: User.PasswordLastUsed.toISOString() }),
    };
  },
  tags: async (client, UserName, o) => ({
    tags: await collectPages(paginateListUserTags({ client }, { UserName }, o), (p) => p.Tags),
  }),
  accessKeys: async (client, UserName, o) => {
    const keys = await collectPages(
      paginateListAccessKeys({ client }, { UserName }, o),
      (p) => p.AccessKeyMetadata,
    );
    return {
      accessKeys: keys.map((key) => credential(key.AccessKeyId, key)),
    };
  },
  consolePassword: async (iam, UserName, o) => {
    const found = await unlessMissing(() => iam.send(new GetLoginProfileCommand({ UserName }), o));
    const at = found?.LoginProfile?.CreateDate;
    return {
      consolePassword: found !== undefined,
      ...(at && { passwordCreatedAt: at.toISOString() }),
    };
  },
  sshPublicKeys: async (client, UserName, o) => {
    const keys = await collectPages(
      paginateListSSHPublicKeys({ client }, { UserName }, o),
      (p) => p.SSHPublicKeys,
    );
    return { sshPublicKeys: keys.filter(isUsable).map((key) => credential(key.SSHPublicKeyId, key)) };
  },
  serviceCredentials: readServiceCredentials,
  signingCertificates: async (client, UserName, o) => {
    const all = await collectPages(
      paginateListSigningCertificates({ client }, { UserName }, o),
      (p) => p.Certificates,
    );
    return { signingCertificates: all.filter(isUsable).map((each) => credential(each.CertificateId, each)) };
  },
  mfaDevices: async (client, UserName, o) => {
    const all = await collectPages(paginateListMFADevices({ client }, { UserName }, o), (p) => p.MFADevices);
    return { mfaDevices: ids(all, (device) => device.SerialNumber) };
  },
  groups: async (client, UserName, o) => {
    const all = await collectPages(paginateListGroupsForUser({ client }, { UserName }, o), (p) => p.Groups);
    return { groups: ids(all, (group) => group.GroupName) };
  },
  attachedPolicies: async (client, UserName, o) => {
    const all = await collectPages(
      paginateListAttachedUserPolicies({ client }, { UserName }, o),
      (p) => p.AttachedPolicies,
    );
    return {
      attachedPolicies: all.map(({ PolicyName: name = "unknown", PolicyArn: arn = "" }) => ({ name, arn })),
    };
  },
  inlinePolicies: async (client, UserName, o) => ({
    inlinePolicies: await collectPages(
      paginateListUserPolicies({ client }, { UserName }, o),
      (p) => p.PolicyNames,
    ),
  }),
  inlineDeny: async (iam, UserName, o) => {
    const get = new GetUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME });
    const found = await unlessMissing(() => iam.send(get, o));
    return { inlineDeny: found?.PolicyDocument !== undefined && isDenyAll(found.PolicyDocument) };
  },
};

/** What a user is, and how it is read. */
export interface UserReader extends RetryTiming {
  readonly iam: IAMClient;
}

/**
 * Reads the user of a name: the one reader of IAM users, for responses and for the command line. All aspects
 * are read side by side; what cannot be read is reported and left out.
 *
 * @param deadline Ends every read.
 * @param patience Milliseconds in which IAM may come to know the name; only its identity is asked for again.
 */
export async function readUserState(
  reader: UserReader,
  userName: string,
  aspects: readonly Aspect[],
  deadline: Deadline,
  patience = 0,
): Promise<Reading> {
  const failed: Reading["failed"][number][] = [];
  const parts = await Promise.all(
    aspects.map(async (aspect): Promise<UserState> => {
      const isPatient = aspect === "identity" && patience > 0;
      const within = isPatient ? deadline.within(patience) : deadline;
      const read = () => within.run((options) => READS[aspect](reader.iam, userName, options));
      try {
        return isPatient
          ? await retry(read, { when: isMissingUser, budget: within.remaining() }, reader)
          : await read();
      } catch (error) {
        failed.push({ ...failure(`read ${LABELS[aspect]}`, error), aspect });
        return {};
      }
    }),
  );
  return { state: Object.assign({}, ...parts) as UserState, failed };
}

/**
 * Reads whether the quarantine policy still denies everything. Anyone who may set its default version disarms
 * every quarantine of the account at once, and no attachment shows it.
 */
export async function readQuarantinePolicy(
  iam: IAMClient,
  PolicyArn: string,
  deadline: Deadline,
): Promise<Reading> {
  try {
    return await deadline.run(async (options) => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }), options);
      const VersionId = Policy?.DefaultVersionId;
      if (!VersionId) {
        throw new Error(`IAM named no default version of ${PolicyArn}`);
      }
      const get = new GetPolicyVersionCommand({ PolicyArn, VersionId });
      const { PolicyVersion } = await iam.send(get, options);
      if (PolicyVersion?.Document === undefined) {
        throw new Error(`IAM sent no document of ${PolicyArn}`);
      }
      if (isDenyAll(PolicyVersion.Document)) {
        return { state: { policyDenies: true }, failed: [] };
      }
      const error = `Tampered: version ${VersionId} of ${PolicyArn} is not the document that denies everything`;
      return { state: { policyDenies: false }, failed: [{ step: TAMPERED_STEP, error }] };
    });
  } catch (error) {
    return { state: {}, failed: [failure("quarantine policy could not be checked", error)] };
  }
}

/** What was read later takes the place of what was read before; what could be read at last has not failed. */
export function merge(before: Reading, later: Reading, aspects: readonly Aspect[]): Reading {
  const isOld = ({ aspect }: Reading["failed"][number]) => aspect === undefined || !aspects.includes(aspect);
  return {
    state: { ...before.state, ...later.state },
    failed: [...before.failed.filter(isOld), ...later.failed],
  };
}

/** The SDK has no paginator for this listing, though it is paginated. */
async function readServiceCredentials(
  iam: IAMClient,
  UserName: string,
  options: CallOptions,
): Promise<UserState> {
  const serviceCredentials: NonNullable<UserState["serviceCredentials"]>[number][] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.send(new ListServiceSpecificCredentialsCommand({ UserName, Marker }), options);
    serviceCredentials.push(
      ...(page.ServiceSpecificCredentials ?? []).filter(isUsable).map((c) => ({
        ...credential(c.ServiceSpecificCredentialId, c),
        name: `${c.ServiceName ?? "unknown service"} ${c.ServiceUserName ?? ""}`.trim(),
      })),
    );
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker);
  return { serviceCredentials };
}

/** Undefined when the user has no such thing; a user that is not there is an error. */
async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error)) {
      return undefined;
    }
    throw error;
  }
}

function credential(id = "unknown", { Status, CreateDate, UploadDate }: Listed): Credential {
  const at = CreateDate ?? UploadDate;
  return { id, active: Status !== "Inactive", ...(at && { createdAt: at.toISOString() }) };
}

/** One that has expired can neither be used nor be set active: as good as none. */
function isUsable({ Status }: Listed): boolean {
  return Status !== "Expired";
}

/** What IAM lists of each kind of credential, under one of two names for when it was made. */
interface Listed {
  readonly Status?: string | undefined;
  readonly CreateDate?: Date | undefined;
  readonly UploadDate?: Date | undefined;
}

function ids<T>(items: readonly T[], id: (item: T) => string | undefined): string[] {
  return items.map((item) => id(item) ?? "unknown");
}
