import * as iam from "@aws-sdk/client-iam";
import { mockClient, type AwsStub } from "aws-sdk-client-mock";
import { QUARANTINE_DOCUMENT } from "../../../functions/contract";
import { iamError, noSuchUser } from "./iam-error";

export type IamMock = AwsStub<iam.ServiceInputTypes, iam.ServiceOutputTypes, iam.IAMClientResolvedConfig>;

/** Id of the user in every event fixture. */
export const USER_ID = "AIDAJQABLZS4A3QDU576Q";

/** What the fake account holds of one user. */
export interface FakeUser {
  userId: string;
  arn: string;
  path: string;
  policies: Set<string>;
  inline: Map<string, string>;
  boundary: string | undefined;
  keys: Map<string, string>;
  hasPassword: boolean;
  tags: Map<string, string>;
  groups: string[];
  sshKeys: string[];
  serviceCredentials: string[];
  certificates: string[];
  mfaDevices: string[];
  createdAt: Date | undefined;
  /** Ids of SSH keys, service-specific credentials and certificates that were set inactive. */
  stopped: Set<string>;
}

export function fakeUser(parts: Partial<FakeUser> = {}): FakeUser {
  return {
    userId: USER_ID,
    arn: "arn:aws:iam::111122223333:user/mallory",
    path: "/",
    policies: new Set(),
    inline: new Map(),
    boundary: undefined,
    keys: new Map(),
    hasPassword: false,
    tags: new Map(),
    groups: [],
    sshKeys: [],
    serviceCredentials: [],
    certificates: [],
    mfaDevices: [],
    createdAt: undefined,
    stopped: new Set(),
    ...parts,
  };
}

/** One page per item where a listing has more than this, so that reading a first page only shows. */
const PAGE = 2;

/**
 * An IAM with the users of `users`, behind a mocked client. Single calls can be overridden on `mock`
 * afterwards.
 */
export function fakeIam(users: Map<string, FakeUser>): {
  mock: IamMock;
  client: iam.IAMClient;
  /** Tags by the name of the role that has them. */
  roleTags: Map<string, Map<string, string>>;
} {
  const client = new iam.IAMClient({ region: "us-east-1" });
  const mock: IamMock = mockClient(client);
  const user = (name: string | undefined): FakeUser => {
    const found = users.get(name ?? "");
    if (!found) {
      throw noSuchUser(name ?? "");
    }
    return found;
  };
  const answers = new Map<unknown, (input: never) => object>();
  const on: Answer = (command, answer) => answers.set(command, answer);
  fakePolicies(on, user);
  fakeQuarantinePolicy(on, users);
  fakeCredentials(on, user);
  fakeUsers(on, users, user);
  const roleTags = fakeRoleTags(on);
  // One answer for all commands: with `mock.on` for each, every call is compared with every one of them.
  mock.send.callsFake((command) => answers.get(command.constructor)?.(command.input as never) as never);
  return { mock, client, roleTags };
}

/** Sets how a command is answered. */
type Answer = <Input>(command: unknown, answer: (input: Input) => object) => void;

type Find = (name: string | undefined) => FakeUser;

