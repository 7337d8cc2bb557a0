import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { EXIT } from "../../../cli/exit-codes";
import { runProgram } from "../../../lab/run-program";
import type { Operator } from "./operator";

const PROJECT = path.join(__dirname, "../../..");

/** What Terraform leaves in the folders of the stacks. */
const LEFT_BY_TERRAFORM = /\.terraform(\/|$)|\.terraform\.lock\.hcl$/;

/** Both may be used in turn: they read the same stacks and the same states. Every account is deployed. */
export function besideCdktfCases(operator: Operator): void {
  test("cdktf synth writes the same bytes as the command line", async () => {
    await runProgram(
      process.execPath,
      [require.resolve("cdktf-cli/bundle/bin/cdktf"), "synth", "--output", operator.path("cdktf-cli.out")],
      {
        cwd: PROJECT,
        environment: { ...operator.environment, ROLLOUT_CONFIG: operator.path("rollout.yaml"), CI: "1" },
        signal: operator.stopping.signal,
      },
    );
    // Into a folder of its own: the one of the cases before holds accounts that are gone.
    const { code } = await operator.run("plan", "--account", "security", "--output", "quarantine.out");

    const ours = hashes(operator, "quarantine.out");
    expect(ours).toEqual(hashes(operator, "cdktf-cli.out"));
    expect(Object.keys(ours)).toContain("stacks/payments/cdk.tf.json");
    expect(code).toBe(EXIT.done);
  });
}

/** SHA-256 of every synthesized file in a folder, by path. */
function hashes(operator: Operator, folder: string): Record<string, string> {
  const files = readdirSync(operator.path(folder), { recursive: true, encoding: "utf8" })
    .filter((file) => !LEFT_BY_TERRAFORM.test(file))
    .filter((file) => statSync(operator.path(folder, file)).isFile());
  return Object.fromEntries(files.sort().map((file) => [file, sha256(operator.path(folder, file))]));
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
