import path from "node:path";

/** The folders and files with which Terraform runs. */
export interface TerraformSettings {
  /** Absolute path of `terraform` or `tofu`. */
  readonly program: string;
  /** Such as `1.11.4`. */
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of the folder that was synthesized into. */
  readonly outdir: string;
  /**
   * Absolute path of the folder for plans and logs. Only this user may read it, since plans hold values of
   * the state.
   */
  readonly workFolder: string;
  /** Absolute path of the folder for what every run can reuse. */
  readonly sharedFolder: string;
  /** File with the provider's checksums for every stack; undefined when there is none. */
  readonly lockFile: string | undefined;
}

/** Folder of a synthesized stack, where Terraform runs. */
export function stackFolder({ outdir }: TerraformSettings, stack: string): string {
  return path.join(outdir, "stacks", stack);
}

/** A file of the last run in a stack: its plan, or what Terraform printed. */
export function workFile({ workFolder }: TerraformSettings, stack: string, name: string): string {
  return path.join(workFolder, stack, name);
}

/**
 * Variables that may be left over in a shell and would change what the command does in every stack: arguments
 * such as `-destroy` or `-reconfigure`, one workspace or data folder for all, a provider that is debugged.
 */
const WITHHELD = /^TF_(?:CLI_ARGS(?:_\w+)?|WORKSPACE|DATA_DIR|REATTACH_PROVIDERS)$/;

/** Environment of every Terraform process: never interactive, with one plugin cache for all stacks. */
export function terraformEnvironment(
  env: NodeJS.ProcessEnv,
  sharedFolder: string,
): NodeJS.ProcessEnv & { readonly TF_PLUGIN_CACHE_DIR: string } {
  const kept = Object.entries(env).filter(([name]) => !WITHHELD.test(name));
  const cache = env["TF_PLUGIN_CACHE_DIR"];
  return {
    CHECKPOINT_DISABLE: "1",
    ...Object.fromEntries(kept),
    // Terraform would look for a relative path below each stack.
    TF_PLUGIN_CACHE_DIR: cache
      ? path.resolve(path.dirname(sharedFolder), cache)
      : path.join(sharedFolder, "plugin-cache"),
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
  };
}
