import path from "node:path";
import { addressOf, LabClient } from "../client/lab-client";
import { LabDeployment } from "../deployment";
import { startLab } from "../lab";
import { LAB_ORGANIZATION } from "../organization/accounts";
import { labRolloutYaml } from "../organization/rollout-yaml";
import { LabError } from "../shared/errors";
import { DeployProgress } from "./deploy-progress";
import { describeTimeline } from "./print-timeline";
import { Screen } from "./screen";
import { cleanUp, simulateAttack, type Attack } from "./simulate-attack";

const { managementAccount, securityAccount, memberAccounts } = LAB_ORGANIZATION;
const STACKS = [securityAccount, ...memberAccounts].map(({ name }) => name);

/** One attack per account: an administrator with a key in one, a console user in the other. */
const KINDS = ["create-admin-user", "create-console-user"];

/**
 * `npm run demo`: deploys the stacks to an emulated organization, attacks it, and shows the response.
 *
 * @returns What failed; empty when every step succeeded.
 */
async function demo(screen: Screen, signal: AbortSignal): Promise<readonly string[]> {
  screen.heading("An AWS organization on this machine: a security account and two target accounts");
  const lab = await screen.step("start the lab", () => startLab(LAB_ORGANIZATION));
  try {
    const client = new LabClient(addressOf(lab));
    const deployment = new LabDeployment({
      folder: path.resolve(".lab", "demo"),
      rolloutYaml: labRolloutYaml(LAB_ORGANIZATION),
      environment: lab.environment(managementAccount.id),
      signal,
    });

    screen.heading("Deploying one stack per account with Terraform");
    const progress = new DeployProgress();
    await screen.step("cdktf deploy '*'", (note) => deployment.deploy((line) => note(progress.read(line))));

    const failures: string[] = [];
    for (const [index, account] of memberAccounts.entries()) {
      const attack = {
        accountId: account.id,
        securityAccountId: securityAccount.id,
        kind: KINDS[index] ?? "create-user",
      };
      failures.push(...(await showAttack(screen, client, account.name, attack)));
    }

    screen.heading("Cleaning up, and planning every stack again: Terraform finds nothing to change");
    for (const { id, name } of memberAccounts) {
      failures.push(
        ...(await screen.step(`delete the users of the attack in ${name}`, () => cleanUp(client, id))),
      );
    }
    for (const stack of STACKS) {
      const changes = await screen.step(`terraform plan of ${stack}`, () => deployment.hasChanges(stack));
      failures.push(...(changes ? [`the second plan of ${stack} has changes`] : []));
    }
    return failures;
  } finally {
    await screen.step("stop the lab", () => lab.stop());
  }
}

async function showAttack(
  screen: Screen,
  lab: LabClient,
  name: string,
  attack: Attack,
): Promise<readonly string[]> {
  screen.heading(
    `An attack with stolen credentials in account ${name} (${attack.accountId}): ${attack.kind}`,
  );
  const { userName, timeline, failures } = await screen.step("attack, and wait for the response", () =>
    simulateAttack(lab, attack),
  );
  screen.line(`    The attacker created the user ${userName}:`);
  describeTimeline(timeline).forEach((line) => screen.line(line));
  return failures;
}

async function main(): Promise<void> {
  const screen = new Screen();
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  process.once("SIGTERM", () => interrupt.abort());
  try {
    const failures = await demo(screen, interrupt.signal);
    if (failures.length > 0) {
      throw new LabError(`The demo failed:\n${failures.map((failure) => `  - ${failure}`).join("\n")}`);
    }
    screen.heading(
      `Every step succeeded, in ${screen.elapsed}. Times on AWS differ: see "Limits" in the README.`,
    );
  } catch (error) {
    process.stderr.write(
      `\n${error instanceof LabError ? error.message : String((error as Error).stack ?? error)}\n`,
    );
    process.exitCode = 1;
  }
}

void main();
