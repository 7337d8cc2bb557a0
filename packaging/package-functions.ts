import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withPath } from "../functions/shared/system-error";
import type { FunctionPackage, FunctionPackages } from "../stacks/function-package";
import { bundleFunctions } from "./bundle-functions";
import { checkAllApplied, replaceModules } from "./replace-modules";
import { REPLACEMENTS, type Replacement } from "./replacements";
import { zipFiles } from "./zip";

/** Where the packages are written, below the project. */
export const OUTPUT_DIRECTORY = "dist/functions";

const FUNCTIONS = [
  "security-response",
  "attack-simulation",
  "security-notifier",
  "quarantine-sweep",
  "quarantine-drill",
] as const;

/**
 * Writes a function's bundle as a zip that holds `index.js`. The bytes depend on the sources alone: not on
 * file times, modes, or the folder of the checkout.
 *
 * @param root The project's folder.
 */
function packageFunction(root: string, name: string, bundle: Uint8Array): FunctionPackage {
  const zip = zipFiles({ "index.js": bundle });
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
  const bundles = await bundleFunctions(root, FUNCTIONS, replaceModules(REPLACEMENTS, applied));
  checkAllApplied(REPLACEMENTS, applied);
  const packaged = (name: (typeof FUNCTIONS)[number]) => packageFunction(root, name, bundles[name]);
  return {
    responder: packaged("security-response"),
    simulation: packaged("attack-simulation"),
    notifier: packaged("security-notifier"),
    sweep: packaged("quarantine-sweep"),
    drill: packaged("quarantine-drill"),
    version: versionOf(root),
  };
}

function versionOf(root: string): string {
  const file = path.join(root, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}
