import { packageFunctions } from "./packaging/package-function";
import { ConfigError } from "./stacks/config/errors";
import { loadRollout } from "./stacks/config/load";
import { synthesizeRollout } from "./stacks/synthesis/synthesize-rollout";

async function main(): Promise<void> {
  await synthesizeRollout(loadRollout(), packageFunctions(__dirname));
}

main().catch((error: unknown) => {
  // A mistake in the configuration is the operator's to fix: the stack trace would only hide it.
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = 1;
});
