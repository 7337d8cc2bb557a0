import path from "node:path";
import { LabDeployment } from "../../lab/deployment";
import { startLab } from "../../lab/lab";
import { LAB_ORGANIZATION, type LabAccount } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import type { Bench, BenchOptions, BenchResult, Metric, Subject } from "../bench";
import { median } from "../median";
import { byCdktf, byLoop, byRollout, type Deployer } from "./deployers";

const ACCOUNTS = 12;
const QUICK_ACCOUNTS = 1;

/** What is timed, in this order: each one finds what the one before has left. */
const SCENARIOS = ["first rollout", "no change", "one account changed"] as const;
type Scenario = (typeof SCENARIOS)[number];

const DEPLOYERS: Readonly<Record<string, Deployer>> = {
  "quarantine rollout --yes": byRollout,
  "cdktf deploy '*'": byCdktf,
  "a loop of terraform init and apply": byLoop,
};

/** The security account and twelve target accounts, deployed into the lab by real Terraform. */
export const rollout: Bench = {
  name: "rollout",
  about: `seconds to bring the security account and ${ACCOUNTS} accounts up to date in the lab`,
  onRequest: "it takes half an hour a round",
  run,
};

async function run({ rounds, quick, folder, log }: BenchOptions): Promise<BenchResult> {
  const members = memberAccounts(quick ? QUICK_ACCOUNTS : ACCOUNTS);
  const times = new Map<string, Map<Scenario, number[]>>();
  for (let round = 1; round <= rounds; round++) {
    for (const [name, deploy] of Object.entries(DEPLOYERS)) {
      const byScenario = times.get(name) ?? new Map<Scenario, number[]>();
      times.set(name, byScenario);
      const measured = await measure(deploy, members, path.join(folder, `${round}-${times.size}`), (line) =>
        log(`round ${round}, ${name}: ${line}`),
      );
      measured.forEach((seconds, scenario) =>
        byScenario.set(scenario, [...(byScenario.get(scenario) ?? []), seconds]),
      );
    }
  }
  return { subjects: [...times].map(([name, byScenario]) => subject(name, byScenario)), targets: [] };
}

/** Each deployer has a lab of its own, with nothing in it. */
async function measure(
  deploy: Deployer,
  members: readonly LabAccount[],
  folder: string,
  log: (line: string) => void,
): Promise<Map<Scenario, number>> {
  const lab = await startLab({ ...LAB_ORGANIZATION, memberAccounts: members });
  const seconds = new Map<Scenario, number>();
  try {
    const environment = lab.environment(LAB_ORGANIZATION.managementAccount.id);
    const deployment = new LabDeployment({ folder, rolloutYaml: yamlFor(members, false), environment });
    for (const scenario of SCENARIOS) {
      deployment.configure(yamlFor(members, scenario === "one account changed"));
      const startedAt = performance.now();
      await deploy(deployment);
      seconds.set(scenario, (performance.now() - startedAt) / 1000);
      log(`${scenario}: ${Math.round(seconds.get(scenario) ?? 0)} s`);
    }
  } finally {
    await lab.stop();
  }
  return seconds;
}

function memberAccounts(count: number): LabAccount[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `account-${String(index + 1).padStart(2, "0")}`,
    id: String(444_455_550_001 + index),
  }));
}

function yamlFor(accounts: readonly LabAccount[], oneChanged: boolean): string {
  const first = accounts[0]?.name ?? "";
  const overrides = oneChanged ? { [first]: { logRetentionDays: 30 as const } } : {};
  return labRolloutYaml({ ...LAB_ORGANIZATION, memberAccounts: accounts, overrides });
}

function subject(name: string, byScenario: ReadonlyMap<Scenario, readonly number[]>): Subject {
  const metrics = [...byScenario].map(([scenario, rounds]): [string, Metric] => [
    scenario,
    { value: Math.round(median(rounds)), unit: "s", rounds: rounds.map(Math.round) },
  ]);
  return { name, metrics: Object.fromEntries(metrics) };
}
