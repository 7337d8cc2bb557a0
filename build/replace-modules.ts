import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";
import type { Replacement } from "./replacements";

const DEPENDENCIES = "/node_modules/";

/**
 * Replaces modules at bundling.
 *
 * @param met Gets every replacement whose module the bundle asked for.
 */
export function replaceModules(replacements: readonly Replacement[], met: Set<Replacement>): Plugin {
  const byModule = new Map(replacements.map((replacement) => [replacement.module, replacement]));
  return {
    name: "replace-modules",
    setup(build) {
      build.onLoad({ filter: /[\\/]node_modules[\\/].*\.js(on)?$/ }, async ({ path }) => {
        const module = path.replaceAll("\\", "/").split(DEPENDENCIES).at(-1) ?? "";
        const replacement = byModule.get(module);
        if (!replacement) return undefined;
        met.add(replacement);
        const contents = sourceOf(replacement, await readFile(path, "utf8"));
        return { contents, loader: module.endsWith(".json") ? "json" : "js" };
      });
      // Node's own modules do nothing by being loaded, which esbuild cannot know: unused ones would cost a cold start.
      build.onResolve({ filter: /^(node:|[a-z])/ }, ({ path }) =>
        isBuiltin(path) ? { path, external: true, sideEffects: false } : undefined,
      );
    },
  };
}

function sourceOf({ module, source }: Replacement, original: string): string {
  try {
    return source(original);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${module}: ${why}. Look at what the SDK changed, and mend build/replacements.ts.`, {
      cause: error,
    });
  }
}

/** @throws When a module was to be replaced that no bundle asked for: the SDK may have moved it, and now carries it whole. */
export function checkAllMet(replacements: readonly Replacement[], met: ReadonlySet<Replacement>): void {
  const missed = replacements.filter((replacement) => !met.has(replacement)).map(({ module }) => module);
  if (missed.length === 0) return;
  throw new Error(
    `expected every module of build/replacements.ts in a function package, missed ${missed.join(", ")}. ` +
      "See where the SDK has them now, and mend build/replacements.ts.",
  );
}
