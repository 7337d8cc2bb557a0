import type { AccessKeys } from "../exchange/access-keys";
import type { MotoClient } from "../exchange/moto-client";
import { ACCESS_ROLE, ADMINISTRATOR_POLICY_ARN, ADMINISTRATOR_USER, type LabAccount } from "./accounts";

/** Long-term credentials of an IAM user. */
export interface UserCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Creates an account's administrator with a key, and the role that the management account assumes. */
export async function seedAccount(
  moto: MotoClient,
  keys: AccessKeys,
  account: LabAccount,
  managementAccountId: string,
): Promise<UserCredentials> {
  const iam = (action: string, params: Record<string, unknown>): Promise<Record<string, unknown>> =>
    moto(account.id, { service: "iam", region: "us-east-1", action, params });

  const { User } = (await iam("CreateUser", { UserName: ADMINISTRATOR_USER })) as {
    User: { Arn: string; UserId: string };
  };
  await iam("AttachUserPolicy", { UserName: ADMINISTRATOR_USER, PolicyArn: ADMINISTRATOR_POLICY_ARN });
  await iam("CreateRole", {
    RoleName: ACCESS_ROLE,
    AssumeRolePolicyDocument: JSON.stringify(trustPolicy(managementAccountId)),
  });
  await iam("AttachRolePolicy", { RoleName: ACCESS_ROLE, PolicyArn: ADMINISTRATOR_POLICY_ARN });
  const { AccessKey } = (await iam("CreateAccessKey", { UserName: ADMINISTRATOR_USER })) as {
    AccessKey: { AccessKeyId: string; SecretAccessKey: string };
  };
  keys.add({
    type: "IAMUser",
    accountId: account.id,
    arn: User.Arn,
    principalId: User.UserId,
    userName: ADMINISTRATOR_USER,
    accessKeyId: AccessKey.AccessKeyId,
  });
  await seedTrail(moto, account);
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

/** Name of the trail of every account. */
export const TRAIL = "management-events";

/**
 * Creates the trail without which EventBridge gets no events of CloudTrail, and turns it on. moto shows no
 * account the trail of its organization, so each has one of its own.
 */
async function seedTrail(moto: MotoClient, { id }: LabAccount): Promise<void> {
  const bucket = `${TRAIL}-${id}`;
  await moto(id, {
    ...{ service: "s3", region: "us-east-1", action: "CreateBucket", params: {} },
    rest: { method: "PUT", path: `/${bucket}`, body: "" },
  });
  const trail = (action: string, params: Record<string, unknown>) =>
    moto(id, { service: "cloudtrail", region: "us-east-1", action, params });
  await trail("CreateTrail", {
    ...{ Name: TRAIL, S3BucketName: bucket, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true },
  });
  await trail("StartLogging", { Name: TRAIL });
}

/** Creates the organization. moto assigns the ids that it was started with. */
export async function seedOrganization(
  moto: MotoClient,
  managementAccountId: string,
  accounts: readonly LabAccount[],
): Promise<void> {
  const organizations = (action: string, params: Record<string, unknown>): Promise<Record<string, unknown>> =>
    moto(managementAccountId, { service: "organizations", region: "us-east-1", action, params });

  await organizations("CreateOrganization", { FeatureSet: "ALL" });
  // AWS enables service control policies with all features (Organizations API reference,
  // "CreateOrganization"); moto leaves that to the caller.
  const { Roots } = (await organizations("ListRoots", {})) as { Roots: { Id: string }[] };
  await organizations("EnablePolicyType", { RootId: Roots[0]?.Id, PolicyType: "SERVICE_CONTROL_POLICY" });
  for (const account of accounts) {
    await organizations("CreateAccount", { AccountName: account.name, Email: `${account.name}@example.com` });
  }
  await placeInUnits(organizations, Roots[0]?.Id ?? "", accounts);
}

type Call = (action: string, params: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** Makes the organizational units of the accounts, and moves the accounts there. */
async function placeInUnits(call: Call, rootId: string, accounts: readonly LabAccount[]): Promise<void> {
  const made = new Map([["", rootId]]);
  const unitAt = async (path: string): Promise<string> => {
    const known = made.get(path);
    if (known !== undefined) {
      return known;
    }
    const end = path.lastIndexOf("/");
    const ParentId = await unitAt(path.slice(0, end));
    const { OrganizationalUnit } = (await call("CreateOrganizationalUnit", {
      ParentId,
      Name: path.slice(end + 1),
    })) as { OrganizationalUnit: { Id: string } };
    made.set(path, OrganizationalUnit.Id);
    return OrganizationalUnit.Id;
  };
  for (const { id, unit } of accounts) {
    if (unit !== undefined) {
      const to = { SourceParentId: rootId, DestinationParentId: await unitAt(unit) };
      await call("MoveAccount", { AccountId: id, ...to });
    }
  }
}

function trustPolicy(managementAccountId: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${managementAccountId}:root` },
        Action: "sts:AssumeRole",
      },
    ],
  };
}
