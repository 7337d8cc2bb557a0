import { readFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";
import { execute, type ExecuteOptions } from "../execute";

/** Variables in which AWS, Terraform, npm and GitHub Actions pass credentials. */
const CREDENTIALS = [
  /^AWS_/,
  /^TF_TOKEN_/,
  /^ACTIONS_ID_TOKEN_REQUEST_/,
  /^(?:ACTIONS_RUNTIME|GITHUB|GH|NODE_AUTH|NPM)_TOKEN$/,
];

export interface ProjectSynthesis extends Pick<ExecuteOptions, "env" | "signal"> {
  /** Folder of the project. */
  readonly cwd: string;
  /** Configuration, relative to the project. */
  readonly config: string;
  /** Folder for the stacks, instead of the one that `cdktf.json` names. */
  readonly outdir: string;
  /** What is synthesized, for errors: "the working tree". */
  readonly title: string;
}

/**
 * Synthesizes a project as the CDKTF CLI does: with the command that its own `cdktf.json` names. That command
 * gets no credentials from the environment.
 *
 * @throws CommandError with what that command printed, when it fails.
 */
export async function synthesizeProject(synthesis: ProjectSynthesis): Promise<void> {
  const { config, outdir, title, cwd, env, signal } = synthesis;
  const { code, stdout, stderr } = await execute(appCommand(cwd, title), [], {
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

/**
 * The environment for code of a revision, which needs no credentials to synthesize. This is not a sandbox:
 * the code still runs as this user.
 */
function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !CREDENTIALS.some((pattern) => pattern.test(name))),
  );
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
