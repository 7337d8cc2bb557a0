import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withPath } from "../functions/shared/system-error";
import type { FunctionPackage, FunctionPackages } from "../stacks/function-package";
import { bundleFunction } from "./bundle-function";
import { checkAllApplied, replaceModules } from "./replace-modules";
import { REPLACEMENTS, type Replacement } from "./replacements";
import { zipFiles } from "./zip";

/** Where the packages are written, below the project. */
export const OUTPUT_DIRECTORY = "dist/functions";

/**
 * Bundles one function into a zip that holds `index.js`. The bytes depend on the sources alone: not on file
 * times, modes, or the folder of the checkout.
 *
 * @param root The project's folder.
 * @param name Folder below `functions/`; its `handler.ts` exports `handler`.
 * @param applied Gets every replacement that the bundle needed.
 * @throws When the sources do not compile; esbuild's message names the place.
 */
async function packageFunction(
  root: string,
  name: string,
  applied: Set<Replacement>,
): Promise<FunctionPackage> {
  const plugin = replaceModules(REPLACEMENTS, applied);
  const zip = zipFiles({ "index.js": await bundleFunction(root, `functions/${name}/handler.ts`, plugin) });
  const file = path.join(root, OUTPUT_DIRECTORY, `${name}.zip`);
  mkdirSync(path.dirname(file), { recursive: true });
  // Another synthesis may be reading the file.
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, zip);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw withPath(error, file);
  }
  return { path: file, sha256: createHash("sha256").update(zip).digest("base64") };
}

/**
 * Bundles every function of the rollout, and reads the version that they are.
 *
 * @throws When the sources do not compile, or when no function needs one of the replacements.
 */
export async function packageFunctions(root: string): Promise<FunctionPackages> {
  const applied = new Set<Replacement>();
  const [responder, simulation, notifier, sweep, drill] = await Promise.all([
    packageFunction(root, "security-response", applied),
    packageFunction(root, "attack-simulation", applied),
    packageFunction(root, "security-notifier", applied),
    packageFunction(root, "quarantine-sweep", applied),
    packageFunction(root, "quarantine-drill", applied),
  ]);
  checkAllApplied(REPLACEMENTS, applied);
  return { responder, simulation, notifier, sweep, drill, version: versionOf(root) };
}

function versionOf(root: string): string {
  const file = path.join(root, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}
