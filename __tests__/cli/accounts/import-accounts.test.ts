import { createColors } from "picocolors";
import { prepareImport } from "../../../cli/accounts/import-accounts";
import { reportJson, reportText } from "../../../cli/accounts/import-report";
import type { ImportOptions } from "../../../cli/accounts/import-settings";
import type { OrganizationAccount, OrganizationsApi } from "../../../cli/organizations/organization";
import { parseUnfilled } from "../../../stacks/config/parse-unfilled";

const FILE = `organizationId: o-exampleorgid
securityAccount:
  id: "111122223333"
waves: [canary, production]
accounts:
  - name: sandbox
    id: "444455556666"
    wave: canary
accountImport:
  waves:
    - ou: /Prod/**
      wave: production
`;

/** An organization with one unit below its root, `Prod`. */
function organization(inRoot: OrganizationAccount[], inProd: OrganizationAccount[]): OrganizationsApi {
  return {
    describe: () => Promise.resolve({ id: "o-exampleorgid", managementAccountId: "123456789012" }),
    rootId: () => Promise.resolve("root"),
    unitsIn: (id) => Promise.resolve(id === "root" ? [{ id: "prod", name: "Prod" }] : []),
    accountsIn: (id) => Promise.resolve(id === "root" ? inRoot : inProd),
    account: () => Promise.resolve(undefined),
  };
}

const SANDBOX = { id: "444455556666", name: "Sandbox", state: "ACTIVE" };
const PAYMENTS = { id: "777788889999", name: "Payments", state: "ACTIVE" };
const SHOP = { id: "555566667777", name: "Shop \u001b[2J", state: "ACTIVE" };

function prepare(api: OrganizationsApi, options: ImportOptions = {}, text = FILE) {
  const source = { name: "rollout.yaml", file: "/project/rollout.yaml", text };
  return prepareImport(source, parseUnfilled(source), options, api);
}

test("makes the file that has the new account", async () => {
  const { text } = await prepare(organization([SANDBOX], [PAYMENTS]));

  const entry = '  - name: payments\n    id: "777788889999"\n    wave: production\n';
  expect(text).toBe(FILE.replace("accountImport:", `${entry}accountImport:`));
});

test("leaves the text alone when nothing is new", async () => {
  expect((await prepare(organization([SANDBOX], []))).text).toBe(FILE);
});

test("begins the list of a file without accounts", async () => {
  const bare = FILE.replace(/accounts:\n(?: .*\n)*/, "");

  const { text, plan } = await prepare(organization([], [PAYMENTS]), {}, bare);

  expect(bare).not.toContain("accounts:");
  expect(plan.added).toHaveLength(1);
  expect(text).toContain('accounts:\n  - name: payments\n    id: "777788889999"');
});

test("another organization than the file's is refused before anything is listed", async () => {
  const api: OrganizationsApi = {
    ...organization([], []),
    describe: () => Promise.resolve({ id: "o-otherorgid00", managementAccountId: "123456789012" }),
    rootId: () => Promise.reject(new Error("listed")),
  };

  await expect(prepare(api)).rejects.toThrow(
    /rollout.yaml describes the organization o-exampleorgid, but these credentials belong to o-otherorgid00/,
  );
});

test("accounts without a wave are all named with their units, and how to map them", async () => {
  const file = FILE.replace("/Prod/**", "/Elsewhere");

  const refused = prepare(organization([SANDBOX, SHOP], [PAYMENTS]), {}, file);

  await expect(refused).rejects.toMatchObject({
    name: "CommandError",
    message: expect.stringMatching(
      /^2 accounts match no wave; nothing was written:\n {2}555566667777 {2}\/ {2}Shop .\[2J\n {2}777788889999 {2}\/Prod {2}Payments\n[^]*- ou: \/Prod\/\*\*\n {8}wave: production/,
    ),
  });
});

test.each([
  ["111122223333", /the security account receives the events/],
  ["222233334444", /expected the id of an account in the organization/],
])("naming %s is refused", async (id, message) => {
  await expect(prepare(organization([SANDBOX], []), { include: [id] })).rejects.toThrow(message);
});

test("a file with another mistake is refused as ever", () => {
  const text = FILE.replace("o-exampleorgid", "nonsense").replace(/accounts:\n(?: .*\n)*/, "accounts: []\n");
  const source = { name: "rollout.yaml", file: "/project/rollout.yaml", text };

  const read = () => parseUnfilled(source);

  expect(read).toThrow(/^rollout.yaml: 1 mistake\n.*organizationId: expected an organization id/);
  expect(read).not.toThrow(/accounts/);
});

test("a mapping to a wave that does not exist is a mistake in the file", () => {
  const source = {
    name: "rollout.yaml",
    file: "/p/rollout.yaml",
    text: FILE.replace("e: production", "e: prod"),
  };

  expect(() => parseUnfilled(source)).toThrow(
    /rollout.yaml:12:13 accountImport.waves\[0\].wave: expected one of the waves canary, production; found "prod"/,
  );
});

describe("the report", () => {
  const suspended = { ...SANDBOX, state: "SUSPENDED" };

  test("says what was added and what is gone, without letting names reach the terminal raw", async () => {
    const { plan } = await prepare(organization([suspended, SHOP], []), { wave: "canary" });

    const text = reportText({ file: "rollout.yaml", plan, writes: true }, createColors(false));

    expect(text.split("\n").slice(0, 5)).toEqual([
      "1 account added to rollout.yaml",
      "  shop-2j  555566667777  canary  /  Shop \uFFFD[2J",
      "1 account gone, but still in rollout.yaml",
      "  sandbox  444455556666  canary  suspended",
      expect.stringContaining("quarantine retire NAME"),
    ]);
  });

  test("shows the mapping of the options, without which a later import finds no wave", async () => {
    const options = { ouWave: ["/Sandbox/**=canary"], wave: "production" };

    const { plan } = await prepare(organization([SANDBOX, PAYMENTS], []), options);
    const text = reportText({ file: "rollout.yaml", plan, writes: true }, createColors(false));

    expect(text.split("\n").slice(2)).toEqual([
      "For later imports and --check, write this mapping into rollout.yaml:",
      "  accountImport:",
      "    waves:",
      "      - ou: /Sandbox/**",
      "        wave: canary",
      "      - ou: /Prod/**",
      "        wave: production",
      "      - ou: /**",
      "        wave: production",
    ]);
  });

  test("shows no mapping that the file has already", async () => {
    const { plan } = await prepare(organization([SANDBOX], [PAYMENTS]), { ouWave: ["/Prod/**=production"] });

    expect(reportText({ file: "rollout.yaml", plan, writes: true }, createColors(false))).not.toContain(
      "accountImport",
    );
  });

  test("is coloured on request only", async () => {
    const { plan } = await prepare(organization([SANDBOX], [PAYMENTS]));
    const report = { file: "rollout.yaml", plan, writes: false };

    expect(reportText(report, createColors(true))).toContain("\u001b[32m1 account to be added");
    expect(reportText(report, createColors(false))).not.toContain("\u001b");
  });

  test("has everything for machines", async () => {
    const { plan } = await prepare(organization([SANDBOX], [PAYMENTS]));

    expect(reportJson({ file: "rollout.yaml", plan, writes: true })).toMatchObject({
      file: "rollout.yaml",
      written: true,
      added: [{ name: "payments", id: "777788889999", wave: "production", ouPath: "/Prod" }],
      gone: [],
    });
  });
});
