import { createProgram } from "./program";
import { runCommandLine } from "./run-command-line";
import { processShell } from "./shell";

// The SDK warns of versions to come that drop Node.js 20; ours is pinned, and stderr is for the operator.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// A terminal or a pipe that went away is no reason to leave Terraform alone at its work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => undefined);
}

const shell = processShell();
void runCommandLine(createProgram(shell), shell, process.argv.slice(2)).then(() => {
  // Not process.exit(): what is still to be written to a pipe would be lost.
  process.exitCode = shell.exitCode;
});
