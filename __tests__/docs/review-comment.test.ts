import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";

const DOCUMENT = readFileSync(path.join(__dirname, "../../docs/ci.md"), "utf8");
const [, block = ""] = /^## The review in a pull request$[^]*?```yaml\n([^]*?)```/m.exec(DOCUMENT) ?? [];
const [{ run }] = parse(block) as [{ readonly run: string }];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "review-comment-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program of the PATH. */
function program(name: string, script: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test.each([
  ["all is as configured", "echo row", 0, "row", 0],
  ["something differs", "echo row", 2, "row", 0],
  ["an account could not be read, which the comment says", "echo row", 1, "row", 1],
  ["there is no review", ":", 64, "", 64],
])("the step of a pull request when %s", (_what, print, exitCode, comment, status) => {
  program("npm", `${print}; exit ${exitCode}`);
  program("gh", 'for file; do :; done; cat "$file"');
  const env = { PATH: `${folder}:${process.env["PATH"]}`, PULL_REQUEST: "7" };

  // As GitHub starts it: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions
  const step = spawnSync("bash", ["-e", "-c", run], { cwd: folder, env, encoding: "utf8" });

  expect({ comment: step.stdout.trim(), status: step.status }).toEqual({ comment, status });
});
