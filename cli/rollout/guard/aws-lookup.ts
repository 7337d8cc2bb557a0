import type { IAMClient } from "@aws-sdk/client-iam";
import { collectPages } from "../../../functions/shared/collect-pages";
import { deploymentRoleArn } from "../../../stacks/config/roles";
import type { ManagementAccount, Rollout } from "../../../stacks/config/rollout";
import { IAM_REGIONS } from "../../../stacks/names";
import { clientSettings, roleCredentials } from "../../aws/role-session";
import { organizationsClient } from "../../organizations/aws-client";
import type { GuardLookup } from "./check-guard";

/**
 * The name of the session under which Terraform's provider assumes the role: a trust policy may require it.
 */
const SESSION_NAME = "iam-user-quarantine";

/** Looks up what the guard depends on in AWS, with the credentials that Terraform uses in each account. */
export async function guardLookup(rollout: Rollout, management: ManagementAccount): Promise<GuardLookup> {
  const [sdk, iamSdk] = await Promise.all([
    import("@aws-sdk/client-organizations"),
    import("@aws-sdk/client-iam"),
  ]);
  const region = IAM_REGIONS[rollout.partition];
  const client = await organizationsClient({
    region,
    roleArn: deploymentRoleArn(rollout, management.id),
    sessionName: SESSION_NAME,
  });
  const clients = new Map<string, Promise<IAMClient>>();
  const iamOf = (accountId: string): Promise<IAMClient> => {
    const known = clients.get(accountId) ?? iamClient(deploymentRoleArn(rollout, accountId), region);
    clients.set(accountId, known);
    return known;
  };
  return {
    async policyTypeStatus() {
      const roots = await collectPages(sdk.paginateListRoots({ client }, {}), (page) => page.Roots);
      const types = roots.flatMap(({ PolicyTypes }) => PolicyTypes ?? []);
      return types.find(({ Type }) => Type === "SERVICE_CONTROL_POLICY")?.Status;
    },

    async attachedPolicies(TargetId) {
      const pages = sdk.paginateListPoliciesForTarget(
        { client },
        { TargetId, Filter: "SERVICE_CONTROL_POLICY" },
      );
      const policies = await collectPages(pages, (page) => page.Policies);
      return policies.flatMap(({ Name }) => Name ?? []);
    },

    async roleArn(accountId, RoleName) {
      try {
        const { Role } = await (await iamOf(accountId)).send(new iamSdk.GetRoleCommand({ RoleName }));
        return Role?.Arn;
      } catch (error) {
        if (error instanceof Error && error.name === "NoSuchEntityException") {
          return undefined;
        }
        throw new Error(`${accountId}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    },
  };
}

/** @param RoleArn Always given for a member account. */
async function iamClient(roleArn: string | undefined, region: string): Promise<IAMClient> {
  const sdk = await import("@aws-sdk/client-iam");
  const settings = clientSettings(region);
  const credentials = await roleCredentials({ roleArn, sessionName: SESSION_NAME }, settings);
  return new sdk.IAMClient({ ...settings, credentials });
}
