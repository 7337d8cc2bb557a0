import path from "node:path";
import { messageOf } from "../functions/shared/message-of";
import { LabDeployment } from "./deployment";
import { startLab, type Lab } from "./lab";
import { LAB_ORGANIZATION } from "./organization/accounts";
import { labRolloutYaml } from "./organization/rollout-yaml";
import { LabError } from "./shared/errors";
import { usage } from "./usage";

const DEFAULT_PORT = 4577;

/** Everything that the lab writes is below this folder. */
const FOLDER = path.resolve(".lab", "lab");

/**
 * `npm run lab`: starts the lab, prints how to use it, and runs until it is interrupted. With `--deploy` it
 * deploys the stacks first.
 */
async function main(args: readonly string[]): Promise<void> {
  const deploys = readArguments(args);
  const interrupt = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    interrupt.signal.addEventListener("abort", () => resolve());
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => interrupt.abort());
  }
  print("Starting the lab: moto's server, and the gateway in front of it.");
  const lab = await startLab({ ...LAB_ORGANIZATION, port: readPort(), log: print });
  try {
    const deployment = prepareDeployment(lab, interrupt.signal);
    if (deploys) {
      await deployment.deploy(print);
    }
    print(usage(lab, deployment));
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

function prepareDeployment(lab: Lab, signal: AbortSignal): LabDeployment {
  return new LabDeployment({
    folder: FOLDER,
    rolloutYaml: labRolloutYaml(LAB_ORGANIZATION),
    environment: lab.environment(LAB_ORGANIZATION.managementAccount.id),
    signal,
  });
}

function readArguments(args: readonly string[]): boolean {
  const unknown = args.find((arg) => arg !== "--deploy");
  if (unknown !== undefined) {
    throw new LabError(`unknown argument ${unknown}: the only argument is --deploy`);
  }
  return args.length > 0;
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
