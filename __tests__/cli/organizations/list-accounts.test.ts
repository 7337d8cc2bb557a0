import { ouMatcher } from "../../../cli/accounts/ou-pattern";
import { findMissed, listAccounts } from "../../../cli/organizations/list-accounts";
import type { OrganizationsApi } from "../../../cli/organizations/organization";

interface Unit {
  readonly name: string;
  readonly accounts?: readonly string[];
  readonly units?: readonly string[];
}

/** An organization of the given units; ids are names of accounts. */
function organization(units: Readonly<Record<string, Unit>>): OrganizationsApi {
  const account = (id: string) => ({ id, name: `Account ${id}`, state: "ACTIVE" });
  return {
    describe: () => Promise.resolve({ id: "o-exampleorgid", managementAccountId: "123456789012" }),
    rootId: () => Promise.resolve("root"),
    unitsIn: (id) =>
      Promise.resolve(
        (units[id]?.units ?? []).map((child) => ({ id: child, name: units[child]?.name ?? "" })),
      ),
    accountsIn: (id) => Promise.resolve((units[id]?.accounts ?? []).map(account)),
    account: (id) =>
      Promise.resolve(
        Object.values(units).some((unit) => unit.accounts?.includes(id)) ? account(id) : undefined,
      ),
  };
}

test("finds every account at any depth, with the path of its unit", async () => {
  const api = organization({
    root: { name: "Root", accounts: ["1"], units: ["a", "b"] },
    a: { name: "Sandbox", accounts: ["2", "3"] },
    b: { name: "Work loads", units: ["c"] },
    c: { name: "Prod", units: ["d"], accounts: ["4"] },
    d: { name: "EU/DE", accounts: ["5"] },
  });

  const accounts = await listAccounts(api);

  expect(accounts.map(({ id, ouPath }) => `${id} ${ouPath}`)).toEqual([
    "1 /",
    "2 /Sandbox",
    "3 /Sandbox",
    "4 /Work loads/Prod",
    "5 /Work loads/Prod/EU%2FDE",
  ]);
});

test("a unit whose name has a slash is beneath no other unit", async () => {
  const api = organization({
    root: { name: "Root", units: ["a", "b"] },
    a: { name: "Suspended", accounts: ["1"] },
    b: { name: "Suspended/x", accounts: ["2"] },
  });

  const isExcluded = ouMatcher("/Suspended/**");

  const kept = (await listAccounts(api)).filter(({ ouPath }) => !isExcluded(ouPath));
  expect(kept.map(({ id, ouPath }) => `${id} ${ouPath}`)).toEqual(["2 /Suspended%2Fx"]);
  expect(kept.every(({ ouPath }) => ouMatcher("/Suspended%2Fx/**")(ouPath))).toBe(true);
});

test("an account that is moved meanwhile and seen twice counts once", async () => {
  const api = organization({
    root: { name: "Root", accounts: ["1"], units: ["a"] },
    a: { name: "Sandbox", accounts: ["1"] },
  });

  expect(await listAccounts(api)).toEqual([
    { id: "1", name: "Account 1", state: "ACTIVE", ouPath: "/Sandbox" },
  ]);
});

test("an account that the walk missed is asked for by itself", async () => {
  const api = organization({ elsewhere: { name: "x", accounts: ["1"] } });

  expect(await listAccounts(api)).toEqual([]);
  expect((await findMissed(api, ["1", "2"])).map(({ id }) => id)).toEqual(["1"]);
});
