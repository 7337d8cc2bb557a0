import Sequencer from "@jest/test-sequencer";

/** Files that take minutes: one that started last would leave the other workers idle. */
const LONGEST = [
  "rollout.test.ts",
  "organization.test.ts",
  "hold.test.ts",
  "lab-alarms.test.ts",
  "bench.test.ts",
  "state-follows-account.test.ts",
];

/** The order in which workers take the test files: jest itself knows no durations on a fresh clone. */
export default class LongestFirst extends Sequencer {
  /** @override */
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ path }) {
  const index = LONGEST.findIndex((name) => path.endsWith(`/e2e/${name}`));
  return index === -1 ? LONGEST.length : index;
}
