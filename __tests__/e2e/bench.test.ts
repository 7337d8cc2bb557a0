import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { selectBenches } from "../../bench/benches";
import type { Results } from "../../bench/results";

const ROOT = path.resolve(__dirname, "..", "..");
const run = promisify(execFile);

/** The storm repeats after a minute and two more, as Lambda does, what a busy machine made fail. */
const PATIENCE_MS = 600_000;

/** What another bench left in the results file. */
const OTHER = { date: "2026-01-01" };

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "bench-test-"));
  file = path.join(folder, "results.json");
  writeFileSync(file, JSON.stringify({ other: OTHER }));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The bench with no goal of its own: what bytes cost, the cold bench shows. */
const WITHOUT_TARGET = "package";

async function bench(name: string, ...options: string[]): Promise<{ table: string; results: Results }> {
  const args = ["--import", "tsx", "bench/main.ts", name, "--quick", "--results", file, ...options];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, timeout: PATIENCE_MS - 10_000 });
  return { table: stdout, results: JSON.parse(readFileSync(file, "utf8")) as Results };
}

// That it works, not how fast: a timed test fails on a slow day.
test.each(selectBenches([]).map(({ name }) => name))(
  "the bench %s measures this project and others",
  async (name) => {
    const { table, results } = await bench(name, "--rounds", "1");

    const record = results[name];
    expect(record).toMatchObject({ rounds: 1, quick: true, machine: { node: process.version } });
    expect(record?.subjects.length).toBeGreaterThan(1);
    for (const { name: subject, metrics } of record?.subjects ?? []) {
      expect(table).toContain(subject);
      expect(Object.values(metrics)).not.toEqual([]);
      expect(Object.values(metrics).every(({ value }) => Number.isFinite(value))).toBe(true);
    }
    const [first] = record?.subjects ?? [];
    expect(Object.values(first?.metrics ?? {}).some(({ value }) => value > 0)).toBe(true);
    expect(record?.targets.length === 0).toBe(name === WITHOUT_TARGET);
    expect(results).toHaveProperty("other", OTHER);
    expect(readFileSync(file, "utf8")).not.toContain(ROOT);
  },

  PATIENCE_MS,
);

test("an unknown bench name is refused, and the known ones are listed", async () => {
  await expect(bench("synht")).rejects.toMatchObject({
    stderr: expect.stringContaining("got synht"),
  });
});
