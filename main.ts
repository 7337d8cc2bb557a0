import { packageFunctions } from "./packaging/package-function";
import { ConfigError } from "./stacks/config/errors";
import { loadRollout } from "./stacks/config/load";

async function main(): Promise<void> {
  const rollout = loadRollout();
  // esbuild works in a process of its own; CDKTF takes half a second to load, and is loaded meanwhile.
  const packaging = packageFunctions(__dirname);
  const { synthesize } = await import("./stacks/app.js");
  synthesize(rollout, await packaging);
}

main().catch((error: unknown) => {
  // A mistake in the configuration is the operator's to mend: the stack trace would only hide it.
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = 1;
});
