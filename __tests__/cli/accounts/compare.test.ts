import { compare, type Compared } from "../../../cli/accounts/compare";
import { hasChanges } from "../../../cli/accounts/import-plan";
import { importSettings, type ImportOptions } from "../../../cli/accounts/import-settings";
import type { AccountImportFile } from "../../../stacks/config/account-import";

const WAVES = ["canary", "production"];
const MANAGEMENT = "123456789012";
const SECURITY = "111122223333";

function member(id: string, name: string, ouPath: string, state = "ACTIVE") {
  return { id, name, ouPath, state };
}

const ORGANIZATION = [
  member(MANAGEMENT, "Master", "/"),
  member(SECURITY, "Security", "/Security"),
  member("777788889999", "Payments", "/Workloads/Prod"),
  member("444455556666", "Playground", "/Sandbox"),
  member("555566667777", "Old Shop", "/Workloads/Prod", "SUSPENDED"),
];

const MAPPING: AccountImportFile = {
  waves: [
    { ou: "/Sandbox/**", wave: "canary" },
    { ou: "/**", wave: "production" },
  ],
};

function plan(parts: Partial<Compared> = {}, file: AccountImportFile = MAPPING, options: ImportOptions = {}) {
  return compare({
    fileAccounts: [],
    securityAccount: { id: SECURITY, name: "security" },
    managementAccountId: MANAGEMENT,
    organizationAccounts: ORGANIZATION,
    missedAccounts: [],
    settings: importSettings(file, options, WAVES),
    ...parts,
  });
}

test("new accounts come in by the first mapping that matches, in the order of the units", () => {
  expect(plan().added).toEqual([
    {
      name: "playground",
      id: "444455556666",
      wave: "canary",
      organizationName: "Playground",
      ouPath: "/Sandbox",
    },
    {
      name: "payments",
      id: "777788889999",
      wave: "production",
      organizationName: "Payments",
      ouPath: "/Workloads/Prod",
    },
  ]);
});

test("the management, the security and suspended accounts are left out, each with its reason", () => {
  expect(plan().leftOut.map(({ id, reason }) => [id, reason])).toEqual([
    [MANAGEMENT, "management account"],
    [SECURITY, "security account"],
    ["555566667777", "suspended"],
  ]);
});

test("accounts given by --include are imported anyway", () => {
  const include = [MANAGEMENT, "555566667777"];

  const { added } = plan({}, { ...MAPPING, include, exclude: ["/**"] });

  expect(added.map(({ id }) => id)).toEqual(include);
});

test("the security account is never imported", () => {
  const { added } = plan({}, { ...MAPPING, include: [SECURITY] });

  expect(added.map(({ id }) => id)).not.toContain(SECURITY);
});

test("excluded ids and units are not imported", () => {
  const { added, leftOut } = plan({}, { ...MAPPING, exclude: ["777788889999", "/Sandbox/**"] });

  expect(added).toEqual([]);
  expect(leftOut.filter(({ reason }) => reason === "excluded")).toHaveLength(2);
});

test("the mapping of the command line goes before that of the file", () => {
  const { added } = plan({}, MAPPING, { ouWave: ["/Workloads/*=canary"] });

  expect(added.map(({ wave }) => wave)).toEqual(["canary", "canary"]);
});

test("accounts that no mapping matches are named with their units", () => {
  const { unmapped, added } = plan({}, { waves: [{ ou: "/Sandbox", wave: "canary" }] });

  expect(unmapped).toEqual([{ id: "777788889999", organizationName: "Payments", ouPath: "/Workloads/Prod" }]);
  expect(added).toHaveLength(1);
});

test("the wave of the command line takes those that no mapping matches", () => {
  const { unmapped, added } = plan({}, {}, { wave: "production" });

  expect(unmapped).toEqual([]);
  expect(added.map(({ wave }) => wave)).toEqual(["production", "production"]);
});

describe("accounts that are in the file", () => {
  const kept = { name: "pay", id: "777788889999", wave: "canary" };

  test("keep their name and wave, and a new mapping is reported", () => {
    const { added, moved, elsewhere } = plan({ fileAccounts: [kept] });

    expect(added.map(({ id }) => id)).not.toContain(kept.id);
    expect(moved).toEqual([]);
    expect(elsewhere).toEqual([{ ...kept, ouPath: "/Workloads/Prod", mappedWave: "production" }]);
  });

  test("move when that is asked for", () => {
    const { moved, elsewhere } = plan({ fileAccounts: [kept] }, MAPPING, { move: true });

    expect(moved).toEqual([{ ...kept, ouPath: "/Workloads/Prod", mappedWave: "production" }]);
    expect(elsewhere).toEqual([]);
  });

  test("do not move to a wave that is only the default", () => {
    const { moved } = plan({ fileAccounts: [kept] }, {}, { wave: "production", move: true });

    expect(moved).toEqual([]);
  });

  test("are gone when they are suspended or no longer in the organization", () => {
    const suspended = { name: "old-shop", id: "555566667777", wave: "production" };
    const vanished = { name: "vanished", id: "222233334444", wave: "production" };

    const { gone, elsewhere } = plan({ fileAccounts: [suspended, vanished, kept] });

    expect(gone).toEqual([
      { ...suspended, reason: "suspended" },
      { ...vanished, reason: "not in the organization" },
    ]);
    expect(elsewhere.map(({ id }) => id)).toEqual([kept.id]);
  });

  test("are not gone when they are suspended and included", () => {
    const suspended = { name: "old-shop", id: "555566667777", wave: "production" };

    expect(plan({ fileAccounts: [suspended] }, { ...MAPPING, include: [suspended.id] }).gone).toEqual([]);
  });

  test.each(["CLOSED", "PENDING_CLOSURE"])("are gone when they are %s", (state) => {
    const account = { name: "shop", id: "555566667777", wave: "production" };
    const organizationAccounts = [member(account.id, "Shop", "/", state)];

    expect(plan({ organizationAccounts, fileAccounts: [account] }).gone).toHaveLength(1);
  });

  test("are not gone when the walk missed them", () => {
    const missed = { name: "mover", id: "222233334444", wave: "production" };
    const missedAccounts = [{ id: missed.id, name: "Mover", state: "ACTIVE" }];

    expect(plan({ fileAccounts: [missed], missedAccounts }).gone).toEqual([]);
  });

  test("are complete: nothing changes", () => {
    const { added } = plan();

    expect(hasChanges(plan({ fileAccounts: added }))).toBe(false);
    expect(hasChanges(plan({ fileAccounts: added.slice(1) }))).toBe(true);
  });
});

describe("the command line", () => {
  test.each([
    [{ ouWave: ["/Sandbox"] }, /expected PATH=WAVE/],
    [{ ouWave: ["Sandbox=canary"] }, /expected PATH=WAVE/],
    [{ ouWave: ["/Sandbox=canry"] }, /one of the waves canary, production; found "canry"/],
    [{ wave: "canry" }, /--wave: expected one of the waves/],
  ])("%j is refused", (options, message) => {
    expect(() => importSettings({}, options, WAVES)).toThrow(message);
  });

  test("takes names of units with an equals sign", () => {
    expect(importSettings({}, { ouWave: ["/a=b/**=canary"] }, WAVES).mappedWave("/a=b")).toBe("canary");
  });
});
