import { EXIT, type ExitCode } from "../exit-codes";
import type { Report } from "../report/report";

/** Exit code of a command that runs Terraform in many stacks. */
export function exitCodeOf({ status }: Report): ExitCode {
  if (status === "interrupted") {
    return EXIT.interrupted;
  }
  return status === "done" ? EXIT.done : EXIT.failed;
}
