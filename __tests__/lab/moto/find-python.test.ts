import path from "node:path";
import { findPython, type Machine } from "../../../lab/moto/find-python";
import { MissingToolError } from "../../../lab/shared/errors";

const VENV_PYTHON = path.join("work", "venv", "bin", "python");

/** A machine on which only the commands that match one of `working` succeed. */
function machine(...working: RegExp[]): Machine & { readonly ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    exists: (file) => file === VENV_PYTHON,
    run: (program, args) => {
      const command = [program, ...args].join(" ");
      ran.push(command);
      return working.some((pattern) => pattern.test(command))
        ? Promise.resolve()
        : Promise.reject(new Error("failed"));
    },
  };
}

describe("findPython", () => {
  test("uses the machine's Python when it has moto", async () => {
    const probed = machine(/^python3 -c/);

    const python = await findPython("work", () => undefined, probed);

    expect(python).toBe("python3");
    expect(probed.ran).toHaveLength(1);
  });

  test("uses the virtual environment of an earlier run", async () => {
    const probed = machine(/venv.*python -c/);

    const python = await findPython("work", () => undefined, probed);

    expect(python).toBe(VENV_PYTHON);
    expect(probed.ran.join()).not.toContain("pip");
  });

  test("creates a virtual environment with a pinned moto, and logs it", async () => {
    const probed = machine(/--version/, /-m venv/, /pip install/);
    const said: string[] = [];

    const python = await findPython("work", (line) => said.push(line), probed);

    expect(python).toBe(VENV_PYTHON);
    expect(probed.ran.at(-1)).toMatch(/pip install --quiet moto\[server\]==5\.\d+\.\d+$/);
    expect(said).toEqual([expect.stringContaining("installing moto")]);
  });

  test.each([
    ["there is no Python", [], /needs Python 3\.9/],
    ["moto cannot be installed", [/--version/, /-m venv/], /pip install 'moto\[server\]==/],
  ])("says in one line what to do when %s", async (_name, working, message) => {
    const found = findPython("work", () => undefined, machine(...working));

    await expect(found).rejects.toThrow(MissingToolError);
    await expect(found).rejects.toThrow(message);
  });
});
