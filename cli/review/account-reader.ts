import { availableParallelism } from "node:os";
import path from "node:path";
import type { Rollout } from "../../stacks/config/rollout";
import { packageProject } from "../synthesis";
import { readAccountBy, type AccountReading, type ReadAccount } from "./read-account";
import { localStates, type ReadState } from "./read-state";
import type { ReaderTask } from "./reader-thread";

/** Reads accounts, and compares them with what this checkout would deploy. */
export interface AccountReader {
  /** Version of this project. */
  readonly version: string;
  readonly readAccount: ReadAccount;
}

/**
 * Bundles the functions, and writes no stack. Each stack is made when it is compared, and forgotten: all of
 * them at once would take more memory.
 */
export async function openAccountReader(rollout: Rollout, readState: ReadState): Promise<AccountReader> {
  // CDKTF takes half a second to load, and esbuild works in a process of its own meanwhile.
  const [packages, { stackMaker }] = await Promise.all([
    packageProject(),
    import("../../stacks/synthesis/synthesize.ts"),
  ]);
  return { version: packages.version, readAccount: readAccountBy(readState, stackMaker(rollout, packages)) };
}

/** A thread loads CDKTF in the time in which another makes a hundred stacks (docs/adr/0025-review.md). */
const ACCOUNTS_PER_THREAD = 100;

/** Memory: each takes 100 MB. */
const MOST_THREADS = 8;

/**
 * Does work that reads local states, which takes processor time alone: of many accounts, in several threads.
 *
 * @param accounts How many will be read.
 */
export async function withLocalReader<T>(
  rollout: Rollout,
  directory: string,
  accounts: number,
  work: (reader: AccountReader) => Promise<T>,
): Promise<T> {
  const threads = Math.min(Math.floor(accounts / ACCOUNTS_PER_THREAD), availableParallelism(), MOST_THREADS);
  if (threads < 2) {
    return work(await openAccountReader(rollout, localStates(directory)));
  }
  const { Tinypool } = await import("tinypool");
  // The threads load CDKTF while the functions are bundled.
  const pool = new Tinypool({
    filename: path.join(__dirname, "reader-thread.mjs"),
    workerData: { rollout, directory },
    minThreads: threads,
    maxThreads: threads,
  });
  try {
    const packages = await packageProject();
    return await work({
      version: packages.version,
      readAccount: (target) => pool.run({ target, packages } satisfies ReaderTask) as Promise<AccountReading>,
    });
  } finally {
    await pool.destroy();
  }
}
