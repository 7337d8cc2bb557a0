import { createProgram } from "./program";
import { runCommandLine } from "./run-command-line";
import { processShell } from "./shell";

// The SDK warns that later versions drop Node.js 20. Ours is pinned, and stderr is for the operator.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// This process must outlive its terminal or pipe: it still watches over Terraform.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => undefined);
}

const shell = processShell();
void runCommandLine(createProgram(shell), shell, process.argv.slice(2)).then(() => {
  // Not process.exit(): it would lose what is not yet written to a pipe.
  process.exitCode = shell.exitCode;
});
