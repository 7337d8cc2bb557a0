import fc from "fast-check";
import { UsageError } from "../../../cli/errors";
import { EXIT } from "../../../cli/exit-codes";
import { shardsOf } from "../../../cli/matrix/matrix";
import { matrixLine, type MatrixSettings } from "../../../cli/matrix/matrix-line";
import type { StackTarget } from "../../../cli/stack-target";
import { runCommand } from "../../support/cli/shell";
import { GUARDED_YAML, SAMPLE_YAML } from "../../support/stacks/sample";

async function matrix(...args: string[]): Promise<unknown> {
  const { stdout, exitCode } = await runCommand(SAMPLE_YAML, ["matrix", ...args]);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout.trimEnd()).not.toContain("\n");
  return JSON.parse(stdout);
}

const entry = (wave: string, shard: number, shards: number, accounts: string) => ({
  wave,
  shard,
  shards,
  accounts,
});
const SECURITY = entry("", 1, 1, "security");
const SANDBOX = entry("canary", 1, 1, "sandbox");

test("one job per wave, and one for the security account, which no wave can be mistaken for", async () => {
  expect(await matrix()).toEqual({
    include: [SECURITY, SANDBOX, entry("production", 1, 1, "payments research legacy")],
  });
});

test("shards are dealt out within a wave; a small wave has fewer", async () => {
  expect(await matrix("--shards", "2")).toEqual({
    include: [
      SECURITY,
      SANDBOX,
      entry("production", 1, 2, "payments legacy"),
      entry("production", 2, 2, "research"),
    ],
  });
});

test("one matrix per step of the rollout; a wave of which nothing is selected stays, without jobs", async () => {
  expect(await matrix("--by-wave", "--account", "sandbox")).toEqual({
    security: { include: [] },
    waves: { canary: { include: [SANDBOX] }, production: { include: [] } },
    guard: { include: [] },
  });
});

test("the guard comes last, in a job of its own, and no wave brings it", async () => {
  const GUARD = entry("", 1, 1, "management");
  const line = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await runCommand(GUARDED_YAML, ["matrix", ...args])).stdout);

  expect(await line()).toMatchObject({
    include: [SECURITY, SANDBOX, { wave: "production" }, GUARD],
  });
  expect(await line("--by-wave")).toMatchObject({
    security: { include: [SECURITY] },
    guard: { include: [GUARD] },
  });
  expect(await line("--wave", "canary")).toEqual({ include: [SECURITY, SANDBOX] });
});

test("--wave brings the security account, as it does for a rollout", async () => {
  expect(await matrix("--wave", "canary")).toEqual({ include: [SECURITY, SANDBOX] });
});

describe("--accounts-from", () => {
  const select = (stdin: string, ...args: string[]) =>
    runCommand(SAMPLE_YAML, ["matrix", "--accounts-from", "-", ...args], stdin);

  test("selects what is listed, in the order of the rollout", async () => {
    expect(JSON.parse((await select("research\npayments\n\n")).stdout)).toEqual({
      include: [entry("production", 1, 1, "payments research")],
    });
  });

  test("selects nothing from an empty list", async () => {
    expect(await select("")).toMatchObject({ exitCode: EXIT.done, stdout: '{"include":[]}\n' });
  });

  test("goes together with --wave: one list serves every wave", async () => {
    const { stdout } = await select("research\nsandbox\n", "--wave", "canary");

    expect(JSON.parse(stdout)).toEqual({ include: [SANDBOX] });
  });

  test("refuses a name that is not an account", async () => {
    expect(await select("reserch\n")).toMatchObject({
      exitCode: EXIT.usage,
      stdout: "",
      stderr: expect.stringContaining("did you mean research?"),
    });
  });

  test("refuses a file that does not exist", async () => {
    expect(await runCommand(SAMPLE_YAML, ["matrix", "--accounts-from", "changed.txt"])).toMatchObject({
      exitCode: EXIT.usage,
      stderr: expect.stringContaining("changed.txt"),
    });
  });
});

test.each(["0", "257", "two", "1.5", "-1"])("--shards %s is refused", async (shards) => {
  expect(await runCommand(SAMPLE_YAML, ["matrix", "--shards", shards])).toMatchObject({
    exitCode: EXIT.usage,
    stderr: expect.stringContaining("a whole number from 1 to 256"),
  });
});

test("more jobs than GitHub starts are refused, and fit when every wave is a matrix of its own", async () => {
  const many = Array.from(
    { length: 256 },
    (_, index) => `  - { name: account-${index}, id: "${300000000000 + index}", wave: production }\n`,
  );
  const yaml = SAMPLE_YAML + many.join("");

  expect(await runCommand(yaml, ["matrix", "--shards", "256"])).toMatchObject({
    exitCode: EXIT.usage,
    stdout: "",
    stderr: expect.stringContaining("258 jobs"),
  });
  expect(await runCommand(yaml, ["matrix", "--shards", "256", "--by-wave"])).toMatchObject({
    exitCode: EXIT.done,
  });
});