function fakePolicies(on: Answer, user: Find): void {
  on(iam.AttachUserPolicyCommand, (i: iam.AttachUserPolicyCommandInput) => {
    const { policies } = user(i.UserName);
    if (policies.size >= 10 && !policies.has(i.PolicyArn ?? "")) {
      throw iamError("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10", 409);
    }
    policies.add(i.PolicyArn ?? "");
    return {};
  });
  on(iam.DetachUserPolicyCommand, (i: iam.DetachUserPolicyCommandInput) => {
    if (!user(i.UserName).policies.delete(i.PolicyArn ?? "")) {
      throw iamError("NoSuchEntity", `Policy ${i.PolicyArn} was not found.`, 404);
    }
    return {};
  });
  on(iam.ListAttachedUserPoliciesCommand, (i: iam.ListAttachedUserPoliciesCommandInput) => {
    const attached = [...user(i.UserName).policies].map((PolicyArn) => ({
      PolicyArn,
      PolicyName: PolicyArn.split("/").pop(),
    }));
    return page("AttachedPolicies", attached, i.Marker);
  });
  on(iam.PutUserPolicyCommand, (i: iam.PutUserPolicyCommandInput) => {
    user(i.UserName).inline.set(i.PolicyName ?? "", i.PolicyDocument ?? "");
    return {};
  });
  on(iam.GetUserPolicyCommand, (i: iam.GetUserPolicyCommandInput) => {
    const document = user(i.UserName).inline.get(i.PolicyName ?? "");
    if (document === undefined) {
      throw iamError("NoSuchEntity", `The user policy with name ${i.PolicyName} cannot be found.`, 404);
    }
    return { ...i, PolicyDocument: encodeURIComponent(document) };
  });
  on(iam.DeleteUserPolicyCommand, (i: iam.DeleteUserPolicyCommandInput) => {
    user(i.UserName).inline.delete(i.PolicyName ?? "");
    return {};
  });
  on(iam.ListUserPoliciesCommand, (i: iam.ListUserPoliciesCommandInput) =>
    page("PolicyNames", [...user(i.UserName).inline.keys()], i.Marker),
  );
  on(iam.PutUserPermissionsBoundaryCommand, (i: iam.PutUserPermissionsBoundaryCommandInput) => {
    user(i.UserName).boundary = i.PermissionsBoundary;
    return {};
  });
  on(iam.DeleteUserPermissionsBoundaryCommand, (i: iam.DeleteUserPermissionsBoundaryCommandInput) => {
    user(i.UserName).boundary = undefined;
    return {};
  });
}

/** The quarantine policy as the stacks deploy it. */
function fakeQuarantinePolicy(on: Answer, users: Map<string, FakeUser>): void {
  const document = encodeURIComponent(JSON.stringify(QUARANTINE_DOCUMENT));
  on(iam.GetPolicyCommand, () => ({ Policy: { DefaultVersionId: "v1" } }));
  on(iam.GetPolicyVersionCommand, () => ({ PolicyVersion: { Document: document } }));
  on(iam.ListEntitiesForPolicyCommand, (i: iam.ListEntitiesForPolicyCommandInput) => {
    const holds = ({ policies, boundary }: FakeUser): boolean =>
      policies.has(i.PolicyArn ?? "") || boundary === i.PolicyArn;
    const names = [...users].filter(([, user]) => holds(user)).map(([UserName]) => ({ UserName }));
    return page("PolicyUsers", names, i.Marker);
  });
  on(iam.ListPolicyVersionsCommand, () => ({ Versions: [{ VersionId: "v1", IsDefaultVersion: true }] }));
  on(iam.SetDefaultPolicyVersionCommand, () => ({}));
}

function fakeCredentials(on: Answer, user: Find): void {
  on(iam.CreateAccessKeyCommand, (i: iam.CreateAccessKeyCommandInput) => {
    const AccessKeyId = `AKIAIOSFODNN${user(i.UserName).keys.size}EXAMPLE`;
    user(i.UserName).keys.set(AccessKeyId, "Active");
    return { AccessKey: { AccessKeyId, SecretAccessKey: "not-to-be-seen", Status: "Active", ...i } };
  });
  on(iam.ListAccessKeysCommand, (i: iam.ListAccessKeysCommandInput) => {
    const keys = [...user(i.UserName).keys].map(([AccessKeyId, Status]) => ({ AccessKeyId, Status }));
    return page("AccessKeyMetadata", keys, i.Marker);
  });
  on(iam.UpdateAccessKeyCommand, (i: iam.UpdateAccessKeyCommandInput) => {
    user(i.UserName).keys.set(i.AccessKeyId ?? "", i.Status ?? "");
    return {};
  });
  on(iam.DeleteAccessKeyCommand, (i: iam.DeleteAccessKeyCommandInput) => {
    user(i.UserName).keys.delete(i.AccessKeyId ?? "");
    return {};
  });
  on(iam.CreateLoginProfileCommand, (i: iam.CreateLoginProfileCommandInput) => {
    user(i.UserName).hasPassword = true;
    return { LoginProfile: { UserName: i.UserName } };
  });
  const needPassword = (name: string | undefined): FakeUser => {
    const found = user(name);
    if (found.hasPassword) {
      return found;
    }
    throw iamError("NoSuchEntity", `Login Profile for User ${name} cannot be found.`, 404);
  };
  on(iam.GetLoginProfileCommand, (i: iam.GetLoginProfileCommandInput) => {
    needPassword(i.UserName);
    return { LoginProfile: { UserName: i.UserName } };
  });
  on(iam.DeleteLoginProfileCommand, (i: iam.DeleteLoginProfileCommandInput) => {
    needPassword(i.UserName).hasPassword = false;
    return {};
  });
  fakeListings(on, user);
}

