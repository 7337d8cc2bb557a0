import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { FunctionPackage, FunctionPackages } from "../stacks/function-package";
import { bundleFunction } from "./bundle-function";
import { prepareModules } from "./prepare-modules";
import { checkAllMet, replaceModules } from "./replace-modules";
import { REPLACEMENTS, type Replacement } from "./replacements";
import { zipFiles } from "./zip";

/** Where the packages are written, below the project. */
export const OUTPUT_DIRECTORY = "dist/functions";

/**
 * Bundles one function into a zip. The bytes depend on the sources alone: not on file times,
 * modes, or the folder of the checkout.
 *
 * @param root The project's folder.
 * @param name Folder below `functions/`; its `handler.ts` exports `handler`.
 * @param met Gets every replacement that the bundle met.
 * @throws When the sources do not compile; esbuild's message names the place.
 */
async function packageFunction(root: string, name: string, met: Set<Replacement>): Promise<FunctionPackage> {
  const files = await bundleFunction(root, `functions/${name}/handler.ts`, [
    prepareModules(replaceModules(REPLACEMENTS, met)),
  ]);
  const zip = zipFiles(files);
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
