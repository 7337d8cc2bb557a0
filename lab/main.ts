import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../functions/shared/message-of";
import { readRolloutText } from "../stacks/config/load";
import { addressOf, LabClient } from "./client/lab-client";
import { createPracticeRoles } from "./client/practice-roles";
import { LabDeployment } from "./deployment";
import { startLab } from "./lab";
import { LAB_ORGANIZATION } from "./organization/accounts";
import { practiceOf, type Practice } from "./organization/practice";
import { labRolloutYaml } from "./organization/rollout-yaml";
import { LabError } from "./shared/errors";
import { usage } from "./usage";

const DEFAULT_PORT = 4577;

/** Everything that the lab writes is below this folder, which `LAB_FOLDER` changes. */
const FOLDER = path.resolve(process.env["LAB_FOLDER"] || path.join(".lab", "lab"));

/** The organization of `npm run lab` without a file. */
const OWN: Practice = {
  organization: LAB_ORGANIZATION,
  deploymentRoles: new Map(),
  breakGlassRoles: [],
  rolloutYaml: labRolloutYaml(LAB_ORGANIZATION),
  differences: [],
};

/**
 * `npm run lab`: starts the lab, prints how to use it, and runs until it is interrupted. With `--config FILE`
 * it has the accounts of that `rollout.yaml`; with `--deploy` it deploys the stacks first.
 */
async function main(args: readonly string[]): Promise<void> {
  const { config, deploys } = readArguments(args);
  const practice =
    config === undefined ? OWN : practiceOf(readRolloutText({ ROLLOUT_CONFIG: config }, process.cwd()));
  const { organization } = practice;
  const interrupt = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    interrupt.signal.addEventListener("abort", () => resolve());
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => interrupt.abort());
  }
  print("Starting the lab: moto's server, and the gateway in front of it.");
  const lab = await startLab({ ...organization, port: readPort(), log: print });
  try {
    await createPracticeRoles(new LabClient(addressOf(lab)), practice);
    const deployment = new LabDeployment({
      folder: FOLDER,
      rolloutYaml: practice.rolloutYaml,
      environment: lab.environment(organization.managementAccount.id),
      signal: interrupt.signal,
    });
    if (deploys) {
      await deployment.deploy(print);
    }
    print(usage(lab, deployment, practice.differences));
    await interrupted;
    print("Stopping the lab.");
  } catch (error) {
    // An interrupted deployment ends with an error of its own.
    if (!interrupt.signal.aborted) {
      throw error;
    }
  } finally {
    await lab.stop();
  }
}

function readArguments(args: readonly string[]): { config: string | undefined; deploys: boolean } {
  try {
    const options = { config: { type: "string" }, deploy: { type: "boolean" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    return { config: values.config, deploys: values.deploy === true };
  } catch (cause) {
    throw new LabError(`${messageOf(cause)} The arguments are --config FILE and --deploy.`, { cause });
  }
}

function readPort(): number {
  const text = process.env["LAB_PORT"] ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LabError(`LAB_PORT: expected a port from 0 to 65535, got "${text}"`);
  }
  return port;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`lab: ${messageOf(error)}\n`);
    process.exit(1);
  },
);
