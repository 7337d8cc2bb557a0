import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findTerraform } from "../cli/terraform/find-terraform";
import { messageOf } from "../functions/shared/message-of";
import { MissingToolError } from "./shared/errors";

/** Folder that a filesystem mirror holds per registry. */
const REGISTRY = "registry.terraform.io";
const USUAL_PLACES = ["/opt", "/usr/local/share", "/usr/share"];

/** What the machine offers; tests give folders of their own. */
export interface TerraformPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** @default - `/opt`, `/usr/local/share`, `/usr/share` */
  readonly usualPlaces?: readonly string[];
}

/** Terraform as the lab runs it. */
export interface TerraformSetup {
  /** Absolute path of `terraform` or `tofu`. */
  readonly program: string;
  /** Folder given to Terraform as a filesystem mirror; undefined when Terraform finds providers by itself. */
  readonly mirror: string | undefined;
  /** Variables to set for Terraform; one that is undefined is removed. */
  readonly environment: Record<string, string | undefined>;
}

/**
 * Finds Terraform or OpenTofu, and providers that need no network. A mirror that Terraform would not find by
 * itself goes into a CLI configuration written to `workFolder`.
 *
 * @throws MissingToolError when the program is not on the PATH.
 */
export function setUpTerraform(places: TerraformPlaces, workFolder: string): TerraformSetup {
  const program = findProgram(places.environment);
  const configured = places.environment["TF_CLI_CONFIG_FILE"];
  const common = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_PLUGIN_CACHE_DIR: undefined };
  if (configured !== undefined && existsSync(configured)) {
    return { program, mirror: undefined, environment: { ...common, TF_CLI_CONFIG_FILE: configured } };
  }
  const mirror = hasImpliedMirror(places) ? undefined : findMirror(places);
  const file = mirror === undefined ? undefined : writeCliConfig(workFolder, mirror);
  return { program, mirror, environment: { ...common, TF_CLI_CONFIG_FILE: file } };
}

function findProgram(environment: TerraformPlaces["environment"]): string {
  try {
    return findTerraform(environment);
  } catch (cause) {
    throw new MissingToolError(messageOf(cause), { cause });
  }
}

/**
 * The folders Terraform itself looks into:
 * https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
function hasImpliedMirror({ environment, homeFolder }: TerraformPlaces): boolean {
  const data = environment["XDG_DATA_HOME"] ?? path.join(homeFolder, ".local", "share");
  const shared = (environment["XDG_DATA_DIRS"] ?? "/usr/local/share:/usr/share").split(":");
  const folders = [
    path.join(homeFolder, ".terraform.d", "plugins"),
    path.join(data, "terraform", "plugins"),
    path.join(homeFolder, "Library", "Application Support", "io.terraform", "plugins"),
    ...shared.filter((folder) => folder !== "").map((folder) => path.join(folder, "terraform", "plugins")),
  ];
  return folders.some((folder) => existsSync(path.join(folder, REGISTRY)));
}

function findMirror({ environment, usualPlaces = USUAL_PLACES }: TerraformPlaces): string | undefined {
  const given = environment["TF_PLUGIN_MIRROR"];
  const candidates = [
    // A folder that was named comes before the usual places.
    ...(given === undefined || given === "" ? [] : [given]),
    ...usualPlaces.flatMap((place) => [place, ...subfolders(place)]),
  ];
  return candidates.find((folder) => existsSync(path.join(folder, REGISTRY)));
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  const entries = readdirSync(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return folders.map(({ name }) => path.join(folder, name)).sort();
}

function writeCliConfig(workFolder: string, mirror: string): string {
  mkdirSync(workFolder, { recursive: true });
  const file = path.join(workFolder, "terraform-cli.tfrc");
  const settings = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(path.resolve(mirror))}\n  }\n}\n`;
  writeFileSync(file, settings);
  return path.resolve(file);
}
