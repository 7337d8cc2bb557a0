import path from "node:path";
import { NAMES } from "../../stacks/names";
import { createBreakGlassRole } from "../client/break-glass-role";
import { addressOf, LabClient } from "../client/lab-client";
import { LabDeployment } from "../deployment";
import { startLab } from "../lab";
import { LAB_ORGANIZATION, type LabAccount } from "../organization/accounts";
import { labRolloutYaml } from "../organization/rollout-yaml";
import { LabError } from "../shared/errors";
import { DeployProgress } from "./deploy-progress";
import { describeTimeline } from "./print-timeline";
import { Screen } from "./screen";
import { cleanUp, detachDeny, leftOn, simulateAttack } from "./simulate-attack";

const { managementAccount, securityAccount, memberAccounts } = LAB_ORGANIZATION;
const [payments, research] = memberAccounts;
const BREAK_GLASS = "security/QuarantineBreakGlass";

/** A step that failed says so here, and the demo goes on. */
type Failures = string[];

/**
 * `npm run demo`: deploys the stacks to an emulated organization, attacks it, shows the response, and
 * releases a user.
 *
 * @returns What failed; empty when every step succeeded.
 */
async function demo(screen: Screen, signal: AbortSignal): Promise<Failures> {
  screen.heading("An AWS organization on this machine: a security account and two target accounts");
  const lab = await screen.step("start the lab", () => startLab(LAB_ORGANIZATION));
  try {
    const client = new LabClient(addressOf(lab));
    const deployment = new LabDeployment({
      folder: path.resolve(".lab", "demo"),
      rolloutYaml: labRolloutYaml({
        ...LAB_ORGANIZATION,
        guard: { enabled: true, breakGlassRoles: [BREAK_GLASS] },
      }),
      environment: lab.environment(managementAccount.id),
      signal,
    });
    return await new Demo(screen, client, deployment).run();
  } finally {
    await screen.step("stop the lab", () => lab.stop());
  }
}

class Demo {
  private readonly failures: Failures = [];

  constructor(
    private readonly screen: Screen,
    private readonly lab: LabClient,
    private readonly deployment: LabDeployment,
  ) {}

  async run(): Promise<Failures> {
    const { screen } = this;
    await this.createBreakGlassRoles();
    screen.heading("Deploying the security account and two target accounts with Terraform");
    await this.deploy(securityAccount.name, payments.name, research.name);
    // An administrator with a key in one account, a console user in the other.
    const first = await this.attack(payments, "create-admin-user");
    const second = await this.attack(research, "create-console-user");
    screen.heading("Deploying the guard: a service control policy");
    await this.deploy("*");
    await this.undo(payments, first);
    await this.showStatus([first, second]);

    screen.heading("Planning the stacks again: Terraform finds nothing to change");
    await this.plan(securityAccount);
    await this.plan(managementAccount);
    // By now no response looks at its user any more: it would put back what the clean-up takes off.
    await this.cleanUp(research);
    await this.plan(research);

    // A release counts two minutes after the quarantine, and most of them have passed.
    await this.release(payments, first);

    screen.heading("Cleaning up, and planning the last stack");
    await this.cleanUp(payments);
    await this.plan(payments);
    return this.failures;
  }

  private async createBreakGlassRoles(): Promise<void> {
    for (const { id } of memberAccounts) {
      const role = { role: BREAK_GLASS, accountId: id, trustedAccountId: managementAccount.id };
      await createBreakGlassRole(this.lab.iam(id), role);
    }
  }

  private async deploy(...stacks: readonly string[]): Promise<void> {
    const progress = new DeployProgress();
    const command = `cdktf deploy ${stacks.map((stack) => (stack === "*" ? "'*'" : stack)).join(" ")}`;
    await this.screen.step(command, (note) =>
      this.deployment.deploy((line) => note(progress.read(line)), stacks),
    );
  }

  /** @returns Name of the user that the attacker created. */
  private async attack({ id, name }: LabAccount, kind: string): Promise<string> {
    this.screen.heading(`An attack with stolen credentials in account ${name} (${id}): ${kind}`);
    const attack = { accountId: id, securityAccountId: securityAccount.id, kind };
    const { userName, timeline, failures } = await this.screen.step("attack, and wait for the response", () =>
      simulateAttack(this.lab, attack),
    );
    this.show([`The attacker created the user ${userName}:`, ...describeTimeline(timeline)]);
    this.failures.push(...failures);
    return userName;
  }

  private async undo({ id, name }: LabAccount, userName: string): Promise<void> {
    this.screen.heading(`The attacker, an administrator of ${name}, detaches the deny: the guard refuses it`);
    const refusal = await this.screen.step(`detach ${NAMES.quarantinePolicy} from ${userName}`, () =>
      detachDeny(this.lab, id, userName),
    );
    if (refusal?.includes("explicit deny in a service control policy") === true) {
      this.show([refusal]);
    } else {
      this.failures.push(`${userName}: the guard did not refuse to detach the deny: ${refusal ?? "done"}`);
    }
  }

  private async showStatus(userNames: readonly string[]): Promise<void> {
    this.screen.heading("An operator looks at every quarantined user of the organization");
    const lines = await this.quarantine("status");
    const missing = userNames.filter((userName) => !lines.some((line) => line.includes(userName)));
    this.failures.push(...missing.map((userName) => `${userName}: quarantine status does not show it`));
  }

  private async release({ id, name }: LabAccount, userName: string): Promise<void> {
    this.screen.heading("Two people release a user, as the break-glass role that the guard leaves alone");
    const people = ["--reason", "demo", "--operator", "alice", "--approved-by", "bob"];
    await this.quarantine("release", name, userName, ...people, "--yes");
    this.failures.push(...(await leftOn(this.lab, id, userName)));
  }

  private async cleanUp({ id, name }: LabAccount): Promise<void> {
    const left = await this.screen.step(`delete the user of the attack in ${name}`, () =>
      cleanUp(this.lab, id),
    );
    this.failures.push(...left);
  }

  private async plan({ name }: LabAccount): Promise<void> {
    const changes = await this.screen.step(`terraform plan of ${name}`, () =>
      this.deployment.hasChanges(name),
    );
    this.failures.push(...(changes ? [`the second plan of ${name} has changes`] : []));
  }

  private async quarantine(...args: readonly string[]): Promise<readonly string[]> {
    const lines = await this.screen.step(`quarantine ${args.join(" ")}`, () =>
      this.deployment.quarantine(...args),
    );
    this.show(lines);
    return lines;
  }

  private show(lines: readonly string[]): void {
    lines.forEach((line) => this.screen.line(`    ${line}`));
  }
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
