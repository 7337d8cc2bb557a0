import { TerraformBackend } from "cdktf";
import type { Construct } from "constructs";
import type { CloudState } from "./config/backend";

/**
 * The block that leads Terraform to a workspace of HCP Terraform:
 * https://developer.hashicorp.com/terraform/cli/cloud/settings. CDKTF's own CloudBackend starts Terraform at
 * synthesis, once per stack, to ask for its version: with a thousand accounts that takes minutes.
 */
export class CloudBlock extends TerraformBackend {
  /** @param workspace Name of the workspace. */
  constructor(
    scope: Construct,
    private readonly state: CloudState,
    private readonly workspace: string,
  ) {
    super(scope, "backend", "cloud");
  }

  override toTerraform(): unknown {
    const { organization, hostname, project } = this.state;
    const workspaces = { name: this.workspace, project };
    return { terraform: { cloud: { hostname, organization, workspaces } } };
  }

  override getRemoteStateDataSource(): never {
    throw new Error(
      "No stack reads another one's state: build the ARN from the configuration (stacks/names.ts).",
    );
  }
}
