import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";

const answer = z.object({ terraform_version: z.string() });

/**
 * Asks Terraform or OpenTofu for its version.
 *
 * @throws CommandError when the program does not answer.
 */
export async function findVersion(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, ["version", "-json"], { env });
    return answer.parse(JSON.parse(stdout.slice(stdout.indexOf("{")))).terraform_version;
  } catch (cause) {
    throw new CommandError(
      `${program} version -json: expected Terraform's version, got: ${messageOf(cause)}`,
    );
  }
}
