import { guardCoverage, type GuardKnowledge } from "../../../cli/review/guard-coverage";
import { parseRollout } from "../../../stacks/config/load";

const YAML = (guard: string) => `organizationId: o-exampleorgid
securityAccount: { id: "111122223333" }
managementAccount: { id: "999988887777" }
guard: { enabled: true, breakGlassRoles: [BreakGlass], ${guard} }
waves: [all]
accounts:
  - { name: payments, id: "444455556666", wave: all }
  - { name: watched, id: "777788889999", wave: all, mode: observe }
`;
const PAYMENTS = "444455556666";
const UNIT = "ou-ab12-11111111";

const attachedTo = (...targets: string[]): GuardKnowledge["reading"] => ({
  kind: "read",
  deployed: null,
  differences: [],
  attachedTo: targets,
});

const know = (
  guard: string,
  reading: GuardKnowledge["reading"],
  unitPaths?: GuardKnowledge["unitPaths"],
) => ({
  rollout: parseRollout("rollout.yaml", YAML(guard), "/"),
  reading,
  unitPaths,
});
const ACCOUNTS = (reading: GuardKnowledge["reading"]) => know("modes: [enforce]", reading);
const UNITS = (reading: GuardKnowledge["reading"], paths?: GuardKnowledge["unitPaths"]) =>
  know(`organizationalUnits: [${UNIT}]`, reading, paths);
const PATHS = new Map([[UNIT, "/Workloads"]]);

test.each<[string, string, string | null, GuardKnowledge, string]>([
  ["an account that it is attached to", PAYMENTS, null, ACCOUNTS(attachedTo(PAYMENTS)), "attached"],
  [
    "an account that it was detached from",
    PAYMENTS,
    null,
    ACCOUNTS(attachedTo("111122223333")),
    "not-attached",
  ],
  ["an account before the guard is deployed", PAYMENTS, null, ACCOUNTS({ kind: "none" }), "not-attached"],
  ["an account of another mode", "777788889999", null, ACCOUNTS(attachedTo(PAYMENTS)), "not-covered"],
  ["the account that it is deployed into", "999988887777", null, ACCOUNTS(attachedTo()), "not-covered"],
  ["a state that cannot be read", PAYMENTS, null, ACCOUNTS({ kind: "unreadable", error: "x" }), "unknown"],
  ["a unit, when the organization was not asked", PAYMENTS, null, UNITS(attachedTo(UNIT)), "unknown"],
  ["an account in the unit", PAYMENTS, "/Workloads", UNITS(attachedTo(UNIT), PATHS), "attached"],
  ["an account below the unit", PAYMENTS, "/Workloads/Prod", UNITS(attachedTo(UNIT), PATHS), "attached"],
  ["a unit whose name begins alike", PAYMENTS, "/Workloads2", UNITS(attachedTo(UNIT), PATHS), "not-covered"],
  ["an account at the root", PAYMENTS, "/", UNITS(attachedTo(UNIT), PATHS), "not-covered"],
  ["a unit that it was detached from", PAYMENTS, "/Workloads", UNITS(attachedTo(), PATHS), "not-attached"],
])("%s", (_name, id, unit, knowledge, expected) => {
  expect(guardCoverage({ id, unit }, knowledge)).toBe(expected);
});

test("a guard that is off", () => {
  const { rollout } = ACCOUNTS(undefined);
  const off = { ...rollout, guard: { ...rollout.guard, enabled: false } };

  expect(
    guardCoverage({ id: PAYMENTS, unit: null }, { rollout: off, reading: undefined, unitPaths: undefined }),
  ).toBe("off");
});
