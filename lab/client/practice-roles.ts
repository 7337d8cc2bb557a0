import { AttachRolePolicyCommand, CreateRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import { ADMINISTRATOR_POLICY_ARN } from "../organization/accounts";
import type { Practice } from "../organization/practice";
import { createBreakGlassRole } from "./break-glass-role";
import type { LabClient } from "./lab-client";

/** Makes the roles that a practised `rollout.yaml` expects. The management account may assume each. */
export async function createPracticeRoles(
  client: LabClient,
  { organization, deploymentRoles, breakGlassRoles }: Practice,
): Promise<void> {
  const { managementAccount, securityAccount, memberAccounts } = organization;
  const trustedAccountId = managementAccount.id;
  for (const [accountId, role] of deploymentRoles) {
    await createAdministratorRole(client.iam(accountId), role, trustedAccountId);
  }
  for (const { id } of [securityAccount, ...memberAccounts]) {
    for (const role of breakGlassRoles) {
      await createBreakGlassRole(client.iam(id), { role, accountId: id, trustedAccountId });
    }
  }
}

async function createAdministratorRole(
  iam: IAMClient,
  role: string,
  trustedAccountId: string,
): Promise<void> {
  const RoleName = role.slice(role.lastIndexOf("/") + 1);
  const Statement = [
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${trustedAccountId}:root` },
      Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
    },
  ];
  await iam.send(
    new CreateRoleCommand({
      RoleName,
      Path: `/${role.slice(0, -RoleName.length)}`,
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ADMINISTRATOR_POLICY_ARN }));
}
