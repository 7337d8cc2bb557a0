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
export function fakeIam(users: Map<string, FakeUser>): { mock: IamMock; client: iam.IAMClient } {
  const client = new iam.IAMClient({ region: "us-east-1" });
  const mock: IamMock = mockClient(client);
  const user = (name: string | undefined): FakeUser => {
    const found = users.get(name ?? "");
    if (!found) {
      throw noSuchUser(name ?? "");
    }
    return found;
  };
  fakePolicies(mock, user);
  fakeQuarantinePolicy(mock, users);
  fakeCredentials(mock, user);
  fakeUsers(mock, users, user);
  return { mock, client };
}

type Find = (name: string | undefined) => FakeUser;

function fakePolicies(mock: IamMock, user: Find): void {
  mock.on(iam.AttachUserPolicyCommand).callsFake((i: iam.AttachUserPolicyCommandInput) => {
    const { policies } = user(i.UserName);
    if (policies.size >= 10 && !policies.has(i.PolicyArn ?? "")) {
      throw iamError("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10", 409);
    }
    policies.add(i.PolicyArn ?? "");
    return {};
  });
  mock.on(iam.DetachUserPolicyCommand).callsFake((i: iam.DetachUserPolicyCommandInput) => {
    if (!user(i.UserName).policies.delete(i.PolicyArn ?? "")) {
      throw iamError("NoSuchEntity", `Policy ${i.PolicyArn} was not found.`, 404);
    }
    return {};
  });
  mock.on(iam.ListAttachedUserPoliciesCommand).callsFake((i: iam.ListAttachedUserPoliciesCommandInput) => {
    const attached = [...user(i.UserName).policies].map((PolicyArn) => ({
      PolicyArn,
      PolicyName: PolicyArn.split("/").pop(),
    }));
    return page("AttachedPolicies", attached, i.Marker);
  });
  mock.on(iam.PutUserPolicyCommand).callsFake((i: iam.PutUserPolicyCommandInput) => {
    user(i.UserName).inline.set(i.PolicyName ?? "", i.PolicyDocument ?? "");
    return {};
  });
  mock.on(iam.GetUserPolicyCommand).callsFake((i: iam.GetUserPolicyCommandInput) => {
    const document = user(i.UserName).inline.get(i.PolicyName ?? "");
    if (document === undefined) {
      throw iamError("NoSuchEntity", `The user policy with name ${i.PolicyName} cannot be found.`, 404);
    }
    return { ...i, PolicyDocument: encodeURIComponent(document) };
  });
  mock.on(iam.DeleteUserPolicyCommand).callsFake((i: iam.DeleteUserPolicyCommandInput) => {
    user(i.UserName).inline.delete(i.PolicyName ?? "");
    return {};
  });
  mock
    .on(iam.ListUserPoliciesCommand)
    .callsFake((i: iam.ListUserPoliciesCommandInput) =>
      page("PolicyNames", [...user(i.UserName).inline.keys()], i.Marker),
    );
  mock
    .on(iam.PutUserPermissionsBoundaryCommand)
    .callsFake((i: iam.PutUserPermissionsBoundaryCommandInput) => {
      user(i.UserName).boundary = i.PermissionsBoundary;
      return {};
    });
  mock
    .on(iam.DeleteUserPermissionsBoundaryCommand)
    .callsFake((i: iam.DeleteUserPermissionsBoundaryCommandInput) => {
      user(i.UserName).boundary = undefined;
      return {};
    });
}

