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

/** One attack an account: an administrator with a key in one, a console user in the other. */
const KINDS = ["create-admin-user", "create-console-user"];

/**
 * `npm run demo`: the main job from nothing to the end, against an emulated organization.
 *
 * @returns What did not happen; empty when everything did.
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

    screen.heading("Deployed by real Terraform, one stack an account");
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

    screen.heading("Clean-up, and a second plan of every stack");
    for (const { id, name } of memberAccounts) {
      failures.push(...(await screen.step(`remove the attackers of ${name}`, () => cleanUp(client, id))));
    }
    for (const stack of STACKS) {
      const changes = await screen.step(`terraform plan of ${stack}`, () => deployment.hasChanges(stack));
      failures.push(...(changes ? [`a second plan of ${stack} has changes`] : []));
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
  screen.heading(`02:00, account ${name} (${attack.accountId}): stolen credentials, ${attack.kind}`);
  const { userName, timeline, failures } = await screen.step("attack and response", () =>
    simulateAttack(lab, attack),
  );
  screen.line(`    user ${userName}`);
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
      throw new LabError(
        `Not everything happened:\n${failures.map((failure) => `  - ${failure}`).join("\n")}`,
      );
    }
    screen.heading(
      `Everything happened as it should, in ${screen.elapsed}. The lab's clock is not AWS's: see the README.`,
    );
  } catch (error) {
    process.stderr.write(
      `\n${error instanceof LabError ? error.message : String((error as Error).stack ?? error)}\n`,
    );
    process.exitCode = 1;
  }
}

void main();
