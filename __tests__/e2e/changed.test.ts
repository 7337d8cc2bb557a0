import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXIT } from "../../cli/exit-codes";
import { eventually } from "../support/eventually";

const PROJECT = path.join(__dirname, "../..");

/**
 * A repository of its own, made from the files of this project as they are, in a folder that also gets what
 * is temporary.
 */
let folder: string;
let repository: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
const read = (file: string) => readFileSync(path.join(repository, file), "utf8");
const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(path.join(repository, file), change(read(file)));
const worktrees = () => git("worktree", "list").split("\n");
const leftovers = () => readdirSync(folder).filter((name) => name.startsWith("quarantine-changed-"));

function environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ROLLOUT_CONFIG: undefined, TMPDIR: folder, ...env };
}

function changed(since: string, args: readonly string[] = [], env?: NodeJS.ProcessEnv, cwd = repository) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program(), "changed", "--since", since, ...args],
    {
      cwd,
      env: environment(env),
      encoding: "utf8",
      // Jest cannot end a test that blocks.
      timeout: 240_000,
    },
  );
  return { status, stdout, stderr };
}

function program(): string {
  return path.join(repository, "cli/quarantine.mjs");
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "changed-")));
  repository = path.join(folder, "repository");
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  for (const file of files
    .split("\0")
    .filter((name) => name !== "" && existsSync(path.join(PROJECT, name)))) {
    cpSync(path.join(PROJECT, file), path.join(repository, file));
  }
  git("init", "--quiet", "--initial-branch", "main");
  writeFileSync(path.join(repository, ".git/info/exclude"), "node_modules\n");
  symlinkSync(path.join(PROJECT, "node_modules"), path.join(repository, "node_modules"), "dir");
  git("add", "--all");
  git("commit", "--quiet", "--message", "as it was");
});

