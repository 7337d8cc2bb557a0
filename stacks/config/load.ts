import { readFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { ConfigError, placeIn, type ConfigProblem } from "./errors";
import { formatPath } from "./key-path";
import { readUtf8 } from "./read-utf8";
import { readYaml } from "./read-yaml";
import { referenceProblems, trustPaths } from "./reference-problems";
import { resolveRollout, type Rollout } from "./rollout";
import { rolloutSchema } from "./schema";
import { schemaProblems } from "./schema-problems";
import { trustWildcards } from "./trust-wildcards";

/** The configuration's file unless `ROLLOUT_CONFIG` names another one. */
export const DEFAULT_FILE = "rollout.yaml";

/**
 * Reads, checks and resolves the configuration.
 *
 * @param env Environment; `ROLLOUT_CONFIG` names the file.
 * @param directory Folder that a relative file name starts from.
 * @param now See {@link parseRollout}.
 * @throws {ConfigError} When the file cannot be read, or with every mistake in it.
 */
export function loadRollout(
  env: NodeJS.ProcessEnv = process.env,
  directory = process.cwd(),
  now?: number,
): Rollout {
  const { name, file, text } = readRolloutText(env, directory);
  return parseRollout(name, text, path.dirname(file), now);
}

/**
 * The time of a synthesis, in milliseconds since the epoch: by it, trust has ended or has not.
 * `SOURCE_DATE_EPOCH`, in seconds, sets it (https://reproducible-builds.org/specs/source-date-epoch/).
 */
export function synthesisTime(env: NodeJS.ProcessEnv): number {
  const seconds = env["SOURCE_DATE_EPOCH"] ?? "";
  return /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : Date.now();
}

/** The configuration's text before anything is checked. */
export interface RolloutText {
  /** As the operator named it. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/**
 * Reads the configuration's file, which `ROLLOUT_CONFIG` names.
 *
 * @throws {ConfigError} When it cannot be read, or is not UTF-8.
 */
export function readRolloutText(env: NodeJS.ProcessEnv, directory: string): RolloutText {
  const name = env["ROLLOUT_CONFIG"] || DEFAULT_FILE;
  const file = path.resolve(directory, name);
  return { name, file, text: readText(name, file) };
}

/**
 * Checks and resolves the text of a configuration.
 *
 * @param file The file's name, for errors.
 * @param directory Folder that paths in the file are relative to.
 * @param now Milliseconds since the epoch: trust that has ended by then is a mistake too. Only synthesis
 * gives it, so that an entry that ended last night stops no `release`.
 * @throws {ConfigError} With every mistake.
 */
export function parseRollout(file: string, text: string, directory: string, now?: number): Rollout {
  const yaml = readYaml(file, text);
  const checked = rolloutSchema.safeParse(yaml.value);
  const problems = [
    ...(checked.success ? [] : schemaProblems(yaml.value, checked.error.issues)),
    ...referenceProblems(yaml.value, now),
  ].map(({ path: keys, ...rest }): ConfigProblem => ({
    path: formatPath(keys),
    position: yaml.positionOf(keys),
    ...rest,
  }));
  if (!checked.success || problems.length > 0) {
    throw new ConfigError(file, problems.sort(byPosition));
  }
  const warnings = trustPaths(yaml.value)
    .flatMap((keys) => trustWildcards(yaml.value, keys))
    .map(
      ({ path: keys, text: warning }) =>
        `${placeIn(file, yaml.positionOf(keys))} ${formatPath(keys)}: ${warning}`,
    );
  return { ...resolveRollout(checked.data, directory), warnings };
}

function readText(name: string, file: string): string {
  return readUtf8(name, readBytes(name, file));
}

function readBytes(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const found = messageOf(cause);
    const hint = "copy the sample rollout.yaml, or name the file in ROLLOUT_CONFIG";
    throw new ConfigError(name, [{ path: "", expected: "a configuration file", found, hint }], { cause });
  }
}

function byPosition(a: ConfigProblem, b: ConfigProblem): number {
  const [left, right] = [a.position, b.position];
  return (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0);
}
