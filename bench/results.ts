import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import type { BenchResult } from "./bench";
import type { Machine } from "./machine";

/** One bench as the results file keeps it, with all that its numbers depend on. */
export interface BenchRecord extends BenchResult {
  /** Day of the run, in UTC. */
  readonly date: string;
  readonly rounds: number;
  readonly quick: boolean;
  readonly machine: Machine;
  /** npm packages by name, as installed. */
  readonly packages: Readonly<Record<string, string>>;
}

/** The results file: the last run of every bench, by name. */
export type Results = Readonly<Record<string, BenchRecord>>;

/**
 * Puts one bench's record into the file and leaves those of others as they are: each says for itself when and
 * on what it ran.
 */
export async function saveRecord(file: string, name: string, record: BenchRecord): Promise<void> {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};
  const text = JSON.stringify({ ...kept, [name]: record });
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: "json" }));
}
