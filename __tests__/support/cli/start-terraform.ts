import { startTerraform, type TerraformCommand } from "../../../cli/terraform/start-terraform";

/** A program that starts Terraform and then waits to be killed. */
void startTerraform(JSON.parse(process.argv[2] ?? "") as TerraformCommand).then(({ ended }) => ended);
