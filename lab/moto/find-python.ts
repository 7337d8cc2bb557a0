import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../functions/shared/message-of";
import { MissingToolError } from "../shared/errors";

const run = promisify(execFile);

/** The release that the lab installs; it uses any other 5.x release that the machine has. */
export const MOTO_REQUIREMENT = "moto[server]==5.2.1";

const PROBE = "import moto.moto_server.werkzeug_app, moto, sys; assert moto.__version__.startswith('5.')";

/** What {@link findPython} needs from the machine; tests replace it. */
export interface Machine {
  /** Runs a program and rejects when it cannot be run or exits non-zero. */
  readonly run: (program: string, args: readonly string[]) => Promise<unknown>;
  readonly exists: (file: string) => boolean;
}

const THIS_MACHINE: Machine = {
  run: (program, args) => run(program, [...args], { timeout: 300_000 }),
  exists: existsSync,
};

/**
 * The Python interpreter that can run moto's server: the machine's own if it has moto 5, else one in a
 * virtual environment below `folder`, made on first use.
 *
 * @throws MissingToolError when there is no Python, or moto can be neither found nor installed.
 */
export async function findPython(
  folder: string,
  log: (line: string) => void,
  machine: Machine = THIS_MACHINE,
): Promise<string> {
  if (await succeeds(machine, "python3", ["-c", PROBE])) {
    return "python3";
  }
  const python = path.join(folder, "venv", "bin", "python");
  if (machine.exists(python) && (await succeeds(machine, python, ["-c", PROBE]))) {
    return python;
  }
  if (!(await succeeds(machine, "python3", ["--version"]))) {
    throw new MissingToolError(
      "The lab needs Python 3.9 or newer on the PATH (python3): install it from python.org or your package manager.",
    );
  }
  log(`installing ${MOTO_REQUIREMENT} into ${path.join(folder, "venv")} (only the first time)`);
  try {
    await machine.run("python3", ["-m", "venv", path.join(folder, "venv")]);
    await machine.run(python, ["-m", "pip", "install", "--quiet", MOTO_REQUIREMENT]);
  } catch (error) {
    throw new MissingToolError(
      `The lab needs moto's server and cannot install it. Run "python3 -m pip install '${MOTO_REQUIREMENT}'".`,
      { cause: messageOf(error) },
    );
  }
  return python;
}

async function succeeds(machine: Machine, program: string, args: readonly string[]): Promise<boolean> {
  try {
    await machine.run(program, args);
    return true;
  } catch {
    return false;
  }
}
