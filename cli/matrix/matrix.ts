import { UsageError } from "../errors";
import type { StackTarget } from "../stack-target";

/** Most jobs that GitHub starts from one matrix: https://docs.github.com/en/actions/reference/limits. */
export const MOST_JOBS = 256;

/** One job: the part of a wave that one machine rolls out. */
export interface MatrixEntry {
  /** Empty for the security account, which comes before every wave: no wave can have that name. */
  readonly wave: string;
  /** 1 and up. */
  readonly shard: number;
  readonly shards: number;
  /** Names separated by spaces, as `--accounts-from` reads them. */
  readonly accounts: string;
}

/** A matrix for GitHub Actions. GitHub refuses one without entries: the job must be skipped then. */
export interface Matrix {
  readonly include: readonly MatrixEntry[];
}

/** A matrix for every step of the rollout; each must end before the next one starts. */
export interface MatrixByWave {
  readonly security: Matrix;
  /** Every wave of the configuration, in order. A wave without selected accounts has no entries. */
  readonly waves: Readonly<Record<string, Matrix>>;
}

/**
 * All selected stacks in one matrix, whose jobs run in parallel: for plans, which need no order.
 *
 * @param shards Jobs per wave at most.
 * @throws UsageError for more jobs than GitHub starts.
 */
export function flatMatrix(targets: readonly StackTarget[], shards: number): Matrix {
  const waves = [...new Set(targets.map(({ wave }) => wave))];
  return checked({ include: waves.flatMap((wave) => entries(targets, wave, shards)) });
}

/**
 * A matrix for the security account and one per wave: for rollouts.
 *
 * @param waves Waves of the configuration.
 * @throws UsageError for more jobs in a wave than GitHub starts.
 */
export function matrixByWave(
  targets: readonly StackTarget[],
  waves: readonly string[],
  shards: number,
): MatrixByWave {
  const matrixOf = (wave: string | undefined) => checked({ include: entries(targets, wave, shards) });
  return {
    security: matrixOf(undefined),
    waves: Object.fromEntries(waves.map((wave) => [wave, matrixOf(wave)])),
  };
}

function entries(targets: readonly StackTarget[], wave: string | undefined, shards: number): MatrixEntry[] {
  const names = targets.filter((target) => target.wave === wave).map(({ name }) => name);
  return shardsOf(names, shards).map((accounts, index, all) => ({
    wave: wave ?? "",
    shard: index + 1,
    shards: all.length,
    accounts: accounts.join(" "),
  }));
}

/**
 * Deals items out in turn, so that no shard has two more than another. Items added at the end move no other
 * item to another shard; items added or removed before move those that follow.
 *
 * @param count Shards at most; none of them is empty.
 */
export function shardsOf<T>(items: readonly T[], count: number): T[][] {
  const shards = Math.min(count, items.length);
  return Array.from({ length: shards }, (_, shard) =>
    items.filter((_item, index) => index % shards === shard),
  );
}

function checked(matrix: Matrix): Matrix {
  const jobs = matrix.include.length;
  if (jobs > MOST_JOBS) {
    throw new UsageError(
      `--shards: ${jobs} jobs, but GitHub starts at most ${MOST_JOBS} from one matrix. Use fewer shards, or --by-wave`,
    );
  }
  return matrix;
}
