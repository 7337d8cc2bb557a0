import { processShell } from "./process-shell";
import { createProgram } from "./program";
import { runCommandLine } from "./run-command-line";

// The SDK warns that later versions drop Node.js 20. Our version is pinned, and stderr is for the operator.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const { shell, lost } = processShell();
void runCommandLine(createProgram(shell), shell, process.argv.slice(2)).then(() => {
  // Not process.exit(): it would lose output that is not yet written to a pipe.
  process.exitCode = shell.exitCode;
});
// A write may still fail after the command has ended.
process.once("exit", (code) => {
  process.exitCode = lost.exitCode(code);
});
