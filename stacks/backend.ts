import path from "node:path";
import { App, LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import { CloudBlock } from "./cloud-block";
import type { Backend, LocalState, S3State } from "./config/backend";
import { STATE_SESSION_NAME, stateName } from "./state/state-name";

/** Keeps the state of a stack where the configuration says, under the id of its account. */
export function addBackend(stack: TerraformStack, backend: Backend, accountId: string): void {
  const name = stateName(backend, accountId);
  switch (backend.type) {
    case "local":
      new LocalBackend(stack, { path: localPath(stack, backend, name) });
      break;
    case "s3":
      addS3Backend(stack, backend, name);
      break;
    case "cloud":
      new CloudBlock(stack, backend, name);
      break;
  }
}

/** Versions of Terraform, or OpenTofu, that know every argument of the backend. */
export function terraformVersions({ type }: Backend): string {
  switch (type) {
    case "local":
      return ">= 1.5.0";
    case "s3":
      return ">= 1.10.0"; // the lock file
    case "cloud":
      return ">= 1.6.0"; // the project of a workspace, and saved plans
  }
}

/**
 * The state file, relative to the folder Terraform runs in so that every checkout synthesizes the same bytes.
 */
function localPath(stack: TerraformStack, { directory }: LocalState, file: string): string {
  const workingDirectory = path.resolve(App.of(stack).outdir, "stacks", stack.node.id);
  return path.posix.join(...path.relative(workingDirectory, directory).split(path.sep), file);
}

function addS3Backend(stack: TerraformStack, { bucket, region, kmsKeyId, roleArn }: S3State, key: string) {
  const backend = new S3Backend(stack, {
    bucket,
    key,
    region,
    encrypt: true,
    kmsKeyId,
    assumeRole: roleArn === undefined ? undefined : { roleArn, sessionName: STATE_SESSION_NAME },
  });
  // CDKTF 0.21 does not know the argument: it is older than the lock file, which replaces the DynamoDB table.
  backend.addOverride("use_lockfile", true);
}
