import path from "node:path";
import { build } from "esbuild";

/** A CDKTF program, and what it needs in its environment besides the configuration. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Whether the work that grows with the accounts is in this process: the CPU time of processes that it
   * starts is not counted.
   */
  readonly oneProcess: boolean;
}

/** This project, as `cdktf.json` runs it. It bundles and zips its functions itself. */
export const OURS: Program = { name: "this project", file: "main.ts", environment: {}, oneProcess: true };

/**
 * The usual CDKTF program, with its handler bundled beforehand.
 *
 * @param folder An empty folder for the bundle.
 */
export async function usualProgram(root: string, folder: string): Promise<Program> {
  await build({
    absWorkingDir: root,
    entryPoints: ["functions/security-response/handler.ts"],
    outfile: path.join(folder, "index.js"),
    bundle: true,
    minify: true,
    platform: "node",
  });
  return {
    name: "usual CDKTF",
    file: "bench/baselines/usual-cdktf/main.ts",
    environment: { BENCH_HANDLER_FOLDER: folder },
    // CDKTF starts one for each archive.
    oneProcess: false,
  };
}
