import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { CommandError } from "../errors";

const INSTALL =
  "put terraform (https://developer.hashicorp.com/terraform/install) or tofu (https://opentofu.org/docs/intro/install) on the PATH";

/**
 * Absolute path of the program that `TERRAFORM_BINARY_NAME` names, as for the CDKTF CLI; without it, of
 * `terraform` or else `tofu`.
 *
 * @throws CommandError when there is none on the PATH.
 */
export function findTerraform(env: NodeJS.ProcessEnv): string {
  const named = env["TERRAFORM_BINARY_NAME"];
  const names = named ? [named] : ["terraform", "tofu"];
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const found = names
    .flatMap((name) => (path.isAbsolute(name) ? [name] : folders.map((folder) => path.resolve(folder, name))))
    .find(isExecutable);
  if (found === undefined) {
    const what = named ? `TERRAFORM_BINARY_NAME=${named} is not on the PATH` : "Terraform is missing";
    throw new CommandError(`${what}: ${INSTALL}.`);
  }
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    // The permission to enter a folder counts as the permission to execute it.
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
