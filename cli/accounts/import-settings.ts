import { isDeepStrictEqual } from "node:util";
import type { AccountImportFile } from "../../stacks/config/account-import";
import { UsageError } from "../errors";
import type { WaveMapping } from "./import-plan";
import { ouMatcher } from "./ou-pattern";

/** Options of an import on the command line. */
export interface ImportOptions {
  /** `OU=WAVE`, such as `/Sandbox/**=canary`. */
  readonly ouWave?: readonly string[];
  /** Wave of the accounts that no mapping matches. */
  readonly wave?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly move?: boolean;
}

/** How accounts are selected and assigned to waves. */
export interface ImportSettings {
  /** The wave that the mapping assigns to a unit. */
  mappedWave(ouPath: string): string | undefined;
  /** Wave of new accounts that no mapping matches. */
  readonly defaultWave: string | undefined;
  /**
   * The mapping, including that of the options, in the form of the file; undefined if the file already has
   * it.
   */
  readonly mappingToKeep: WaveMapping | undefined;
  isIncluded(id: string): boolean;
  isExcluded(id: string, ouPath: string): boolean;
  /** Whether accounts already in the file follow the mapping too. */
  readonly move: boolean;
}

/**
 * Combines the options with the settings of the file. Options come first, and the first mapping that matches
 * decides.
 *
 * @throws UsageError for a mistake in the options.
 */
export function importSettings(
  file: AccountImportFile = {},
  options: ImportOptions,
  waves: readonly string[],
): ImportSettings {
  const fromOptions = (options.ouWave ?? []).map((text) => readOuWave(text, waves));
  const defaultWave = options.wave === undefined ? undefined : knownWave("--wave", options.wave, waves);
  const inFile = file.waves ?? [];
  const mapping = [...fromOptions, ...inFile];
  const whole = [...mapping, ...(defaultWave === undefined ? [] : [{ ou: "/**", wave: defaultWave }])];
  const rules = mapping.map(({ ou, wave }) => ({ matches: ouMatcher(ou), wave }));
  const included = new Set([...(options.include ?? []), ...(file.include ?? [])]);
  const excluded = [...(options.exclude ?? []), ...(file.exclude ?? [])];
  const excludedIds = new Set(excluded);
  const excludedUnits = excluded.filter((entry) => entry.startsWith("/")).map(ouMatcher);
  return {
    mappedWave: (ouPath) => rules.find(({ matches }) => matches(ouPath))?.wave,
    defaultWave,
    mappingToKeep: whole.every((rule) => inFile.some((each) => isDeepStrictEqual(each, rule)))
      ? undefined
      : whole,
    isIncluded: (id) => included.has(id),
    isExcluded: (id, ouPath) => excludedIds.has(id) || excludedUnits.some((matches) => matches(ouPath)),
    move: options.move ?? false,
  };
}

function readOuWave(text: string, waves: readonly string[]): WaveMapping[number] {
  // A unit name may contain the sign; a wave name cannot.
  const at = text.lastIndexOf("=");
  const ou = text.slice(0, at);
  if (at < 0 || !ou.startsWith("/")) {
    throw new UsageError(
      `--ou-wave ${text}: expected PATH=WAVE, such as '/Sandbox/**=${waves[0] ?? "canary"}'`,
    );
  }
  return { ou, wave: knownWave(`--ou-wave ${text}`, text.slice(at + 1), waves) };
}

function knownWave(option: string, wave: string, waves: readonly string[]): string {
  if (!waves.includes(wave)) {
    throw new UsageError(
      `${option}: expected one of the waves ${waves.join(", ")}; found ${JSON.stringify(wave)}`,
    );
  }
  return wave;
}
