import { statSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../functions/shared/message-of";
import { packageFunctions } from "./package-functions";

/**
 * `npm run build`: writes the function packages and prints what a reviewer compares with Lambda's CodeSha256.
 */
async function main(): Promise<void> {
  const { responder, simulation, notifier, sweep, drill } = await packageFunctions(process.cwd());
  for (const { path: file, sha256 } of [responder, simulation, notifier, sweep, drill]) {
    process.stdout.write(
      `${path.relative(process.cwd(), file)}  ${statSync(file).size} bytes  CodeSha256 ${sha256}\n`,
    );
  }
}

main().catch((error: unknown) => {
  // esbuild's message names the file, the line and what is wrong.
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
