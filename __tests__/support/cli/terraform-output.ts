import { readFileSync } from "node:fs";
import path from "node:path";
import { readMessage, type TerraformMessage } from "../../../cli/terraform/messages";

/** A file of `__tests__/fixtures/terraform`: what Terraform printed. */
export function terraformOutput(name: string): string {
  return readFileSync(path.join(__dirname, "../../fixtures/terraform", name), "utf8");
}

/** The messages in it that are used. */
export function terraformMessages(name: string): TerraformMessage[] {
  return terraformOutput(name)
    .split("\n")
    .flatMap((line) => readMessage(line) ?? []);
}
