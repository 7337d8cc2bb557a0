import Sequencer from "@jest/test-sequencer";

/** The files that take longest in each suite: one that started last would leave the other workers idle. */
const LONGEST = [
  "e2e/rollout.test.ts",
  "e2e/organization.test.ts",
  "e2e/deployment-role.test.ts",
  "e2e/guard.test.ts",
  "e2e/drill.test.ts",
  "e2e/state-follows-account.test.ts",
  "e2e/release.test.ts",
  "e2e/parts-changed.test.ts",
  "e2e/adopt.test.ts",
  "e2e/hold.test.ts",
  "e2e/bench.test.ts",
  "e2e/lab-alarms.test.ts",
  "e2e/sweep.test.ts",
  // They synthesize.
  "stacks/synthesis/synthesize.test.ts",
  "stacks/state/release-folders.test.ts",
];

/** The order in which workers take the test files: Jest itself knows no durations on a fresh clone. */
export default class LongestFirst extends Sequencer {
  /** @override */
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ path }) {
  const index = LONGEST.findIndex((name) => path.endsWith(`/__tests__/${name}`));
  return index === -1 ? LONGEST.length : index;
}
