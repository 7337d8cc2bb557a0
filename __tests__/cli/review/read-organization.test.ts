import type { OrganizationAccount, OrganizationsApi } from "../../../cli/organizations/organization";
import { readOrganization } from "../../../cli/review/read-organization";
import { parseRollout } from "../../../stacks/config/load";

const ROLLOUT = parseRollout(
  "rollout.yaml",
  `organizationId: o-exampleorgid
securityAccount: { id: "111122223333" }
waves: [all]
accounts:
  - { name: payments, id: "444455556666", wave: all }
  - { name: closed, id: "777788889999", wave: all }
  - { name: moving, id: "222233334444", wave: all }
  - { name: elsewhere, id: "333344445555", wave: all }
accountImport: { waves: [{ ou: /**, wave: all }], exclude: [/Sandbox/**] }
`,
  "/",
);

const account = (id: string, name: string, state = "ACTIVE"): OrganizationAccount => ({ id, name, state });
const ACCOUNTS: Readonly<Record<string, OrganizationAccount[]>> = {
  root: [account("123456789012", "Root"), account("111122223333", "Security")],
  "ou-ab12-11111111": [
    account("444455556666", "Payments"),
    account("777788889999", "Closed", "PENDING_CLOSURE"),
    account("888877776666", "New | <b>@all"),
    account("888877776667", "Gone", "SUSPENDED"),
  ],
  "ou-ab12-22222222": [account("666655554444", "Play")],
};
const MOVING = account("222233334444", "Moving");

function api(id = "o-exampleorgid"): OrganizationsApi {
  const units = [
    { id: "ou-ab12-11111111", name: "Workloads" },
    { id: "ou-ab12-22222222", name: "Sandbox" },
  ];
  return {
    describe: () => Promise.resolve({ id, managementAccountId: "123456789012" }),
    rootId: () => Promise.resolve("root"),
    unitsIn: (parent) => Promise.resolve(parent === "root" ? units : []),
    accountsIn: (parent) => Promise.resolve(ACCOUNTS[parent] ?? []),
    account: (each) => Promise.resolve(each === MOVING.id ? MOVING : undefined),
  };
}

test("active accounts that the configuration does not list are uncovered, with the reason", async () => {
  const { uncovered } = await readOrganization(ROLLOUT, "rollout.yaml", api());

  expect(uncovered).toEqual([
    {
      id: "123456789012",
      name: "Root",
      unit: "/",
      problem: "It is the organization's management account, and nothing answers in it.",
    },
    {
      id: "666655554444",
      name: "Play",
      unit: "/Sandbox",
      // Left out on purpose.
      problem: undefined,
    },
    {
      id: "888877776666",
      name: "New | <b>@all",
      unit: "/Workloads",
      problem: "rollout.yaml does not list it.",
    },
  ]);
});

test("a management account that is left out on purpose is no gap", async () => {
  const accountImport = { ...ROLLOUT.accountImport, exclude: ["123456789012"] };

  const { uncovered } = await readOrganization({ ...ROLLOUT, accountImport }, "rollout.yaml", api());

  expect(uncovered.find(({ id }) => id === "123456789012")?.problem).toBeUndefined();
});

test("configured accounts that are not active have left; one that moves meanwhile has not", async () => {
  const { left, units } = await readOrganization(ROLLOUT, "rollout.yaml", api());

  expect([...left]).toEqual([
    ["777788889999", "It is pending closure in the organization."],
    ["333344445555", "It is not in the organization."],
  ]);
  expect(units.get("444455556666")).toBe("/Workloads");
});

test("the credentials of another organization are refused", async () => {
  await expect(readOrganization(ROLLOUT, "rollout.yaml", api("o-otherorgidx"))).rejects.toThrow(
    "rollout.yaml describes the organization o-exampleorgid, but these credentials belong to o-otherorgidx",
  );
});