function fakeListings(on: Answer, user: Find): void {
  const statusOf = (name: string | undefined, id: string) => ({
    Status: user(name).stopped.has(id) ? "Inactive" : "Active",
  });
  on(iam.ListSSHPublicKeysCommand, (i: iam.ListSSHPublicKeysCommandInput) =>
    page(
      "SSHPublicKeys",
      user(i.UserName).sshKeys.map((SSHPublicKeyId) => ({
        SSHPublicKeyId,
        ...statusOf(i.UserName, SSHPublicKeyId),
      })),
      i.Marker,
    ),
  );
  on(iam.ListServiceSpecificCredentialsCommand, (i: iam.ListServiceSpecificCredentialsCommandInput) =>
    page(
      "ServiceSpecificCredentials",
      user(i.UserName).serviceCredentials.map((ServiceName, index) => {
        const ServiceSpecificCredentialId = `ACCAEXAMPLE${index}`;
        return {
          ServiceName,
          ServiceSpecificCredentialId,
          ...statusOf(i.UserName, ServiceSpecificCredentialId),
        };
      }),
      i.Marker,
    ),
  );
  on(iam.ListSigningCertificatesCommand, (i: iam.ListSigningCertificatesCommandInput) =>
    page(
      "Certificates",
      user(i.UserName).certificates.map((CertificateId) => ({
        CertificateId,
        ...statusOf(i.UserName, CertificateId),
      })),
      i.Marker,
    ),
  );
  on(iam.UpdateSSHPublicKeyCommand, (i: iam.UpdateSSHPublicKeyCommandInput) => {
    user(i.UserName).stopped.add(i.SSHPublicKeyId ?? "");
    return {};
  });
  on(iam.UpdateServiceSpecificCredentialCommand, (i: iam.UpdateServiceSpecificCredentialCommandInput) => {
    user(i.UserName).stopped.add(i.ServiceSpecificCredentialId ?? "");
    return {};
  });
  on(iam.UpdateSigningCertificateCommand, (i: iam.UpdateSigningCertificateCommandInput) => {
    user(i.UserName).stopped.add(i.CertificateId ?? "");
    return {};
  });
  on(iam.ListMFADevicesCommand, (i: iam.ListMFADevicesCommandInput) =>
    page(
      "MFADevices",
      user(i.UserName).mfaDevices.map((SerialNumber) => ({ SerialNumber })),
      i.Marker,
    ),
  );
  on(iam.ListGroupsForUserCommand, (i: iam.ListGroupsForUserCommandInput) =>
    page(
      "Groups",
      user(i.UserName).groups.map((GroupName) => ({ GroupName })),
      i.Marker,
    ),
  );
}

