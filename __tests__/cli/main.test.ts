import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXIT } from "../../cli/exit-codes";
import { reviewSchema } from "../../cli/review/review";
import { FakeProgram } from "../support/cli/fake-program";
import { terraformOutput } from "../support/cli/terraform-output";
import { SAMPLE_YAML } from "../support/stacks/sample";

const CLI = path.join(__dirname, "../../cli/quarantine.mjs");
/** Every write to it fails as on a full disk. Linux has it, macOS does not. */
const FULL = "/dev/full";
const LOST = "The output could not be written to stdout: ENOSPC: no space left on device, write\n";

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cli-main-"));
  writeFileSync(path.join(folder, "rollout.yaml"), SAMPLE_YAML);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a line of shell; `quarantine` in it is the real command line. */
function shell(line: string, env: NodeJS.ProcessEnv = {}) {
  const script = `quarantine() { '${process.execPath}' '${CLI}' "$@"; }; ${line}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** The same on a full disk; undefined where that cannot be tried. */
function onFullDisk(line: string, env?: NodeJS.ProcessEnv) {
  return existsSync(FULL) ? shell(line, env) : undefined;
}

function git(...args: string[]): void {
  const identity = ["-c", "user.name=example", "-c", "user.email=example@example.com"];
  expect(spawnSync("git", [...identity, ...args], { cwd: folder }).status).toBe(0);
}

describe("a result that cannot be written fails the command, and is reported", () => {
  test("matrix", () => {
    const result = onFullDisk(`quarantine matrix > ${FULL}`);

    expect(result?.status ?? EXIT.failed).toBe(EXIT.failed);
    expect(result?.stderr ?? LOST).toContain(LOST);
  });

  test("changed --since: an empty list would be taken for nothing to do", () => {
    const app = 'mkdir -p "$CDKTF_OUTDIR" && echo \'{"stacks":{}}\' > "$CDKTF_OUTDIR/manifest.json"';
    writeFileSync(path.join(folder, "cdktf.json"), JSON.stringify({ app }));
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message", "the first");

    const result = onFullDisk(`quarantine changed --since HEAD > ${FULL}`);

    expect(result?.status ?? EXIT.failed).toBe(EXIT.failed);
    expect(result?.stderr ?? LOST).toMatch(/^5 of 5 stacks differ/);
    expect(result?.stderr ?? LOST).toContain(LOST);
  });

  test("plan --json, whose own exit code says that there are changes", () => {
    const names = ["sandbox"];
    const terraform = new FakeProgram(names, { outdir: path.join(folder, "cdktf.out") });
    names.forEach((name) => {
      terraform.put(name, "plan.out", terraformOutput("plan-create.jsonl"));
      terraform.put(name, "plan.code", "2");
    });
    const env = { TERRAFORM_BINARY_NAME: terraform.settings.program };

    const result = onFullDisk(`quarantine plan --json --account sandbox > ${FULL}`, env);

    expect(result?.status ?? EXIT.failed).toBe(EXIT.failed);
    expect(result?.stderr ?? LOST).toContain("sandbox: 2 to add");
    expect(result?.stderr ?? LOST).toContain(LOST);
    terraform.delete();
  });
});

test("progress that cannot be written fails the command, which still does its work", () => {
  const result = onFullDisk(`quarantine matrix 2> ${FULL}`);

  expect(result?.status ?? EXIT.failed).toBe(EXIT.failed);
  expect(JSON.parse(result?.stdout ?? '{"include":[]}')).toHaveProperty("include");
});

test("a wrong command line stays one, even if that cannot be written", () => {
  expect(onFullDisk(`quarantine matrix --nonsense 2> ${FULL}`)?.status ?? EXIT.usage).toBe(EXIT.usage);
});

test("a reader that has seen enough is no failure", () => {
  expect(shell("quarantine matrix | true; exit ${PIPESTATUS[0]}")).toMatchObject({ status: EXIT.done });
});

const WAVES = ["first", "second"];

/** Enough for two threads, where the machine has two cores. */
function writeManyAccounts(backend = "type: local"): string[] {
  const ids = Array.from({ length: 204 }, (_, index) => String(index + 1).padStart(12, "0"));
  const entries = ids.map(
    (id, index) => `  - { name: a${id}, id: "${id}", wave: ${WAVES[index % WAVES.length] ?? ""} }`,
  );
  writeFileSync(
    path.join(folder, "rollout.yaml"),
    `organizationId: o-exampleorgid
securityAccount: { id: "111122223333" }
backend: { ${backend} }
waves: [${WAVES.join(", ")}]
accounts:
${entries.join("\n")}
`,
  );
  return ids;
}

test.each([
  ["type: s3, bucket: states, region: eu-central-1", "Could not load credentials"],
  ["type: cloud, organization: example", "no token for app.terraform.io"],
])("review reads many accounts in threads, with the backend %s", (backend, reason) => {
  writeManyAccounts(backend);

  const { status, stdout } = shell("AWS_EC2_METADATA_DISABLED=true HOME=$PWD quarantine review --json");

  const { accounts } = reviewSchema.parse(JSON.parse(stdout));
  const problems = new Set(accounts.flatMap((account) => account.problems));
  expect([...problems]).toEqual([expect.stringContaining(reason)]);
  expect(status).toBe(EXIT.failed);
});

test("review says of many accounts, which it reads in threads, what it says of few", () => {
  const ids = writeManyAccounts();
  mkdirSync(path.join(folder, "state"));
  ids.forEach((id, index) => {
    const file = path.join(folder, "state", `${id}.tfstate`);
    if (index % 3 === 1) {
      writeFileSync(file, "no state");
    } else if (index % 3 === 2) {
      writeFileSync(file, stateWithTopic(`topic-of-${id}`));
    }
  });

  const rows = (options: string) => {
    const { accounts } = reviewSchema.parse(JSON.parse(shell(`quarantine review --json ${options}`).stdout));
    return accounts.filter(({ kind }) => kind === "target").sort((a, b) => a.id.localeCompare(b.id));
  };
  const all = rows("");

  expect(all).toEqual(
    WAVES.flatMap((wave) => rows(`--wave ${wave}`)).sort((a, b) => a.id.localeCompare(b.id)),
  );
  expect(new Set(all.map(({ status }) => status))).toEqual(
    new Set(["not-deployed", "unreadable", "differs"]),
  );
  expect(all[2]?.differences).toContainEqual(
    expect.objectContaining({ expected: "security-alerts", found: `topic-of-${ids[2] ?? ""}` }),
  );
});

function stateWithTopic(name: string): string {
  const topic = { mode: "managed", type: "aws_sns_topic", name: "alerts_topic_3313844B" };
  const resources = [{ ...topic, instances: [{ attributes: { name } }] }];
  return JSON.stringify({ version: 4, serial: 1, lineage: "x", resources });
}
