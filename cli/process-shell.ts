import { EXIT } from "./exit-codes";
import { FileOutput, isFileOrDevice } from "./file-output";
import { LostOutput } from "./lost-output";
import { note, type Output, type Shell } from "./shell";

/** The terminal, pipes or files that this process was started with. */
export function processShell(): { readonly shell: Shell; readonly lost: LostOutput } {
  const lost = new LostOutput((line) => note(shell, line));
  const output = (name: "stdout" | "stderr"): Output => {
    const stream = process[name];
    const onError = (error: NodeJS.ErrnoException) => lost.report(name, error);
    // This process must survive the end of its terminal or pipe: Terraform still runs.
    stream.on("error", onError);
    return isFileOrDevice(stream) ? new FileOutput(stream.fd, onError) : stream;
  };
  const { env, stdin } = process;
  const shell: Shell = {
    cwd: process.cwd(),
    env,
    stdout: output("stdout"),
    stderr: output("stderr"),
    stdin,
    exitCode: EXIT.done,
  };
  return { shell, lost };
}