function fakeUsers(on: Answer, users: Map<string, FakeUser>, user: Find): void {
  on(iam.CreateUserCommand, (i: iam.CreateUserCommandInput) => {
    const arn = `arn:aws:iam::111122223333:user${i.Path}${i.UserName}`;
    users.set(i.UserName ?? "", fakeUser({ arn, path: i.Path ?? "/" }));
    return { User: { Arn: arn, UserName: i.UserName, Path: i.Path } };
  });
  on(iam.GetUserCommand, (i: iam.GetUserCommandInput) => {
    const { arn, boundary, userId, createdAt: CreateDate } = user(i.UserName);
    const PermissionsBoundary = boundary && { PermissionsBoundaryArn: boundary };
    return { User: { Arn: arn, UserName: i.UserName, UserId: userId, CreateDate, PermissionsBoundary } };
  });
  on(iam.ListUsersCommand, (i: iam.ListUsersCommandInput) => {
    const all = [...users].map(([UserName, { path, userId, arn, createdAt }]) => ({
      UserName,
      UserId: userId,
      Path: path,
      Arn: arn,
      CreateDate: createdAt,
    }));
    return page(
      "Users",
      all.filter(({ Path }) => Path.startsWith(i.PathPrefix ?? "/")),
      i.Marker,
    );
  });
  on(
    iam.GetAccountAuthorizationDetailsCommand,
    ({ Marker, Filter = [] }: iam.GetAccountAuthorizationDetailsCommandInput) => {
      const details = Filter.includes("User") ? [...users].map(detailOf) : [];
      return page("UserDetailList", details, Marker);
    },
  );
  on(iam.DeleteUserCommand, (i: iam.DeleteUserCommandInput) => {
    const { policies, inline, keys, hasPassword } = user(i.UserName);
    if (policies.size > 0 || inline.size > 0 || keys.size > 0 || hasPassword) {
      throw iamError("DeleteConflict", "Cannot delete entity, must remove what it holds first.", 409);
    }
    users.delete(i.UserName ?? "");
    return {};
  });
  on(iam.TagUserCommand, (i: iam.TagUserCommandInput) => {
    const { tags } = user(i.UserName);
    const added = (i.Tags ?? []).filter(({ Key = "" }) => !tags.has(Key)).length;
    if (tags.size + added > 50) {
      throw iamError("LimitExceeded", "Cannot exceed quota for TagsPerUser: 50", 409);
    }
    for (const { Key = "", Value = "" } of i.Tags ?? []) {
      tags.set(Key, Value);
    }
    return {};
  });
  on(iam.UntagUserCommand, (i: iam.UntagUserCommandInput) => {
    for (const key of i.TagKeys ?? []) {
      user(i.UserName).tags.delete(key);
    }
    return {};
  });
  on(iam.ListUserTagsCommand, (i: iam.ListUserTagsCommandInput) => {
    const tags = [...user(i.UserName).tags].map(([Key, Value]) => ({ Key, Value }));
    return page("Tags", tags, i.Marker);
  });
}

function detailOf([UserName, user]: [string, FakeUser]): iam.UserDetail {
  const { userId, arn, path, policies, inline, boundary, tags, groups, createdAt } = user;
  return {
    ...{ UserName, UserId: userId, Arn: arn, Path: path, GroupList: groups, CreateDate: createdAt },
    AttachedManagedPolicies: [...policies].map((PolicyArn) => ({
      PolicyArn,
      PolicyName: PolicyArn.split("/").pop(),
    })),
    UserPolicyList: [...inline].map(([PolicyName, document]) => ({
      PolicyName,
      PolicyDocument: encodeURIComponent(document),
    })),
    PermissionsBoundary: boundary === undefined ? undefined : { PermissionsBoundaryArn: boundary },
    Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
  };
}

function fakeRoleTags(on: Answer): Map<string, Map<string, string>> {
  const roleTags = new Map<string, Map<string, string>>();
  on(iam.TagRoleCommand, ({ RoleName = "", Tags = [] }: iam.TagRoleCommandInput) => {
    const written = Tags.map(({ Key = "", Value = "" }) => [Key, Value] as const);
    roleTags.set(RoleName, new Map([...(roleTags.get(RoleName) ?? []), ...written]));
    return {};
  });
  on(iam.ListRoleTagsCommand, ({ RoleName = "", Marker }: iam.ListRoleTagsCommandInput) => {
    const tags = [...(roleTags.get(RoleName) ?? [])].map(([Key, Value]) => ({ Key, Value }));
    return page("Tags", tags, Marker);
  });
  return roleTags;
}

function page<T>(key: string, items: readonly T[], marker: string | undefined): Record<string, unknown> {
  const start = Number(marker ?? 0);
  const end = start + PAGE;
  const IsTruncated = end < items.length;
  return { [key]: items.slice(start, end), IsTruncated, ...(IsTruncated ? { Marker: String(end) } : {}) };
}
