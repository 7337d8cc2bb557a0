import { distance } from "fastest-levenshtein";
import picomatch from "picomatch";
import { UsageError } from "../errors";
import type { StackTarget } from "../stack-target";
import type { SelectionOptions } from "./options";

/**
 * The stacks that `--account` and `--wave` select, in the order of the rollout.
 *
 * `--account` selects exactly what it names, the security account only when it is named. `--wave` selects
 * whole waves and the security account, which they depend on, but not the guard, which comes after all of
 * them. Both together select the accounts that are in both.
 *
 * @throws UsageError for a wave that does not exist, a pattern that no account matches, and one that is the
 * name of one account and the id of another.
 */
export function selectTargets(
  targets: readonly StackTarget[],
  options: Pick<SelectionOptions, "wave" | "account">,
): StackTarget[] {
  const { wave: waves, account: patterns } = options;
  if (waves !== undefined) {
    checkWaves(targets, waves);
  }
  patterns?.forEach((pattern) => checkUnambiguous(targets, pattern));
  const inWaves = targets.filter((target) => waves === undefined || comesWith(target, waves, patterns));
  return patterns === undefined ? inWaves : matching(inWaves, patterns, waves);
}

function comesWith(
  { wave, guard }: StackTarget,
  waves: readonly string[],
  patterns: readonly string[] | undefined,
): boolean {
  return wave === undefined ? guard !== true && patterns === undefined : waves.includes(wave);
}

function checkWaves(targets: readonly StackTarget[], waves: readonly string[]): void {
  const known = [...new Set(targets.flatMap(({ wave }) => wave ?? []))];
  const unknown = waves.find((wave) => !known.includes(wave));
  if (unknown !== undefined) {
    throw new UsageError(`--wave ${unknown}: expected a wave that has accounts: ${known.join(", ")}`);
  }
}

/**
 * The configuration refuses such a name. This check also covers a configuration that was read without that
 * rule.
 */
function checkUnambiguous(targets: readonly StackTarget[], pattern: string): void {
  const named = targets.find(({ name }) => name === pattern);
  const numbered = targets.find(({ accountId }) => accountId === pattern);
  if (named !== undefined && numbered !== undefined && named !== numbered) {
    throw new UsageError(
      `--account ${pattern}: is the name of ${named.accountId} and the id of ${numbered.name}. Rename the account ${pattern}`,
    );
  }
}

function matching(
  targets: readonly StackTarget[],
  patterns: readonly string[],
  waves: readonly string[] | undefined,
): StackTarget[] {
  const matchers = patterns.map((pattern) => {
    // A glob must not be empty, but an empty variable in a script is.
    const byName = pattern === "" ? () => false : picomatch(pattern);
    const matches = ({ name, accountId }: StackTarget) => byName(name) || accountId === pattern;
    if (!targets.some(matches)) {
      const where = waves === undefined ? "" : ` in wave ${waves.join(", ")}`;
      throw new UsageError(`--account ${pattern}: matches no account${where}${suggestion(targets, pattern)}`);
    }
    return matches;
  });
  return targets.filter((target) => matchers.some((matches) => matches(target)));
}

/** A name is suggested when at most this many letters differ. */
const NEAR = 3;

function suggestion(targets: readonly StackTarget[], pattern: string): string {
  const nearest = targets
    .map(({ name }) => ({ name, letters: distance(name, pattern) }))
    .sort((a, b) => a.letters - b.letters)[0];
  return nearest !== undefined && nearest.letters <= NEAR ? `; did you mean ${nearest.name}?` : "";
}
