import path from "node:path";
import type { PluginBuild } from "esbuild";

/** Reads a module's source, as it goes into the bundle. */
export type ReadSource = (file: string) => string;

/** Names that come from a package of the SDK: as its own modules import them, and as ours do. */
const IMPORT = /^import \{([^}]*)\} from "(@(?:aws-sdk|smithy)\/[^"]+)";$/gm;
/** Names that an index module passes on, as the SDK writes it. */
const REEXPORT = /^export \{([^}]*)\} from "([^"]+)";$/gm;

/** A name where it is declared, or one step nearer to there. */
interface Origin {
  readonly from: string;
  readonly name: string;
}

/**
 * Makes imports from the SDK's index modules imports from the modules behind them. To esbuild, who imports an
 * index reaches everything that the index passes on, so that all of it would count as needed before the first
 * `import()`.
 *
 * @returns Gives a source with its imports made direct. `folder` is where its relative paths begin.
 */
export function directImports(build: PluginBuild, read: ReadSource) {
  const fileOf = remembered(async (from: string, resolveDir: string) => {
    const found = await build.resolve(from, { kind: "import-statement", resolveDir });
    return found.errors.length > 0 || found.external ? undefined : found.path;
  });
  const passedOnBy = remembered((file: string) => passedOn(read(file)));

  async function originOf({ from, name }: Origin, folder: string): Promise<Origin> {
    if (from.startsWith(".")) {
      return { from: path.join(folder, from), name };
    }
    const file = await fileOf(from, packageOf(folder));
    if (file === undefined) {
      return { from, name };
    }
    const next = passedOnBy(file).get(name);
    return next ? originOf(next, path.dirname(file)) : { from: file, name };
  }

  return async (source: string, folder: string): Promise<string> => {
    let direct = source;
    for (const [statement, names = "", from = ""] of source.matchAll(IMPORT)) {
      const imports = namesIn(names).map(async ({ name, as }) => {
        const origin = await originOf({ from, name }, folder);
        return `import { ${origin.name} as ${as} } from ${JSON.stringify(origin.from)};`;
      });
      const lines = statement.replace(/[^\n]/g, ""); // so that errors name the lines of the source
      const together = (await Promise.all(imports)).join(" ") + lines;
      direct = direct.replace(statement, () => together);
    }
    return direct;
  };
}

/** The folder of the package that a folder belongs to: all of its modules find the same other packages. */
function packageOf(folder: string): string {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(folder)?.[0] ?? folder;
}

function passedOn(index: string): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const [, names = "", from = ""] of index.matchAll(REEXPORT)) {
    for (const { name, as } of namesIn(names)) {
      origins.set(as, { from, name });
    }
  }
  return origins;
}

/** `a, b as c` between the braces; types are nothing at run time. */
function namesIn(list: string): readonly { readonly name: string; readonly as: string }[] {
  const parts = list.split(",").map((part) => part.trim());
  return parts
    .filter((part) => part !== "" && !part.startsWith("type "))
    .map((part) => {
      const [name = "", as = name] = part.split(/\s+as\s+/);
      return { name, as };
    });
}

/** Asks once for the same texts. */
function remembered<Texts extends readonly string[], Answer>(ask: (...texts: Texts) => Answer): typeof ask {
  const answers = new Map<string, Answer>();
  return (...texts) => {
    const key = texts.join("\n");
    const answer = answers.get(key) ?? ask(...texts);
    answers.set(key, answer);
    return answer;
  };
}
