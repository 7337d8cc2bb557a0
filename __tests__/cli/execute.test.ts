import { execute, type ExecuteOptions } from "../../cli/execute";

const sh = (script: string, options: Partial<ExecuteOptions> = {}) =>
  execute("/bin/sh", ["-c", script], { env: process.env, ...options });

test("a program's exit code and both its outputs are returned", async () => {
  expect(await sh("echo out; echo err >&2; exit 3")).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
});

test("every line of both outputs is passed on", async () => {
  const lines: string[] = [];

  await sh("echo out; echo err >&2; printf last", { onLine: (line) => lines.push(line) });

  expect(lines.sort()).toEqual(["err", "last", "out"]);
});

test("a program that does not exist is refused", async () => {
  await expect(execute("/nowhere/program", [], { env: {} })).rejects.toThrow("ENOENT");
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "an abort sends %s to the program and all it has started, and rejects with its reason",
  async (stopSignal) => {
    const abort = new AbortController();
    const lines: string[] = [];
    const name = stopSignal.slice(3);
    const child = `trap "echo child; exit" ${name}; echo begun; while :; do sleep 0.01; done`;

    const done = sh(`trap 'echo parent' ${name}; sh -c '${child}' 2>&-; exit`, {
      signal: abort.signal,
      stopSignal,
      onLine: (line) => {
        lines.push(line);
        if (line === "begun") {
          abort.abort(new Error("stopped"));
        }
      },
    });

    await expect(done).rejects.toThrow("stopped");
    expect(lines).toEqual(["begun", "child", "parent"]);
  },
);

test("after an abort, nothing is started", async () => {
  await expect(sh("exit 0", { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
});
