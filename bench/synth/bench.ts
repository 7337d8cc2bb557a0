import path from "node:path";
import type { Bench } from "../bench";
import { takeTurns } from "../take-turns";
import { conclude } from "./conclude";
import { OURS, usualProgram } from "./programs";
import { synthesis } from "./synthesis";

const ROOT = path.resolve(__dirname, "..", "..");

/** Numbers of accounts. A few are enough for the usual way: its cost grows evenly with them. */
const SIZES = { few: 10, some: 100, many: 1_000, usualFew: 2, usualMany: 12 };
const QUICK_SIZES: typeof SIZES = { few: 2, some: 4, many: 12, usualFew: 2, usualMany: 4 };

/** Both sides run without the CDKTF CLI, which would add the same to each. */
export const synth: Bench = {
  name: "synth",
  about: "synthesis of a whole organization into an empty folder, beside the usual CDKTF way",
  async run({ rounds, quick, folder, log }) {
    const sizes = quick ? QUICK_SIZES : SIZES;
    const usual = await usualProgram(ROOT, path.join(folder, "handler"));
    const [few, some, many, usualFew, usualMany] = await takeTurns(
      { rounds, log },
      { time: "ms", cpu: "ms", peak: "MB" },
      [
        synthesis({ root: ROOT, folder, program: OURS, accounts: sizes.few }),
        synthesis({ root: ROOT, folder, program: OURS, accounts: sizes.some }),
        synthesis({ root: ROOT, folder, program: OURS, accounts: sizes.many }),
        synthesis({ root: ROOT, folder, program: usual, accounts: sizes.usualFew }),
        synthesis({ root: ROOT, folder, program: usual, accounts: sizes.usualMany }),
      ],
    );
    return conclude(sizes, { few, some, many, usualFew, usualMany });
  },
};
