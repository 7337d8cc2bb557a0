import type * as Cdktf from "cdktf";
import type * as OurBlock from "../../stacks/cloud-block";
import type { CloudState } from "../../stacks/config/backend";

test("synthesis needs no Terraform for the cloud block", () => {
  process.env["TERRAFORM_BINARY_NAME"] = "no-such-terraform"; // CDKTF reads it when it is loaded
  const { App, TerraformStack } = jest.requireActual<typeof Cdktf>("cdktf");
  const { CloudBlock } = jest.requireActual<typeof OurBlock>("../../stacks/cloud-block");
  const state: CloudState = {
    type: "cloud",
    organization: "example",
    workspacePrefix: "iam-user-quarantine-",
    project: undefined,
    hostname: undefined,
  };
  const stack = new TerraformStack(new App({ skipValidation: true }), "payments");

  const block = new CloudBlock(stack, state, "iam-user-quarantine-777788889999");

  expect(block.node.validate()).toEqual([]);
});
