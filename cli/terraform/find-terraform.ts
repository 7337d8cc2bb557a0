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
  const found = findProgram(names, env);
  if (found === undefined) {
    const what = named ? `TERRAFORM_BINARY_NAME=${named} is not on the PATH` : "Terraform is missing";
    throw new CommandError(`${what}: ${INSTALL}.`);
  }
  return found;
}

/** Absolute path of the first of these programs that is on the PATH; a name may be a path, too. */
export function findProgram(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return names
    .flatMap((name) => (path.isAbsolute(name) ? [name] : folders.map((folder) => path.resolve(folder, name))))
    .find(isExecutable);
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
