import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { addBackend, terraformVersions } from "./backend";
import { OWN_TAGS } from "./config/resource-settings";
import { deploymentRoleArn } from "./config/roles";
import type { Rollout } from "./config/rollout";
import { AccountNames } from "./names";

/** What every stack needs to know about the account it deploys into. */
export interface DeploymentTarget {
  readonly rollout: Rollout;
  readonly accountId: string;
}

/** A stack that deploys into one account: its provider, its state, its names. */
export abstract class BaseStack extends TerraformStack {
  protected readonly names: AccountNames;
  protected readonly provider: AwsProvider;

  constructor(scope: Construct, id: string, { rollout, accountId }: DeploymentTarget) {
    super(scope, id);
    this.names = new AccountNames(rollout.partition, accountId, rollout);
    const roleArn = deploymentRoleArn(rollout, accountId);
    this.provider = new AwsProvider(this, "aws", {
      region: this.names.region,
      ...(roleArn !== undefined && { assumeRole: [{ roleArn, sessionName: "iam-user-quarantine" }] }),
      // Credentials of another account are refused before anything is read or changed.
      allowedAccountIds: [accountId],
      defaultTags: [{ tags: { ...OWN_TAGS, ...rollout.tags } }],
    });
    this.addOverride("terraform.required_version", terraformVersions(rollout.backend));
    this.addOverride("terraform.required_providers.aws.version", rollout.providerVersion);
    addBackend(this, rollout.backend, accountId);
  }

  /** Publishes a value for reviewers, under its plain name. */
  protected output(id: string, description: string, value: string): void {
    const output = new TerraformOutput(this, id, { description, value });
    output.overrideLogicalId(id);
  }
}
