import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stackTargets } from "../../cli/stack-target";
import { packageProject } from "../../cli/synthesis";
import { loadRollout } from "../../stacks/config/load";
import { stackMaker } from "../../stacks/synthesis/synthesize";
import type { Bench } from "../bench";
import { round } from "../median";
import { measureNode } from "../node-process";
import { OURS } from "../synth/programs";
import { rolloutYaml } from "../synth/rollout-yaml";
import { synthesis } from "../synth/synthesis";
import { takeTurns } from "../take-turns";
import { stateInWords } from "./state-in-words";

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

/** Writes a configuration, and for each account a state as it would be after a rollout. */
async function deployInWords(folder: string, accounts: number): Promise<void> {
  const states = path.join(folder, "state");
  mkdirSync(states, { recursive: true });
  mkdirSync(path.join(folder, "synth"), { recursive: true });
  writeFileSync(path.join(folder, "rollout.yaml"), rolloutYaml(accounts));
  const rollout = loadRollout({}, folder);
  const stackJson = stackMaker(rollout, await packageProject());
  for (const { accountId } of stackTargets(rollout)) {
    writeFileSync(path.join(states, `${accountId}.tfstate`), stateInWords(stackJson(accountId), accountId));
  }
}
