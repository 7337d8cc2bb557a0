import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { messageOf } from "../functions/shared/message-of";
import type { Replacement } from "./replacements";

const DEPENDENCIES = "/node_modules/";

/**
 * Replaces modules of the SDK as esbuild reads them.
 *
 * @param applied Gets every replacement whose module the bundle needed.
 */
export function replaceModules(replacements: readonly Replacement[], applied: Set<Replacement>): Plugin {
  const byFile = new Map(replacements.map((replacement) => [replacement.file, replacement]));
  return {
    name: "replace-modules",
    setup(build) {
      build.onLoad({ filter: pathOfAny([...byFile.keys()]) }, async ({ path }) => {
        const replacement = byFile.get(path.replaceAll("\\", "/").split(DEPENDENCIES).at(-1) ?? "");
        if (!replacement) {
          return undefined;
        }
        applied.add(replacement);
        return { contents: replace(replacement, await readFile(path, "utf8")), loader: "js" };
      });
    },
  };
}

/** Matches the paths of these files: esbuild asks, and waits, for each path that its filter lets pass. */
function pathOfAny(files: readonly string[]): RegExp {
  const paths = files.map((file) => file.replaceAll(".", "\\.").replaceAll("/", "[\\\\/]"));
  return new RegExp(`[\\\\/]node_modules[\\\\/](${paths.join("|")})$`);
}

function replace({ file, replaced }: Replacement, original: string): string {
  try {
    return replaced(original);
  } catch (error) {
    const message = `${file}: ${messageOf(error)}. See what changed in the SDK, and fix packaging/replacements.ts.`;
    throw new Error(message, { cause: error });
  }
}

/**
 * @throws When no bundle needed a module that is to be replaced: the SDK may have moved it, so that the
 * package carries it whole.
 */
export function checkAllApplied(
  replacements: readonly Replacement[],
  applied: ReadonlySet<Replacement>,
): void {
  const unused = replacements.filter((replacement) => !applied.has(replacement)).map(({ file }) => file);
  if (unused.length > 0) {
    throw new Error(
      `expected every module of packaging/replacements.ts in a function package, missed ${unused.join(", ")}. ` +
        "See where the SDK has them now, and fix packaging/replacements.ts.",
    );
  }
}
