import type { FileAccount } from "./import-plan";

/**
 * New accounts by the index of the account they follow: the last one of their wave, so that a file sorted by
 * wave stays sorted. Waves without an account yet follow at the end, one after the other. The index is -1
 * when there is no account at all.
 */
export function placeAccounts<Added extends FileAccount>(
  present: readonly FileAccount[],
  added: readonly Added[],
): ReadonlyMap<number, readonly Added[]> {
  const waves = present.map(({ wave }) => wave);
  const newWaves = [...new Set(added.map(({ wave }) => wave))].filter((wave) => !waves.includes(wave));
  // sort() is stable; indexOf() is -1 for waves that have accounts, so these come first.
  const ordered = [...added].sort((a, b) => newWaves.indexOf(a.wave) - newWaves.indexOf(b.wave));
  const places = new Map<number, Added[]>();
  for (const account of ordered) {
    const lastOfWave = waves.lastIndexOf(account.wave);
    const after = lastOfWave < 0 ? present.length - 1 : lastOfWave;
    places.set(after, [...(places.get(after) ?? []), account]);
  }
  return places;
}
