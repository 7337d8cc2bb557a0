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

/** What has to be known before other changes than the deny. */
export const BEFORE_WRITING: readonly Aspect[] = ["tags", "identity", "accessKeys"];

/** Everything that gives a user access, and its identity. */
export const ACCESS_ASPECTS: readonly Aspect[] = [
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

/** Names of the reads, for those that fail. */
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

/** What reads a user. */
export interface UserReader extends RetryTiming {
  readonly iam: IAMClient;
}

/**
 * Reads the user of a name. Responses and commands all use this reader. All aspects are read concurrently;
 * what cannot be read is reported and left out.
 *
 * @param deadline Ends every read.
 * @param patience Milliseconds in which a name that IAM does not know is looked up again; only for the
 * identity.
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
 * Reads whether the quarantine policy still denies everything. Anyone who may set its default version can end
 * every quarantine of the account at once, and the attachments do not show it.
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

/** Later readings replace earlier ones, including failures of aspects that could be read later. */
export function merge(before: Reading, later: Reading, aspects: readonly Aspect[]): Reading {
  const isOld = ({ aspect }: Reading["failed"][number]) => aspect === undefined || !aspects.includes(aspect);
  return {
    state: { ...before.state, ...later.state },
    failed: [...before.failed.filter(isOld), ...later.failed],
  };
}

/** The SDK has no paginator for this paginated listing. */
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

/** Undefined when the user does not have what is asked for. @throws when the user itself does not exist */
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

/** An expired one can neither be used nor be set active, so it is ignored. */
function isUsable({ Status }: Listed): boolean {
  return Status !== "Expired";
}

/** What IAM lists of each kind of credential. The time of creation has one of two names. */
interface Listed {
  readonly Status?: string | undefined;
  readonly CreateDate?: Date | undefined;
  readonly UploadDate?: Date | undefined;
}

function ids<T>(items: readonly T[], id: (item: T) => string | undefined): string[] {
  return items.map((item) => id(item) ?? "unknown");
}
