import { selectRetired } from "../../../cli/retire/select-retired";
import { whatIsLeft } from "../../../cli/retire/what-is-left";
import type { SelectionOptions } from "../../../cli/selection/options";
import { stackTargets } from "../../../cli/stack-target";
import { parseRollout } from "../../../stacks/config/load";
import { GUARDED_YAML, SAMPLE_YAML } from "../../support/stacks/sample";

const UNITS_YAML = `${GUARDED_YAML}  organizationalUnits: [ou-ab12-34567890]\n`;

/** What is said after these stacks of a configuration were destroyed. */
async function left(yaml: string, ...names: string[]): Promise<string[]> {
  const rollout = parseRollout("rollout.yaml", yaml, "/project");
  return whatIsLeft(rollout, await selected(yaml, names), false);
}

function selected(yaml: string, names: readonly string[], options: SelectionOptions = {}) {
  const rollout = parseRollout("rollout.yaml", yaml, "/project");
  return selectRetired(stackTargets(rollout), names, options, { cwd: "/project", stdin: process.stdin });
}

const REMOVE = "Now remove payments in rollout.yaml: otherwise the next rollout deploys it again.";

test("an account that is retired is to be removed from the configuration", async () => {
  expect(await left(SAMPLE_YAML, "payments")).toEqual([REMOVE]);
});

test("the guard stays attached to an account that is retired, and the operator is told how to take it off", async () => {
  expect(await left(GUARDED_YAML, "payments", "research")).toEqual([
    REMOVE.replace("payments", "payments, research"),
    // The sample's guard leaves out the account that only observes.
    "Then detach the guard from payments, where it still refuses calls: npm run quarantine -- rollout --account management",
  ]);
});

test.each([
  ["only observes", GUARDED_YAML, "research"],
  ["is guarded by its organizational unit", UNITS_YAML, "payments"],
])("nothing is said of the guard for an account that %s", async (_, yaml, name) => {
  expect(await left(yaml, name)).toEqual([REMOVE.replace("payments", name)]);
});

test("a guard that is retired with an account, or alone, is to be disabled", async () => {
  const disable = "Now set guard.enabled to false";
  const again = "in rollout.yaml: otherwise the next rollout deploys it again.";

  expect(await left(GUARDED_YAML, "management")).toEqual([`${disable} ${again}`]);
  expect(await left(GUARDED_YAML, "management", "payments")).toEqual([
    `${disable} and remove payments ${again}`,
  ]);
});

test("logs and dead letters that were kept are named, with what destroys them", async () => {
  const rollout = parseRollout("rollout.yaml", SAMPLE_YAML, "/project");

  const lines = whatIsLeft(rollout, await selected(SAMPLE_YAML, ["payments"]), true);

  expect(lines).toEqual([REMOVE, expect.stringMatching(/^Kept in each account.*--delete-logs/)]);
});

test("when everything is retired, nothing is to be removed from the configuration", async () => {
  expect(await left(GUARDED_YAML, "*", "management", "security")).toEqual([
    expect.stringContaining("docs/uninstall.md"),
  ]);
});

describe("the stacks that are retired", () => {
  const namesOf = async (names: readonly string[], options: SelectionOptions = {}) => {
    const { accounts, guard, security } = await selected(GUARDED_YAML, names, options);
    return [accounts, guard, security].map((stacks) => stacks.map(({ name }) => name));
  };

  test.each<[string, string[], SelectionOptions, string[][]]>([
    ["a glob: accounts alone", ["*"], {}, [["sandbox", "payments", "research", "legacy"], [], []]],
    ["a glob and a name", ["*y*"], { account: ["research"] }, [["payments", "research", "legacy"], [], []]],
    ["a wave: without the security account", [], { wave: ["canary"] }, [["sandbox"], [], []]],
    ["what is in both", ["p*"], { wave: ["production"] }, [["payments"], [], []]],
    [
      "the guard by its name, after an account",
      ["payments", "management"],
      {},
      [["payments"], ["management"], []],
    ],
    ["the guard by its id", ["999988887777"], {}, [[], ["management"], []]],
    [
      "the security account with all others",
      ["*", "management", "security"],
      {},
      [["sandbox", "payments", "research", "legacy"], ["management"], ["security"]],
    ],
  ])("%s", async (_, names, options, expected) => {
    expect(await namesOf(names, options)).toEqual(expected);
  });

  test.each([[["security"]], [["security", "*"]]])(
    "%j is refused while others are left out",
    async (names) => {
      await expect(namesOf(names)).rejects.toThrow("retire '*' management security");
    },
  );

  test("a name that no account has is refused", async () => {
    await expect(namesOf(["paiments"])).rejects.toThrow("did you mean payments?");
  });
});
