import { whatIsLeft } from "../../../cli/commands/retire";
import { stackTargets } from "../../../cli/stack-target";
import { parseRollout } from "../../../stacks/config/load";
import { GUARDED_YAML, SAMPLE_YAML } from "../../support/stacks/sample";

const UNITS_YAML = `${GUARDED_YAML}  organizationalUnits: [ou-ab12-34567890]\n`;

/** What is said after these stacks of a configuration were destroyed. */
function left(yaml: string, ...names: string[]): string[] {
  const rollout = parseRollout("rollout.yaml", yaml, "/project");
  return whatIsLeft(
    rollout,
    stackTargets(rollout).filter(({ name }) => names.includes(name)),
  );
}

const REMOVE = "Now remove payments in rollout.yaml: otherwise the next rollout deploys it again.";

test("an account that is retired is to be removed from the configuration", () => {
  expect(left(SAMPLE_YAML, "payments")).toEqual([REMOVE]);
});

test("the guard stays attached to an account that is retired, and the operator is told how to take it off", () => {
  expect(left(GUARDED_YAML, "payments", "research")).toEqual([
    REMOVE.replace("payments", "payments, research"),
    // The sample's guard leaves out the account that only observes.
    "Then take the guard off payments, where it still refuses calls: npm run quarantine -- rollout --account management",
  ]);
});

test.each([
  ["only observes", GUARDED_YAML, "research"],
  ["is guarded by its organizational unit", UNITS_YAML, "payments"],
])("nothing is said of the guard for an account that %s", (_, yaml, name) => {
  expect(left(yaml, name)).toEqual([REMOVE.replace("payments", name)]);
});

test("a guard that is retired with an account, or alone, is to be disabled", () => {
  const disable = "Now set guard.enabled to false";
  const again = "in rollout.yaml: otherwise the next rollout deploys it again.";

  expect(left(GUARDED_YAML, "management")).toEqual([`${disable} ${again}`]);
  expect(left(GUARDED_YAML, "management", "payments")).toEqual([`${disable} and remove payments ${again}`]);
});
