import { readFileSync } from "node:fs";
import path from "node:path";

/** What `terraform init` remembers of a folder's backend, and compares with the stack from then on. */
export const BACKEND_RECORD = path.join(".terraform", "terraform.tfstate");

/** The end of a state's name: `ID.tfstate` of a file or an object, or the id of a workspace (backend.ts). */
const ACCOUNT_AT_END = /(\d{12})(?:\.tfstate)?$/;

/**
 * Account whose state Terraform works on in a folder: 12 digits. Terraform's own record decides; a folder
 * without one, because it was never initialized, belongs to the account whose stack it holds.
 *
 * @param folder Folder of a synthesized stack.
 * @returns Undefined for a folder that is neither.
 */
export function stateAccountOf(folder: string): string | undefined {
  const { type, config } = (readJson(path.join(folder, BACKEND_RECORD))?.["backend"] ?? {}) as Backend;
  return type === undefined ? stackAccountOf(folder) : accountIn(config);
}

interface Backend {
  readonly type?: string;
  readonly config?: unknown;
}

/** Account whose stack a folder holds: 12 digits; undefined when it holds none. */
export function stackAccountOf(folder: string): string | undefined {
  const terraform = readJson(path.join(folder, "cdk.tf.json"))?.["terraform"] as
    { readonly backend?: Readonly<Record<string, unknown>>; readonly cloud?: unknown } | undefined;
  return accountIn(terraform?.cloud) ?? accountIn(Object.values(terraform?.backend ?? {})[0]);
}

/** Reads the arguments of the backends local, s3 and cloud, which call the name of the state differently. */
function accountIn(config: unknown): string | undefined {
  const { path: file, key, workspaces } = (config ?? {}) as Readonly<Record<string, unknown>>;
  const workspace = (workspaces as { readonly name?: unknown } | undefined)?.name;
  const name = [file, key, workspace].find((value) => typeof value === "string");
  return name === undefined ? undefined : ACCOUNT_AT_END.exec(name)?.[1];
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
  } catch {
    // It is not there, or was cut off: Terraform says so when it reads it.
    return undefined;
  }
}