/** The quarantine policy as the stacks deploy it. */
function fakeQuarantinePolicy(mock: IamMock, users: Map<string, FakeUser>): void {
  const document = encodeURIComponent(JSON.stringify(QUARANTINE_DOCUMENT));
  mock.on(iam.GetPolicyCommand).resolves({ Policy: { DefaultVersionId: "v1" } });
  mock.on(iam.GetPolicyVersionCommand).resolves({ PolicyVersion: { Document: document } });
  mock.on(iam.ListEntitiesForPolicyCommand).callsFake((i: iam.ListEntitiesForPolicyCommandInput) => {
    const holds = ({ policies, boundary }: FakeUser): boolean =>
      policies.has(i.PolicyArn ?? "") || boundary === i.PolicyArn;
    const names = [...users].filter(([, user]) => holds(user)).map(([UserName]) => ({ UserName }));
    return page("PolicyUsers", names, i.Marker);
  });
  mock
    .on(iam.ListPolicyVersionsCommand)
    .resolves({ Versions: [{ VersionId: "v1", IsDefaultVersion: true }] });
  mock.on(iam.SetDefaultPolicyVersionCommand).resolves({});
}

function fakeCredentials(mock: IamMock, user: Find): void {
  mock.on(iam.CreateAccessKeyCommand).callsFake((i: iam.CreateAccessKeyCommandInput) => {
    const AccessKeyId = `AKIAIOSFODNN${user(i.UserName).keys.size}EXAMPLE`;
    user(i.UserName).keys.set(AccessKeyId, "Active");
    return { AccessKey: { AccessKeyId, SecretAccessKey: "not-to-be-seen", Status: "Active", ...i } };
  });
  mock.on(iam.ListAccessKeysCommand).callsFake((i: iam.ListAccessKeysCommandInput) => {
    const keys = [...user(i.UserName).keys].map(([AccessKeyId, Status]) => ({ AccessKeyId, Status }));
    return page("AccessKeyMetadata", keys, i.Marker);
  });
  mock.on(iam.UpdateAccessKeyCommand).callsFake((i: iam.UpdateAccessKeyCommandInput) => {
    user(i.UserName).keys.set(i.AccessKeyId ?? "", i.Status ?? "");
    return {};
  });
  mock.on(iam.DeleteAccessKeyCommand).callsFake((i: iam.DeleteAccessKeyCommandInput) => {
    user(i.UserName).keys.delete(i.AccessKeyId ?? "");
    return {};
  });
  mock.on(iam.CreateLoginProfileCommand).callsFake((i: iam.CreateLoginProfileCommandInput) => {
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
  mock.on(iam.GetLoginProfileCommand).callsFake((i: iam.GetLoginProfileCommandInput) => {
    needPassword(i.UserName);
    return { LoginProfile: { UserName: i.UserName } };
  });
  mock.on(iam.DeleteLoginProfileCommand).callsFake((i: iam.DeleteLoginProfileCommandInput) => {
    needPassword(i.UserName).hasPassword = false;
    return {};
  });
  fakeListings(mock, user);
}

function fakeListings(mock: IamMock, user: Find): void {
  const statusOf = (name: string | undefined, id: string) => ({
    Status: user(name).stopped.has(id) ? "Inactive" : "Active",
  });
  mock.on(iam.ListSSHPublicKeysCommand).callsFake((i: iam.ListSSHPublicKeysCommandInput) =>
    page(
      "SSHPublicKeys",
      user(i.UserName).sshKeys.map((SSHPublicKeyId) => ({
        SSHPublicKeyId,
        ...statusOf(i.UserName, SSHPublicKeyId),
      })),
      i.Marker,
    ),
  );
  mock
    .on(iam.ListServiceSpecificCredentialsCommand)
    .callsFake((i: iam.ListServiceSpecificCredentialsCommandInput) =>
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
  mock.on(iam.ListSigningCertificatesCommand).callsFake((i: iam.ListSigningCertificatesCommandInput) =>
    page(
      "Certificates",
      user(i.UserName).certificates.map((CertificateId) => ({
        CertificateId,
        ...statusOf(i.UserName, CertificateId),
      })),
      i.Marker,
    ),
  );
  mock.on(iam.UpdateSSHPublicKeyCommand).callsFake((i: iam.UpdateSSHPublicKeyCommandInput) => {
    user(i.UserName).stopped.add(i.SSHPublicKeyId ?? "");
    return {};
  });
  mock
    .on(iam.UpdateServiceSpecificCredentialCommand)
    .callsFake((i: iam.UpdateServiceSpecificCredentialCommandInput) => {
      user(i.UserName).stopped.add(i.ServiceSpecificCredentialId ?? "");
      return {};
    });
  mock.on(iam.UpdateSigningCertificateCommand).callsFake((i: iam.UpdateSigningCertificateCommandInput) => {
    user(i.UserName).stopped.add(i.CertificateId ?? "");
    return {};
  });
  mock.on(iam.ListMFADevicesCommand).callsFake((i: iam.ListMFADevicesCommandInput) =>
    page(
      "MFADevices",
      user(i.UserName).mfaDevices.map((SerialNumber) => ({ SerialNumber })),
      i.Marker,
    ),
  );
  mock.on(iam.ListGroupsForUserCommand).callsFake((i: iam.ListGroupsForUserCommandInput) =>
    page(
      "Groups",
      user(i.UserName).groups.map((GroupName) => ({ GroupName })),
      i.Marker,
    ),
  );
}

function fakeUsers(mock: IamMock, users: Map<string, FakeUser>, user: Find): void {
  mock.on(iam.CreateUserCommand).callsFake((i: iam.CreateUserCommandInput) => {
    const arn = `arn:aws:iam::111122223333:user${i.Path}${i.UserName}`;
    users.set(i.UserName ?? "", fakeUser({ arn, path: i.Path ?? "/" }));
    return { User: { Arn: arn, UserName: i.UserName, Path: i.Path } };
  });
  mock.on(iam.GetUserCommand).callsFake((i: iam.GetUserCommandInput) => {
    const { arn, boundary, userId } = user(i.UserName);
    const PermissionsBoundary = boundary && { PermissionsBoundaryArn: boundary };
    return { User: { Arn: arn, UserName: i.UserName, UserId: userId, PermissionsBoundary } };
  });
  mock.on(iam.ListUsersCommand).callsFake((i: iam.ListUsersCommandInput) => {
    const all = [...users].map(([UserName, { path, userId, arn }]) => ({
      UserName,
      UserId: userId,
      Path: path,
      Arn: arn,
    }));
    return page(
      "Users",
      all.filter(({ Path }) => Path.startsWith(i.PathPrefix ?? "/")),
      i.Marker,
    );
  });
  mock.on(iam.DeleteUserCommand).callsFake((i: iam.DeleteUserCommandInput) => {
    const { policies, inline, keys, hasPassword } = user(i.UserName);
    if (policies.size > 0 || inline.size > 0 || keys.size > 0 || hasPassword) {
      throw iamError("DeleteConflict", "Cannot delete entity, must remove what it holds first.", 409);
    }
    users.delete(i.UserName ?? "");
    return {};
  });
  mock.on(iam.TagUserCommand).callsFake((i: iam.TagUserCommandInput) => {
    for (const { Key = "", Value = "" } of i.Tags ?? []) {
      user(i.UserName).tags.set(Key, Value);
    }
    return {};
  });
  mock.on(iam.UntagUserCommand).callsFake((i: iam.UntagUserCommandInput) => {
    for (const key of i.TagKeys ?? []) {
      user(i.UserName).tags.delete(key);
    }
    return {};
  });
  mock.on(iam.ListUserTagsCommand).callsFake((i: iam.ListUserTagsCommandInput) => {
    const tags = [...user(i.UserName).tags].map(([Key, Value]) => ({ Key, Value }));
    return page("Tags", tags, i.Marker);
  });
}

function page<T>(key: string, items: readonly T[], marker: string | undefined): Record<string, unknown> {
  const start = Number(marker ?? 0);
  const end = start + PAGE;
  const IsTruncated = end < items.length;
  return { [key]: items.slice(start, end), IsTruncated, ...(IsTruncated ? { Marker: String(end) } : {}) };
}
