import { readdirSync } from "node:fs";
import path from "node:path";
import type { LabDeployment } from "../../lab/deployment";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { runProgram } from "../../lab/run-program";

/** Brings every account of a deployment up to date. */
export type Deployer = (deployment: LabDeployment) => Promise<void>;

const CLI = path.join(__dirname, "../../cli/quarantine.mjs");

/** This project's command line, as CI runs it. */
export const byRollout: Deployer = async ({ environment, folder }) => {
  await runProgram(process.execPath, [CLI, "rollout", "--yes"], { cwd: folder, environment });
};

/** The CDKTF CLI, with all stacks and no flag that a person would not type. */
export const byCdktf: Deployer = (deployment) => deployment.deploy(() => undefined);

/**
 * What a person writes in a shell: synthesize, then one stack after the other, the security account first.
 */
export const byLoop: Deployer = async (deployment) => {
  await deployment.synthesize();
  const stacks = path.join(deployment.output, "stacks");
  const security = LAB_ORGANIZATION.securityAccount.name;
  const names = readdirSync(stacks).sort((a, b) => Number(b === security) - Number(a === security));
  for (const name of names) {
    for (const args of [
      ["init", "-input=false"],
      ["apply", "-input=false", "-auto-approve"],
    ]) {
      await runProgram(deployment.terraformProgram, args, {
        cwd: path.join(stacks, name),
        environment: deployment.environment,
      });
    }
  }
};
