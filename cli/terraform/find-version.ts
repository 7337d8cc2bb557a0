import { z } from "zod";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";
import { execute } from "../execute";

const answerSchema = z.object({ terraform_version: z.string() });

/**
 * Asks Terraform or OpenTofu for its version.
 *
 * @throws CommandError when the program does not answer.
 */
export async function findVersion(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { code, stdout, stderr } = await execute(program, ["version", "-json"], { env });
    if (code !== 0) {
      throw new Error(stderr.trim() || `exit code ${code}`);
    }
    return answerSchema.parse(JSON.parse(stdout.slice(stdout.indexOf("{")))).terraform_version;
  } catch (cause) {
    throw new CommandError(
      `${program} version -json: expected Terraform's version, got: ${messageOf(cause)}`,
    );
  }
}
