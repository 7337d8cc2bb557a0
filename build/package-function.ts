import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";
import type { FunctionPackage, FunctionPackages } from "../stacks/function-package";
import { checkAllMet, replaceModules } from "./replace-modules";
import { REPLACEMENTS, type Replacement } from "./replacements";
import { zipFiles } from "./zip";

/** Where the packages are written, below the project. */
export const OUTPUT_DIRECTORY = "dist/functions";

/** The oldest Node.js the bundle runs on: the lab runs the deployed package on the operator's Node.js. */
const TARGET = "node20";

/**
 * Bundles one function into a zip that holds `index.js`. The bytes depend on the sources alone: not on file times,
 * modes, or the folder of the checkout.
 *
 * @param root The project's folder.
 * @param name Folder below `functions/`; its `handler.ts` exports `handler`.
 * @param met Gets every replacement that the bundle met.
 * @throws When the sources do not compile; esbuild's message names the place.
 */
async function packageFunction(root: string, name: string, met: Set<Replacement>): Promise<FunctionPackage> {
  const bundle = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: "index.js",
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    target: TARGET,
    format: "cjs",
    // The ES modules of the SDK leave out what is not used; its CommonJS files cannot.
    mainFields: ["module", "main"],
    // The SDK imports node:http at the first call over plain HTTP; as import() that would load Node's ES module loader too.
    supported: { "dynamic-import": false },
    legalComments: "none",
    plugins: [replaceModules(REPLACEMENTS, met)],
    // Rules of the checkout's own tsconfig would make the bytes depend on where the project lies.
    tsconfigRaw: { compilerOptions: { target: "ES2022" } },
    logLevel: "silent",
  });
  const [index] = bundle.outputFiles;
  if (index === undefined) {
    throw new Error(`functions/${name}/handler.ts: expected a bundle from esbuild, got no output file`);
  }
  const zip = zipFiles({ "index.js": index.contents });
  const file = path.join(root, OUTPUT_DIRECTORY, `${name}.zip`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, zip);
  return { path: file, sha256: createHash("sha256").update(zip).digest("base64") };
}

/**
 * Bundles every function of the rollout.
 *
 * @throws When the sources do not compile, or when a module that was to be replaced is not met.
 */
export async function packageFunctions(root: string): Promise<FunctionPackages> {
  const met = new Set<Replacement>();
  const [responder, simulation] = await Promise.all([
    packageFunction(root, "security-response", met),
    packageFunction(root, "attack-simulation", met),
  ]);
  checkAllMet(REPLACEMENTS, met);
  return { responder, simulation };
}
