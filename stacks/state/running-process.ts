import { hostname } from "node:os";

/** File of the run of the command line that has a checkout for itself, in the folder for plans and logs. */
export const RUN_LOCK = "run.lock";

/** A process, as recorded in a file next to its work. */
export interface RunningProcess {
  readonly host: string;
  readonly pid: number;
}

/** Whether a process still runs. One on another machine cannot be checked, and counts as running. */
export function isRunning({ host, pid }: RunningProcess): boolean {
  return host !== hostname() || isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
