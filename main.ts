import { App } from "cdktf";
import { packageFunctions } from "./build/package-function";
import { addStacks } from "./stacks/app";
import { ConfigError } from "./stacks/config/errors";
import { loadRollout } from "./stacks/config/load";
import { withoutTokenTraces } from "./stacks/without-token-traces";

async function main(): Promise<void> {
  const rollout = loadRollout();
  const packages = await packageFunctions(__dirname);
  withoutTokenTraces(() => addStacks(new App(), rollout, packages).synth());
}

main().catch((error: unknown) => {
  // A mistake in the configuration is the operator's to mend: the stack trace would only hide it.
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = 1;
});
