import path from "node:path";
import { build, type Plugin } from "esbuild";

/** Folder of the functions, below the project. */
const FUNCTIONS = "functions";

/**
 * Bundles each function into a single CommonJS file: Node.js loads that sooner than ES modules. All in one
 * call, so that esbuild reads what they share once.
 *
 * @param root The project's folder.
 * @param names Folders below `functions/`; the `handler.ts` of each exports `handler`.
 * @returns Contents of each function's file.
 * @throws When the sources do not compile; esbuild's message names the place.
 */
export async function bundleFunctions<Name extends string>(
  root: string,
  names: readonly Name[],
  plugin: Plugin,
): Promise<Record<Name, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `${FUNCTIONS}/${name}/handler.ts`, out: name })),
    outdir: ".",
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    // The oldest Node.js the bundle runs on: the lab runs the deployed package on the operator's Node.js.
    target: "node20",
    format: "cjs",
    // The ES modules of the SDK leave out what is not used; its CommonJS files cannot.
    mainFields: ["module", "main"],
    // The SDK imports node:http at the first call over plain HTTP; as import() that would load Node's ES
    // module loader too.
    supported: { "dynamic-import": false },
    legalComments: "none",
    // Rules of the checkout's own tsconfig would make the bytes depend on where the project lies.
    tsconfigRaw: { compilerOptions: { target: "ES2022" } },
    logLevel: "silent",
    plugins: [plugin],
  });
  const contents = new Map(outputFiles.map((file) => [path.parse(file.path).name, file.contents]));
  return Object.fromEntries(
    names.map((name) => {
      const bundle = contents.get(name);
      if (bundle === undefined) {
        throw new Error(`${name}: expected a bundle from esbuild, got no output file`);
      }
      return [name, bundle];
    }),
  ) as Record<Name, Uint8Array>;
}
