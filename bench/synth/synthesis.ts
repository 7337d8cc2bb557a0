import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { measureNode } from "../node-process";
import type { Contestant } from "../take-turns";
import type { Program } from "./programs";
import { rolloutYaml } from "./rollout-yaml";

export interface SynthesisOptions {
  /** The project's folder. */
  readonly root: string;
  /** The bench's folder. */
  readonly folder: string;
  readonly program: Program;
  readonly accounts: number;
}

/** One synthesis in a process of its own, into a folder that is not there before. */
export function synthesis({
  root,
  folder,
  program,
  accounts,
}: SynthesisOptions): Contestant<"time" | "cpu" | "peak"> {
  const rollout = path.join(folder, `rollout-${accounts}.yaml`);
  const outdir = path.join(folder, "cdktf.out");
  return {
    name: `${program.name}, ${accounts.toLocaleString("en-US")} accounts`,
    measure: async () => {
      writeFileSync(rollout, rolloutYaml(accounts));
      rmSync(outdir, { recursive: true, force: true });
      const { wallMs, cpuMs, peakMb } = await measureNode(["--import", "tsx", program.file], {
        cwd: root,
        environment: { ...program.environment, ROLLOUT_CONFIG: rollout, CDKTF_OUTDIR: outdir },
      });
      return { time: wallMs, ...(program.oneProcess && { cpu: cpuMs }), peak: peakMb };
    },
  };
}
