import { packageFunctions } from "./packaging/package-function";
import { ConfigError } from "./stacks/config/errors";
import { loadRollout } from "./stacks/config/load";
import { FolderInUseError } from "./stacks/state/release-folders";
import { synthesizeRollout } from "./stacks/synthesis/synthesize-rollout";

async function main(): Promise<void> {
  await synthesizeRollout(loadRollout(), packageFunctions(__dirname));
}

main().catch((error: unknown) => {
  // The operator's to fix: the stack trace would only hide it.
  process.stderr.write(
    `${error instanceof ConfigError || error instanceof FolderInUseError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = 1;
});
