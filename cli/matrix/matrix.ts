import { UsageError } from "../errors";
import type { StackTarget } from "../stack-target";

/** Jobs that GitHub starts from one matrix: https://docs.github.com/en/actions/reference/limits. */
export const MOST_JOBS = 256;

/** One job: a part of a wave that one machine rolls out. */
export interface MatrixEntry {
  /** Empty for the security account, which comes before every wave: no wave can be called that. */
  readonly wave: string;
  /** 1 and up. */
  readonly shard: number;
  readonly shards: number;
  /** Names with a space between them: what `--accounts-from` reads. */
  readonly accounts: string;
}

/** A matrix of GitHub Actions. GitHub refuses one without entries: the job has to be skipped then. */
export interface Matrix {
  readonly include: readonly MatrixEntry[];
}

/** A matrix for every step of the rollout, which has to end before the next one begins. */
export interface MatrixByWave {
  readonly security: Matrix;
  /** Every wave of the configuration, in order; one of which nothing is selected has no entries. */
  readonly waves: Readonly<Record<string, Matrix>>;
}

/**
 * All selected stacks in one matrix, whose jobs run side by side: right for plans, which need no order.
 *
 * @param shards Jobs per wave at most.
 * @throws UsageError for more jobs than GitHub starts.
 */
export function flatMatrix(targets: readonly StackTarget[], shards: number): Matrix {
  const waves = [...new Set(targets.map(({ wave }) => wave))];
  return checked({ include: waves.flatMap((wave) => entries(targets, wave, shards)) });
}

/**
 * A matrix for the security account and one per wave: right for rollouts.
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
 * Deals items out like cards, so that no shard has two more than another. The first stays in the first shard,
 * the second in the second: what is added at the end moves nothing, while what is put in or taken out before
 * moves what follows.
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
      `--shards: ${jobs} jobs, and GitHub starts ${MOST_JOBS} from one matrix at most. Take fewer shards, or --by-wave`,
    );
  }
  return matrix;
}
