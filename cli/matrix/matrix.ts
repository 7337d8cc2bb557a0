import { phasesOf, type StackTarget } from "../stack-target";

/** One job: the part of a wave that one machine rolls out. */
export interface MatrixEntry {
  /** Empty for the security account and the guard, which are in no wave: no wave can have that name. */
  readonly wave: string;
  /** From 1. */
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
  readonly waves: readonly { readonly name: string; readonly matrix: Matrix }[];
  readonly guard: Matrix;
}

/**
 * All selected stacks in one matrix, whose jobs run in parallel: for plans, which need no order.
 *
 * @param shards Jobs per wave at most.
 */
export function flatMatrix(targets: readonly StackTarget[], shards: number): Matrix {
  const phases = phasesOf(targets, (target) => target);
  return { include: phases.flatMap(({ stacks }) => entries(stacks, shards)) };
}

/**
 * A matrix for the security account, one per wave and one for the guard: for rollouts.
 *
 * @param waves Waves of the configuration.
 */
export function matrixByWave(
  targets: readonly StackTarget[],
  waves: readonly string[],
  shards: number,
): MatrixByWave {
  const matrixOf = (isPart: (target: StackTarget) => boolean) => ({
    include: entries(targets.filter(isPart), shards),
  });
  return {
    security: matrixOf(({ wave, guard }) => wave === undefined && guard !== true),
    waves: waves.map((name) => ({ name, matrix: matrixOf(({ wave }) => wave === name) })),
    guard: matrixOf(({ guard }) => guard === true),
  };
}

/**
 * The waves as one object, in their order. Written key by key, since a JavaScript object sorts keys that are
 * numbers, such as `10`, first.
 */
export function matrixByWaveJson({ security, waves, guard }: MatrixByWave): string {
  const members = waves.map(({ name, matrix }) => `${JSON.stringify(name)}:${JSON.stringify(matrix)}`);
  return `{"security":${JSON.stringify(security)},"waves":{${members.join(",")}},"guard":${JSON.stringify(guard)}}`;
}

/** The entries of stacks of one phase. */
function entries(stacks: readonly StackTarget[], shards: number): MatrixEntry[] {
  const names = stacks.map(({ name }) => name);
  return shardsOf(names, shards).map((accounts, index, all) => ({
    wave: stacks[0]?.wave ?? "",
    shard: index + 1,
    shards: all.length,
    accounts: accounts.join(" "),
  }));
}

/**
 * Distributes items in turn, so that no shard has two more than another. Items added at the end move no other
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
