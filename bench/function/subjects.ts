import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { unzipSync } from "fflate";
import { packageFunctions } from "../../packaging/package-functions";
import type { FunctionPackage } from "../../stacks/function-package";

const ROOT = path.resolve(__dirname, "..", "..");

const ENTRY = "index.js";

/** A function to be measured, and how to run it. */
export interface FunctionSubject {
  readonly name: string;
  /** Program and arguments of a process that answers events. */
  readonly command: readonly string[];
}

/** Name of the subject below which Node.js does not go. */
export const FLOOR = "four steps, bare Node.js (floor)";

/** The packaged responder first, then all that it is compared with. */
export async function functionSubjects(folder: string): Promise<FunctionSubject[]> {
  const python = pythonFourSteps();
  const ours = [await packagedResponder(folder), await plainResponder(folder)];
  return [...ours, ...(python ? [python] : []), await bareFourSteps(folder)];
}

/** The packaged responder itself, from its zip. */
export async function packagedResponder(folder: string): Promise<FunctionSubject> {
  const { responder } = await packageFunctions(ROOT);
  return { name: "packaged responder", command: node(unpack(responder, folder, "packaged")) };
}

/**
 * The files of a function's package, in a folder of their own; returns the path of the one that exports its
 * handler.
 */
export function unpack({ path: zip }: FunctionPackage, folder: string, name: string): string {
  return place(folder, name, unzipSync(readFileSync(zip)));
}

/** The responder as people would bundle it: `esbuild --bundle --minify --platform=node`. */
export async function plainResponder(folder: string): Promise<FunctionSubject> {
  const code = await bundlePlainly("functions/security-response/handler.ts");
  return { name: "responder bundled plainly", command: node(place(folder, "plain", { [ENTRY]: code })) };
}

/** The lab's four steps on the SDK's defaults, bundled as people would. */
export async function plainFourSteps(folder: string): Promise<FunctionSubject> {
  const code = await bundlePlainly("bench/function/four-steps.ts");
  return {
    name: "four steps, SDK v3 bundled plainly",
    command: node(place(folder, "four-steps", { [ENTRY]: code })),
  };
}

/** The lab's four steps by hand, without an SDK: the floor. */
export async function bareFourSteps(folder: string): Promise<FunctionSubject> {
  const code = await bundlePlainly("bench/function/bare.ts");
  return { name: FLOOR, command: node(place(folder, "bare", { [ENTRY]: code })) };
}

/** The lab's four steps on boto3; undefined when Python 3 has none. */
export function pythonFourSteps(): FunctionSubject | undefined {
  if (pythonVersions() === undefined) {
    return undefined;
  }
  const [runner, file] = [path.join(__dirname, "run.py"), path.join(__dirname, "four-steps.py")];
  return { name: "four steps, Python with boto3", command: ["python3", "-B", runner, file] };
}

/** Versions of Python and boto3; undefined when either is missing. */
export function pythonVersions(): Record<string, string> | undefined {
  const script = "import platform, boto3; print(platform.python_version(), boto3.__version__)";
  try {
    const output = execFileSync("python3", ["-c", script], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [python = "", boto3 = ""] = output.trim().split(" ");
    return { python, boto3 };
  } catch {
    return undefined;
  }
}

/** A bundle by esbuild's defaults for Node.js, minified: the usual way. */
export async function bundlePlainly(entry: string): Promise<Uint8Array> {
  const bundle = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: "node",
    write: false,
    logLevel: "silent",
  });
  const [file] = bundle.outputFiles;
  if (!file) {
    throw new Error(`${entry}: expected a bundle from esbuild, got no output file`);
  }
  return file.contents;
}

function node(file: string): string[] {
  return [process.execPath, path.join(__dirname, "run.mjs"), file];
}

/** Writes the files of a function; returns the path of the one that exports its handler. */
function place(folder: string, name: string, files: Readonly<Record<string, Uint8Array>>): string {
  const at = path.join(folder, name);
  mkdirSync(at, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(path.join(at, file), content);
  }
  return path.join(at, ENTRY);
}
