import { availableParallelism } from "node:os";
import path from "node:path";
import type { Rollout } from "../../stacks/config/rollout";
import { packageProject } from "../synthesis";
import { openStates } from "./open-states";
import { readAccountBy, type AccountReading, type ReadAccount } from "./read-account";
import type { ReaderTask, ReaderThreadData } from "./reader-thread";

/** Reads accounts, and compares them with what this checkout would deploy. */
export interface AccountReader {
  /** Version of this project. */
  readonly version: string;
  readonly readAccount: ReadAccount;
}

/** Accounts to read at once. HCP Terraform takes 30 requests a second, of which an account needs two. */
export const ACCOUNTS_AT_ONCE = 8;

/** A thread loads CDKTF in the time in which another makes a hundred stacks (docs/adr/0025-review.md). */
const ACCOUNTS_PER_THREAD = 100;

/** Memory: each takes 100 MB. */
const MOST_THREADS = 8;

/**
 * Does work that reads accounts: of many, in several threads, since each stack takes some milliseconds of
 * processor time. The functions are bundled, and no stack is written. Each stack is made when it is compared,
 * and forgotten: all of them at once would take more memory.
 *
 * @param accounts How many will be read.
 */
export async function withAccountReader<T>(
  rollout: Rollout,
  env: NodeJS.ProcessEnv,
  accounts: number,
  work: (reader: AccountReader) => Promise<T>,
): Promise<T> {
  const threads = Math.min(Math.floor(accounts / ACCOUNTS_PER_THREAD), availableParallelism(), MOST_THREADS);
  if (threads >= 2) {
    return inThreads(threads, { rollout, env: { ...env } }, work);
  }
  // CDKTF takes half a second to load, and esbuild works in a process of its own meanwhile.
  const [packages, readState, { stackMaker }] = await Promise.all([
    packageProject(),
    openStates(rollout.backend, env),
    import("../../stacks/synthesis/synthesize.ts"),
  ]);
  const readAccount = readAccountBy(readState, stackMaker(rollout, packages));
  return work({ version: packages.version, readAccount });
}

async function inThreads<T>(
  threads: number,
  workerData: ReaderThreadData,
  work: (reader: AccountReader) => Promise<T>,
): Promise<T> {
  const { Tinypool } = await import("tinypool");
  // The threads load CDKTF while the functions are bundled.
  const pool = new Tinypool({
    filename: path.join(__dirname, "reader-thread.mjs"),
    workerData,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: ACCOUNTS_AT_ONCE,
  });
  try {
    const packages = await packageProject();
    const readAccount: ReadAccount = (target) =>
      pool.run({ target, packages } satisfies ReaderTask) as Promise<AccountReading>;
    return await work({ version: packages.version, readAccount });
  } finally {
    await pool.destroy();
  }
}