afterEach(() => {
  git("reset", "--hard", "--quiet", "main");
  expect(worktrees()).toHaveLength(1);
  expect(leftovers()).toEqual([]);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("an uncommitted change of one account prints its name, in a hook of git too, and leaves the checkout alone", () => {
  writeFileSync(path.join(repository, ".git/hooks/post-checkout"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  edit("rollout.yaml", (text) => text.replace("mode: enforce", "mode: observe"));
  git("add", "rollout.yaml");
  edit("README.md", (text) => `${text}\nAnother line.\n`);

  const { status, stdout, stderr } = changed("HEAD", [], { GIT_DIR: ".git", GIT_INDEX_FILE: ".git/index" });
  rmSync(path.join(repository, ".git/hooks/post-checkout"));

  expect({ status, stdout }).toEqual({ status: EXIT.done, stdout: "sandbox\n" });
  expect(stderr).toContain("1 of 4 stacks differ from HEAD");
  expect(git("diff", "--cached", "--name-only")).toBe("rollout.yaml");
  expect(git("diff", "--name-only")).toBe("README.md");
  expect(existsSync(path.join(repository, "cdktf.out"))).toBe(false);
  expect(existsSync(path.join(repository, "node_modules/cdktf"))).toBe(true);
});

test("a changed function, a new account and a removed one are reported", () => {
  edit("functions/security-response/handler.ts", (text) => `${text}\nexport const another = "export";\n`);
  edit("rollout.yaml", (text) =>
    text.replace("name: sandbox", "name: sandpit").replace('"444455556666"', '"555566667777"'),
  );

  const { status, stdout, stderr } = changed("main", ["--json"]);

  expect(status).toBe(EXIT.done);
  expect(JSON.parse(stdout)).toEqual({
    since: "main",
    commit: git("rev-parse", "main"),
    changed: [
      { name: "sandpit", accountId: "555566667777", wave: "canary", reason: "new" },
      { name: "payments", accountId: "777788889999", wave: "production", reason: "different" },
      { name: "research", accountId: "123456789012", wave: "production", reason: "different" },
    ],
    gone: [{ name: "sandbox", accountId: "444455556666" }],
  });
  expect(stderr).toContain("sandbox (444455556666)");
});

describe("one clear error", () => {
  test("for a revision that does not exist", () => {
    expect(changed("no-such-branch")).toEqual({
      status: EXIT.usage,
      stdout: "",
      stderr: "--since no-such-branch: expected a commit, branch or tag of this repository\n",
    });
  });

  test("for a shallow clone", () => {
    const clone = path.join(folder, "shallow");
    git("commit", "--quiet", "--allow-empty", "--message", "one more");
    git("clone", "--quiet", "--depth", "1", `file://${repository}`, clone);
    const result = changed("HEAD~1", [], {}, clone);
    rmSync(clone, { recursive: true });

    expect(result).toMatchObject({ status: EXIT.usage, stdout: "" });
    expect(result.stderr).toContain("git fetch --unshallow");
    git("update-ref", "refs/heads/main", "HEAD~1");
  });

  test("for a configuration that git does not keep", () => {
    const untracked = path.join(repository, "untracked.yaml");
    cpSync(path.join(repository, "rollout.yaml"), untracked);
    const result = changed("HEAD", [], { ROLLOUT_CONFIG: "untracked.yaml" });
    rmSync(untracked);

    expect(result).toMatchObject({ status: EXIT.failed, stdout: "" });
    expect(result.stderr).toMatch(/^untracked.yaml is not part of HEAD .*\n$/);
  });

  test("for a configuration outside the repository", () => {
    const result = changed("HEAD", [], { ROLLOUT_CONFIG: path.join(PROJECT, "rollout.yaml") });

    expect(result).toMatchObject({ status: EXIT.failed, stdout: "" });
    expect(result.stderr).toMatch(/rollout.yaml is outside the repository.*\n$/);
  });

  test("where there is no repository", () => {
    const plain = path.join(folder, "plain");
    cpSync(path.join(repository, "rollout.yaml"), path.join(plain, "rollout.yaml"));
    const result = changed("HEAD", [], { GIT_CEILING_DIRECTORIES: folder }, plain);
    rmSync(plain, { recursive: true });

    expect(result).toMatchObject({ status: EXIT.failed, stdout: "" });
    expect(result.stderr).toContain("not a git repository");
  });

  test("for a revision that does not synthesize", () => {
    edit("rollout.yaml", (text) => text.replace("waves:", "wavez:"));
    git("commit", "--quiet", "--all", "--message", "a mistake");
    const mistake = git("rev-parse", "HEAD");
    git("reset", "--hard", "--quiet", "HEAD~1");
    const result = changed(mistake);

    expect(result).toMatchObject({ status: EXIT.failed, stdout: "" });
    expect(result.stderr).toContain("did you mean waves?");
  });
});

test("a stopped comparison removes what it made and ends what it started", async () => {
  edit("cdktf.json", (text) =>
    text.replace("node --import tsx main.ts", () => "echo $$ > ../asleep.pid; sleep 30"),
  );
  git("commit", "--quiet", "--all", "--message", "a synthesis that takes its time");
  const slow = git("rev-parse", "HEAD");
  git("reset", "--hard", "--quiet", "HEAD~1");

  const child = spawn(process.execPath, [program(), "changed", "--since", slow], {
    cwd: repository,
    env: environment(),
    stdio: "ignore",
  });
  const asleep = await eventually("the synthesis of the revision", () => sleepingIn(folder));
  child.kill("SIGTERM");

  expect(await exitOf(child)).toBe(EXIT.interrupted);
  expect(() => process.kill(asleep, 0)).toThrow("ESRCH");
});

/** Process id that the slow synthesis has written beside its worktree. */
function sleepingIn(below: string): number | undefined {
  const files = leftovers().map((name) => path.join(below, name, "asleep.pid"));
  const written = files.find((file) => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
  return written === undefined ? undefined : Number(readFileSync(written, "utf8"));
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}
