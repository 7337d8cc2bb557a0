import type { Outcome } from "../../functions/contract";
import { formatPath, listAt, valueAt, type KeyPath } from "../../stacks/config/key-path";
import type { RolloutText } from "../../stacks/config/load";
import { readYaml } from "../../stacks/config/read-yaml";

/** The part of the configuration that decided: its path, such as `trust.creators[0]`, and its position. */
export interface DecidingLine {
  readonly path: string;
  /** `rollout.yaml:12:7`; undefined for a default, which has no position. */
  readonly place?: string;
}

/** Finds the place of the configuration that led to a verdict in an account. */
export type FindLine = (verdict: Outcome["verdict"], accountId: string) => DecidingLine | undefined;

/**
 * Reads the positions of a configuration. The number of a trust rule counts through the organization's list
 * and then the account's own; every other verdict about a creation is the account's mode.
 */
export function decidingLines({ name, text }: RolloutText): FindLine {
  const yaml = readYaml(name, text);
  const { value } = yaml;
  const at = (path: KeyPath): DecidingLine => {
    const position = yaml.positionOf(path);
    return {
      path: formatPath(path),
      ...(position !== undefined && { place: `${name}:${position.line}:${position.column}` }),
    };
  };
  return ({ action, rule }, accountId) => {
    const index = listAt(value, ["accounts"]).findIndex(
      (_, each) => valueAt(value, ["accounts", each, "id"]) === accountId,
    );
    const [, list, number] = /^(creators|users)\[(\d+)\]$/.exec(rule) ?? [];
    if (list !== undefined) {
      const shared = listAt(value, ["trust", list]).length;
      const own = Number(number) - shared;
      return at(own < 0 ? ["trust", list, Number(number)] : ["accounts", index, "trust", list, own]);
    }
    if (action === "ignore" && rule !== "mode") {
      return undefined;
    }
    const modes: readonly KeyPath[] = [
      ["accounts", index, "mode"],
      ["defaults", "mode"],
    ];
    const written = modes.find((path) => valueAt(value, path) !== undefined);
    return written === undefined ? { path: "defaults.mode" } : at(written);
  };
}
