import { isSystemError } from "./functions/shared/system-error";
import { packageFunctions } from "./packaging/package-functions";
import { ConfigError } from "./stacks/config/errors";
import { loadRollout, synthesisTime } from "./stacks/config/load";
import { FolderInUseError } from "./stacks/state/release-folders";
import { synthesizeRollout } from "./stacks/synthesis/synthesize-rollout";

async function main(): Promise<void> {
  const { env } = process;
  const rollout = loadRollout(env, process.cwd(), synthesisTime(env));
  const lines = await synthesizeRollout(rollout, packageFunctions(__dirname));
  lines.forEach((line) => process.stderr.write(`${line}\n`));
}

main().catch((error: unknown) => {
  // The operator's to fix: a stack trace would only hide what to do about it.
  const isOperators =
    error instanceof ConfigError || error instanceof FolderInUseError || isSystemError(error);
  process.stderr.write(`${isOperators ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
});
