import { z } from "zod";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";
import { execute } from "../execute";

const answerSchema = z.object({ terraform_version: z.string() });

/** How long Terraform may take to print its version. It takes a second, but the machine may be busy. */
const ANSWER_WITHIN_MS = 60_000;

export interface FindVersionOptions {
  /** The environment of every Terraform process: `TF_CLI_ARGS` would make this one fail too. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the program at once; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** @default 1 minute */
  readonly answerWithinMs?: number;
}

/**
 * Asks Terraform or OpenTofu for its version.
 *
 * @throws CommandError when the program does not answer.
 */
export async function findVersion(
  program: string,
  { env, signal, answerWithinMs = ANSWER_WITHIN_MS }: FindVersionOptions,
): Promise<string> {
  const late = AbortSignal.timeout(answerWithinMs);
  try {
    const { code, stdout, stderr } = await execute(program, ["version", "-json"], {
      env,
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      // This process has nothing to save.
      stopSignal: "SIGKILL",
    });
    if (code !== 0) {
      throw new Error(stderr.trim() || `exit code ${code}`);
    }
    return answerSchema.parse(JSON.parse(stdout.slice(stdout.indexOf("{")))).terraform_version;
  } catch (cause) {
    signal?.throwIfAborted();
    const found = late.aborted ? `no answer within ${answerWithinMs / 1000} s` : messageOf(cause);
    throw new CommandError(`${program} version -json: expected Terraform's version, got: ${found}`);
  }
}
