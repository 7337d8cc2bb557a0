import path from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

const OPTIONS = {
  bundle: true,
  write: false,
  minify: true,
  platform: "node",
  // The oldest Node.js the bundle runs on: the lab runs the deployed package on the operator's Node.js.
  target: "node20",
  legalComments: "none",
  // Rules of the checkout's own tsconfig would make the bytes depend on where the project lies.
  tsconfigRaw: { compilerOptions: { target: "ES2022" } },
  logLevel: "silent",
} satisfies BuildOptions;

const ENTRY = "index.js";
/** Where esbuild puts what several files share. */
const SHARED = "chunk.js";

/** Sources of files that esbuild made, by `./` and their name. */
type Modules = ReadonlyMap<string, string>;

/**
 * Bundles one function into CommonJS files: `index.js`, and one more for what its sources `import()`, which
 * Node.js reads and compiles no sooner than it is asked for. That finds in `index.js` what it shares with it.
 *
 * @param root The project's folder.
 * @param entry Source below it.
 * @returns Contents by file name.
 * @throws When the sources do not compile; esbuild's message names the place. When several `import()` share
 * among each other what `index.js` does not need, which would take one more file.
 */
export async function bundleFunction(
  root: string,
  entry: string,
  plugins: Plugin[],
): Promise<Record<string, Uint8Array>> {
  const { modules, later } = await split(root, entry, plugins);
  const files = [ENTRY, ...later].map(async (name) => [name, await toCommonJs(name, modules)] as const);
  return Object.fromEntries(await Promise.all(files));
}

/** esbuild splits into ES modules only. */
async function split(root: string, entry: string, plugins: Plugin[]) {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: path.parse(ENTRY).name }],
    outdir: ".",
    format: "esm",
    splitting: true,
    chunkNames: "[name]",
    metafile: true,
    // The ES modules of the SDK leave out what is not used; its CommonJS files cannot.
    mainFields: ["module", "main"],
    plugins,
  });
  const exportsOf = (file: string) => metafile.outputs[file]?.exports ?? [];
  const both = exportsOf(ENTRY).filter((name) => exportsOf(SHARED).includes(name));
  // From one file ES modules export neither of two things of one name, without a word.
  if (both.length > 0) {
    throw new Error(`${entry}: expected other names than the bundle's own, got ${both.join(", ")}`);
  }
  const modules: Modules = new Map(outputFiles.map((file) => [`./${path.basename(file.path)}`, file.text]));
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const later = imports.filter(({ kind, external }) => kind === "dynamic-import" && !external);
  return { modules, later: new Set(later.map((file) => file.path)) };
}

/** Node.js loads CommonJS sooner than ES modules. */
async function toCommonJs(name: string, modules: Modules): Promise<Uint8Array> {
  const own = `export * from "./${name}";`;
  const shared = name === ENTRY && modules.has(`./${SHARED}`) ? `export * from "./${SHARED}";` : "";
  const { outputFiles } = await build({
    ...OPTIONS,
    stdin: { contents: own + shared },
    format: "cjs",
    // The SDK imports node:http at the first call over plain HTTP; as import() that would load Node's ES
    // module loader too.
    supported: { "dynamic-import": false },
    plugins: [fromMemory(name, modules)],
  });
  const [file] = outputFiles;
  if (file === undefined) {
    throw new Error(`${name}: expected a bundle from esbuild, got no output file`);
  }
  return file.contents;
}

function fromMemory(name: string, modules: Modules): Plugin {
  return {
    name: "from-memory",
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\// }, ({ path: file, kind }) => {
        if (kind === "dynamic-import") {
          return { path: file, external: true };
        }
        if (file === `./${SHARED}` && name !== ENTRY) {
          return { path: `./${ENTRY}`, external: true };
        }
        return { path: file, namespace: "split" };
      });
      plugin.onLoad({ filter: /./, namespace: "split" }, ({ path: file }) => ({
        contents: modules.get(file),
      }));
    },
  };
}
