import path from "node:path";
import type { BackendFile } from "./backend-schema";
import type { Backend } from "./rollout";

/**
 * What a backend gets when the file does not say otherwise. Changing one moves the state of everybody who
 * relies on it.
 */
const DEFAULTS = {
  directory: "state",
  keyPrefix: "iam-user-quarantine",
  workspacePrefix: "iam-user-quarantine-",
} as const;

/**
 * Applies the defaults to a checked backend.
 *
 * @param directory Folder of the file; paths in it are relative to this.
 */
export function resolveBackend(file: BackendFile, directory: string): Backend {
  switch (file.type) {
    case "local":
      return { type: "local", directory: path.resolve(directory, file.directory ?? DEFAULTS.directory) };
    case "s3":
      return {
        type: "s3",
        bucket: file.bucket,
        region: file.region,
        keyPrefix: file.keyPrefix ?? DEFAULTS.keyPrefix,
        kmsKeyId: file.kmsKeyId,
        roleArn: file.roleArn,
      };
    case "cloud":
      return {
        type: "cloud",
        organization: file.organization,
        workspacePrefix: file.workspacePrefix ?? DEFAULTS.workspacePrefix,
        project: file.project,
        hostname: file.hostname,
      };
  }
}
