import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { messageOf } from "../functions/shared/message-of";
import type { Bench } from "./bench";
import { BENCHES, selectBenches } from "./benches";
import { describeMachine, installedVersions } from "./machine";
import { saveRecord } from "./results";
import { renderResult } from "./table";

const ROOT = path.resolve(__dirname, "..");

/** The numbers that the project shows. */
const RESULTS = path.join(ROOT, "bench", "results.json");

interface CommandOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly results?: string;
}

const program = new Command("bench")
  .description("Measures this project next to what people would use instead, in one run.")
  .argument("[NAME...]", `benches to run, out of: ${BENCHES.map(({ name }) => name).join(", ")}`)
  .option("--rounds <N>", "measurements per subject; the median counts", positiveInteger, 5)
  .option("--quick", "fewer and smaller subjects, to see that the benches work", false)
  .option("--results <FILE>", "where the numbers go (default: bench/results.json; with --quick nowhere)")
  .action(async (names: string[], options: CommandOptions) => {
    for (const bench of selectBenches(names)) {
      await runBench(bench, options);
    }
  });

async function runBench(bench: Bench, { rounds, quick, results }: CommandOptions): Promise<void> {
  print(`${bench.name}: ${bench.about}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), `bench-${bench.name}-`));
  try {
    const log = (line: string) => process.stderr.write(`${bench.name}: ${line}\n`);
    const result = await bench.run({ rounds, quick, folder, log });
    print(renderResult(result));
    print(quick ? "A quick run says that the bench works, not how fast anything is.\n" : "");
    const file = results ?? (quick ? undefined : RESULTS);
    if (file !== undefined) {
      await saveRecord(file, bench.name, {
        date: new Date().toISOString().slice(0, 10),
        rounds,
        quick,
        machine: describeMachine(),
        packages: installedVersions(ROOT),
        ...result,
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("expected a whole number from 1");
  }
  return value;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
