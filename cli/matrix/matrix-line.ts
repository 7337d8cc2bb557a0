import { UsageError } from "../errors";
import type { StackTarget } from "../stack-target";
import { flatMatrix, matrixByWave, matrixByWaveJson, type Matrix, type MatrixEntry } from "./matrix";

/** Most jobs that GitHub starts from one matrix: https://docs.github.com/en/actions/reference/limits. */
export const MOST_JOBS = 256;

/**
 * Most bytes that a job passes on to others, "approximated based on UTF-16 encoding":
 * https://docs.github.com/en/actions/using-jobs/defining-outputs-for-jobs.
 */
const MOST_OUTPUT_BYTES = 1_000_000;

/**
 * Most bytes of a list of accounts, which a job gets in one environment variable. Linux allows 128 KiB for an
 * argument or a variable (MAX_ARG_STRLEN, execve(2)), with its name, as in docs/ci.md, and a zero byte.
 */
const MOST_LIST_BYTES = 131_072 - "ACCOUNTS=".length - 1;

export interface MatrixSettings {
  /** Jobs per wave at most. */
  readonly shards: number;
  /** Waves of the configuration, for a matrix of each. @default - one matrix for all */
  readonly byWave?: readonly string[] | undefined;
}

/**
 * The matrix as one line of JSON, as `GITHUB_OUTPUT` requires.
 *
 * @throws UsageError for a matrix that GitHub, or the machine that runs a job, would refuse. The message says
 * how many shards are enough, if any.
 */
export function matrixLine(targets: readonly StackTarget[], settings: MatrixSettings): string {
  const { line, matrices } = make(targets, settings);
  const excess = excessOf(line, matrices);
  if (excess === undefined) {
    return line;
  }
  throw new UsageError(`--shards: ${excess.description}. ${remedy(excess, targets, settings)}`);
}

interface Made {
  readonly line: string;
  readonly matrices: readonly Matrix[];
}

function make(targets: readonly StackTarget[], { shards, byWave }: MatrixSettings): Made {
  if (byWave === undefined) {
    const matrix = flatMatrix(targets, shards);
    return { line: JSON.stringify(matrix), matrices: [matrix] };
  }
  const matrices = matrixByWave(targets, byWave, shards);
  return {
    line: matrixByWaveJson(matrices),
    matrices: [matrices.security, ...matrices.waves.map(({ matrix }) => matrix), matrices.guard],
  };
}

/** A limit of GitHub or of a job that is exceeded. */
interface Excess {
  readonly kind: "jobs" | "output" | "list";
  readonly description: string;
}

function excessOf(line: string, matrices: readonly Matrix[]): Excess | undefined {
  const jobs = Math.max(...matrices.map(({ include }) => include.length));
  if (jobs > MOST_JOBS) {
    const description = `${jobs} jobs, but GitHub starts at most ${MOST_JOBS} from one matrix`;
    return { kind: "jobs", description };
  }
  const bytes = Buffer.byteLength(line, "utf16le");
  if (bytes > MOST_OUTPUT_BYTES) {
    const description = `the matrix has ${bytes} bytes in UTF-16, but GitHub passes on at most ${MOST_OUTPUT_BYTES} from one job`;
    return { kind: "output", description };
  }
  const entry = matrices.flatMap(({ include }) => include).find(isTooLong);
  if (entry === undefined) {
    return undefined;
  }
  const { wave, shard, accounts } = entry;
  const list = `the list of accounts in shard ${shard} of ${wave}`;
  const description = `${list} has ${accounts.length} bytes, but a job can get at most ${MOST_LIST_BYTES} in one variable`;
  return { kind: "list", description };
}

/** Names are ASCII. */
function isTooLong({ accounts }: MatrixEntry): boolean {
  return accounts.length > MOST_LIST_BYTES;
}

/** What to do. */
function remedy({ kind }: Excess, targets: readonly StackTarget[], settings: MatrixSettings): string {
  if (kind === "jobs") {
    return "Use fewer shards, or --by-wave";
  }
  const shards = kind === "list" ? fewestShards(targets, settings) : undefined;
  if (shards !== undefined) {
    return `Use --shards ${shards}`;
  }
  const byWave = [...new Set(targets.flatMap(({ wave }) => wave ?? []))];
  const inWaves = kind === "list" ? fewestShards(targets, { ...settings, byWave }) : undefined;
  return inWaves === undefined
    ? "Select fewer accounts with --wave or --account"
    : `Use --by-wave --shards ${inWaves}`;
}

/** The smallest number of shards that makes every list short enough; undefined when none does. */
function fewestShards(targets: readonly StackTarget[], settings: MatrixSettings): number | undefined {
  for (let shards = settings.shards + 1; shards <= MOST_JOBS; shards++) {
    const { line, matrices } = make(targets, { ...settings, shards });
    const excess = excessOf(line, matrices);
    if (excess?.kind !== "list") {
      return excess === undefined ? shards : undefined;
    }
  }
  return undefined;
}
