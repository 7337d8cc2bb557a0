import { build, type Plugin } from "esbuild";

/**
 * Bundles one function into a single CommonJS file: Node.js loads that sooner than ES modules.
 *
 * @param root The project's folder.
 * @param entry Source below it; it exports `handler`.
 * @returns Contents of the file.
 * @throws When the sources do not compile; esbuild's message names the place.
 */
export async function bundleFunction(root: string, entry: string, plugin: Plugin): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: "index.js",
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
  const [file] = outputFiles;
  if (file === undefined) {
    throw new Error(`${entry}: expected a bundle from esbuild, got no output file`);
  }
  return file.contents;
}
