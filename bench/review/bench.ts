import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { configuredResources, type ConfiguredResource } from "../../cli/stack-file";
import { stackTargets } from "../../cli/stack-target";
import { packageProject } from "../../cli/synthesis";
import type { JsonObject } from "../../functions/shared/json";
import { loadRollout } from "../../stacks/config/load";
import { stackMaker } from "../../stacks/synthesis/synthesize";
import type { Bench } from "../bench";
import { round } from "../median";
import { measureNode } from "../node-process";
import { OURS } from "../synth/programs";
import { rolloutYaml } from "../synth/rollout-yaml";
import { synthesis } from "../synth/synthesis";
import { takeTurns } from "../take-turns";

const ROOT = path.resolve(__dirname, "..", "..");
const ACCOUNTS = 1_000;
const QUICK_ACCOUNTS = 4;
const MOST_SECONDS = 10;

/** From the start of the command to its table, the stacks included. */
export const reviewBench: Bench = {
  name: "review",
  about: "review of a whole organization by its local states, next to its synthesis",
  async run({ rounds, quick, folder, log }) {
    const accounts = quick ? QUICK_ACCOUNTS : ACCOUNTS;
    await deployInWords(folder, accounts);
    const name = `review, ${accounts.toLocaleString("en-US")} local states`;
    const [review, synthesized] = await takeTurns({ rounds, log }, { time: "ms", cpu: "ms", peak: "MB" }, [
      { name, measure: () => measureReview(folder) },
      synthesis({ root: ROOT, folder: path.join(folder, "synth"), program: OURS, accounts }),
    ]);
    const seconds = round((review.metrics.time?.value ?? Infinity) / 1_000);
    const goal = `${name}: seconds`;
    return {
      subjects: [review, synthesized],
      targets: [{ goal, measured: seconds, limit: MOST_SECONDS, met: seconds <= MOST_SECONDS }],
    };
  },
};

async function measureReview(folder: string) {
  const { wallMs, cpuMs, peakMb } = await measureNode([path.join(ROOT, "cli/quarantine.mjs"), "review"], {
    cwd: folder,
    environment: { ROLLOUT_CONFIG: undefined },
  });
  return { time: wallMs, cpu: cpuMs, peak: peakMb };
}

/**
 * Writes a configuration, and for each account a state that has what the stack sets: without the values that
 * only AWS knows, it is a third smaller than what Terraform writes.
 */
async function deployInWords(folder: string, accounts: number): Promise<void> {
  const states = path.join(folder, "state");
  mkdirSync(states, { recursive: true });
  mkdirSync(path.join(folder, "synth"), { recursive: true });
  writeFileSync(path.join(folder, "rollout.yaml"), rolloutYaml(accounts));
  const rollout = loadRollout({}, folder);
  const stackJson = stackMaker(rollout, await packageProject());
  for (const { accountId } of stackTargets(rollout)) {
    const resources = configuredResources(stackJson(accountId) as JsonObject);
    const state = { version: 4, serial: 1, lineage: accountId, resources: resources.map(asDeployed) };
    const bodies = new Map(resources.map(({ address, body }) => [address, body]));
    const text = JSON.stringify(state, undefined, 2).replace(
      /\$\{(\w+\.[\w-]+)\.(\w+)\}/g,
      (reference, address: string, attribute: string) => {
        const value = bodies.get(address)?.[attribute];
        return typeof value === "string" ? value : reference;
      },
    );
    writeFileSync(path.join(states, `${accountId}.tfstate`), text);
  }
}

function asDeployed({ address, type, body }: ConfiguredResource) {
  const name = address.slice(type.length + 1);
  return { mode: "managed", type, name, instances: [{ attributes: body }] };
}
