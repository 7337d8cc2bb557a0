import { isSystemError } from "./functions/shared/system-error";
import { packageFunctions } from "./packaging/package-function";
import { ConfigError } from "./stacks/config/errors";
import { loadRollout } from "./stacks/config/load";
import { synthesizeRollout } from "./stacks/synthesis/synthesize-rollout";

async function main(): Promise<void> {
  await synthesizeRollout(loadRollout(), packageFunctions(__dirname));
}

main().catch((error: unknown) => {
  // A mistake in the configuration, or a full disk, is the operator's to fix: a stack trace would hide it.
  const isOperators = error instanceof ConfigError || isSystemError(error);
  process.stderr.write(`${isOperators ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
});