test("waves stay in the order of the configuration, even if their names are numbers", async () => {
  const yaml = SAMPLE_YAML.replace(
    "waves: [canary, production]",
    'waves: [pilot, "20", "3", canary, production]',
  );

  const { stdout } = await runCommand(yaml, ["matrix", "--by-wave", "--wave", "canary"]);

  expect([...stdout.matchAll(/"([a-z0-9]+)":{"include"/g)].map(([, name]) => name)).toEqual([
    "security",
    "pilot",
    "20",
    "3",
    "canary",
    "production",
    "guard",
  ]);
  expect(JSON.parse(stdout)).toHaveProperty("waves.20", { include: [] });
});

describe("what a job, or GitHub, could not take", () => {
  /** Accounts of a wave, whose names have 50 letters. */
  const accounts = (count: number, wave = "production") =>
    Array.from({ length: count }, (_, index) => ({
      name: `${wave}-${String(index).padStart(49 - wave.length, "x")}`,
      accountId: `${300000000000 + index}`,
      wave,
    }));
  const line = (targets: StackTarget[], settings: MatrixSettings) => () => matrixLine(targets, settings);

  test("a list that is too long for one variable is refused, with the number of shards that would do", () => {
    const targets = accounts(2_569);
    expect(line(targets, { shards: 1 })).not.toThrow();

    expect(line([...targets, ...accounts(1, "canary"), ...accounts(3_000, "late")], { shards: 1 })).toThrow(
      new UsageError(
        "--shards: the list of accounts in shard 1 of late has 152999 bytes, but a job can get at most 131062 in one variable. Use --shards 2",
      ),
    );
    expect(line(accounts(2_570), { shards: 1, byWave: ["production"] })).toThrow(/Use --shards 2$/);
    expect(line(accounts(9_000), { shards: 2 })).toThrow(/Use --shards 4$/);
    expect(line(accounts(9_000), { shards: 4 })).not.toThrow();
  });

  test("a list that more shards would shorten, but not in one matrix, is refused", () => {
    const small = Array.from({ length: 200 }, (_, index) => accounts(2, `wave-${index}`)).flat();

    expect(line([...accounts(3_000), ...small], { shards: 1 })).toThrow(/Use --by-wave --shards 2$/);
  });

  test("a matrix that GitHub does not pass on is refused, since more shards would not shorten it", () => {
    expect(line(accounts(9_900), { shards: 4 })).toThrow(
      /has \d{7} bytes in UTF-16, but GitHub passes on at most 1000000 from one job. Select fewer accounts with --wave or --account$/,
    );
    // As one list it fits, but not with the shards that such a list needs.
    expect(line(accounts(9_800), { shards: 1 })).toThrow(
      /in one variable. Select fewer accounts with --wave or --account$/,
    );
  });
});

test("says that a local state is not for several machines", async () => {
  const s3 = `${SAMPLE_YAML}backend: { type: s3, bucket: example-state, region: eu-central-1 }\n`;

  expect((await runCommand(SAMPLE_YAML, ["matrix"])).stderr).toContain("backend: local");
  expect((await runCommand(s3, ["matrix"])).stderr).toBe("");
});

describe("dealing out", () => {
  const items = fc.uniqueArray(fc.string(), { maxLength: 60 });
  const count = fc.integer({ min: 1, max: 20 });

  test("every item is in exactly one shard, and no shard is empty", () => {
    fc.assert(
      fc.property(items, count, (all, shards) => {
        const dealt = shardsOf(all, shards);

        expect(dealt.flat().sort()).toEqual([...all].sort());
        expect(dealt).toHaveLength(Math.min(shards, all.length));
        expect(dealt.every((shard) => shard.length > 0)).toBe(true);
      }),
    );
  });

  test("no shard has two more than another", () => {
    fc.assert(
      fc.property(items, count, (all, shards) => {
        const sizes = shardsOf(all, shards).map(({ length }) => length);

        expect(Math.max(0, ...sizes) - Math.min(...sizes, Infinity)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("what is added at the end moves nothing to another shard, once every shard has an item", () => {
    fc.assert(
      fc.property(items, fc.array(fc.string(), { maxLength: 20 }), count, (all, added, shards) => {
        fc.pre(all.length >= shards);
        const before = shardsOf(all, shards);
        const after = shardsOf([...all, ...added], shards);

        before.forEach((shard, index) => expect(after[index]?.slice(0, shard.length)).toEqual(shard));
      }),
    );
  });
});
