import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { CommandError } from "../../../cli/errors";
import { withFolderLock } from "../../../cli/run/folder-lock";
import { testShell } from "../../support/cli/shell";

let folder: string;
let file: string;
const alone = (command: string, work: () => Promise<unknown>) =>
  withFolderLock(testShell(folder).shell, command, work);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "folder-lock-"));
  file = path.join(folder, ".rollout", "run.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function leave(text: string): void {
  mkdirSync(path.dirname(file));
  writeFileSync(file, text);
}
const holder = (changes: object) =>
  JSON.stringify({ command: "rollout", host: hostname(), pid: process.ppid, startedAt: "now", ...changes });

test("a second run in the folder is refused while the first is active, and may follow it", async () => {
  await alone("rollout", async () => {
    // Another process, as far as the file can tell.
    writeFileSync(file, readFileSync(file, "utf8").replace(String(process.pid), String(process.ppid)));
    const second = alone("plan", () => Promise.reject(new Error("it began")));
    await expect(second).rejects.toThrow(CommandError);
    await expect(second).rejects.toThrow(`rollout, process ${process.ppid} on ${hostname()}`);
  });

  await expect(alone("plan", () => Promise.resolve("planned"))).resolves.toBe("planned");
});

test("the folder is free again after a failure", async () => {
  await expect(alone("rollout", () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");

  expect(existsSync(file)).toBe(false);
});

test("the lock of a killed run is removed", async () => {
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  leave(holder({ pid: child.pid }));

  await expect(alone("rollout", () => Promise.resolve("done"))).resolves.toBe("done");
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["of a process id that has become our own", holder({ pid: process.pid })],
  ["that was only half written", '{"command":"roll'],
  ["that names a process group", holder({ pid: -1 })],
])("a lock %s counts for nothing", async (_case, text) => {
  leave(text);

  await expect(alone("rollout", () => Promise.resolve("done"))).resolves.toBe("done");
});

test("a run on another machine, whose processes are not ours, counts, and the file to remove is named", async () => {
  leave(holder({ host: "build-7" }));

  const run = alone("rollout", () => Promise.resolve());
  await expect(run).rejects.toThrow("on build-7");
  await expect(run).rejects.toThrow(`remove ${file}`);
});
