import { readFileSync } from "node:fs";
import { messageOf } from "../functions/shared/message-of";
import type { Replacement } from "./replacements";

const DEPENDENCIES = "/node_modules/";

/** Sources of modules, as they go into a bundle. */
export interface Sources {
  /**
   * Reads a module.
   *
   * @throws When it is not the one that its replacement was written for; the message names it.
   */
  readonly read: (file: string) => string;
  /** Matches the paths of modules that are not read as they are on the disk. */
  readonly replaced: RegExp;
}

/**
 * Sources with replacements in them.
 *
 * @param met Gets every replacement whose module was read.
 */
export function replaceModules(replacements: readonly Replacement[], met: Set<Replacement>): Sources {
  const byModule = new Map(replacements.map((replacement) => [replacement.module, replacement]));
  const modules = replacements.map(({ module }) => module.replace(/[.]/g, "\\.").replace(/\//g, "[\\\\/]"));
  return {
    read: (file) => {
      const original = readFileSync(file, "utf8");
      const replacement = byModule.get(file.replaceAll("\\", "/").split(DEPENDENCIES).at(-1) ?? "");
      if (!replacement) {
        return original;
      }
      met.add(replacement);
      return sourceOf(replacement, original);
    },
    replaced: new RegExp(`node_modules[\\\\/](${modules.join("|")})$`),
  };
}

function sourceOf({ module, source }: Replacement, original: string): string {
  try {
    return source(original);
  } catch (error) {
    const why = messageOf(error);
    throw new Error(`${module}: ${why}. Look at what the SDK changed, and mend build/replacements.ts.`, {
      cause: error,
    });
  }
}

/**
 * @throws When a module was to be replaced that no bundle asked for: the SDK may have moved it, and now
 * carries it whole.
 */
export function checkAllMet(replacements: readonly Replacement[], met: ReadonlySet<Replacement>): void {
  const missed = replacements.filter((replacement) => !met.has(replacement)).map(({ module }) => module);
  if (missed.length === 0) {
    return;
  }
  throw new Error(
    `expected every module of build/replacements.ts in a function package, missed ${missed.join(", ")}. ` +
      "See where the SDK has them now, and mend build/replacements.ts.",
  );
}
