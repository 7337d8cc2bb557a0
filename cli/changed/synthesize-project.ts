import { readFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";
import { run, type RunOptions } from "./run";
import { withoutCredentials } from "./without-credentials";

export interface Synthesis extends RunOptions {
  /** Configuration, relative to the project. */
  readonly config: string;
  /** Folder that is to get the stacks, instead of the one that `cdktf.json` names. */
  readonly outdir: string;
  /** What is synthesized, for errors: "the work tree". */
  readonly title: string;
}

/**
 * Synthesizes a project as the CDKTF CLI does: with the command that its own `cdktf.json` names. That command
 * gets no credentials from the environment.
 *
 * @throws CommandError with what that command printed, when it fails.
 */
export async function synthesizeProject(synthesis: Synthesis): Promise<void> {
  const { config, outdir, title, cwd, env, signal } = synthesis;
  const { code, stdout, stderr } = await run(appCommand(cwd, title), [], {
    cwd,
    env: {
      ...withoutCredentials(env),
      CDKTF_OUTDIR: outdir,
      ROLLOUT_CONFIG: config,
      CHECKPOINT_DISABLE: "1",
    },
    signal,
    shell: true,
  });
  if (code !== 0) {
    throw new CommandError(`${title} does not synthesize:\n${(stderr || stdout).trim()}`);
  }
}

function appCommand(project: string, title: string): string {
  const json = readProjectFile(path.join(project, "cdktf.json"), title);
  const app = typeof json === "object" && json !== null && "app" in json ? json.app : undefined;
  if (typeof app !== "string" || app.trim() === "") {
    throw new CommandError(`cdktf.json of ${title}: expected the command of the app under "app"`);
  }
  return app;
}

function readProjectFile(file: string, title: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new CommandError(`${path.basename(file)} of ${title} cannot be read: ${messageOf(cause)}`);
  }
}
