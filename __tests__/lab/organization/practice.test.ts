import { parseDocument } from "yaml";
import { practiceOf } from "../../../lab/organization/practice";
import { PROVIDER_VERSIONS } from "../../../lab/organization/rollout-yaml";

const FILE = `# Ours.
organizationId: o-exampleorgid
deploymentRole: ops/Deploy
backend: { type: s3, bucket: states, region: eu-central-1 }
securityAccount: { name: audit, id: "111122223333" } # the log archive
managementAccount: { id: "999988887777", deploymentRole: GuardDeploy }
guard: { breakGlassRoles: [security/BreakGlass] }
waves: [canary, production]
accountImport:
  waves:
    - { ou: /Sandbox/**, wave: canary }
    - { ou: /**, wave: production }
accounts:
  - { name: play, id: "444455556666", wave: canary }
  - { name: shop, id: "777788889999", wave: production }
`;

const practice = (text: string) => practiceOf({ name: "rollout.yaml", file: "/project/rollout.yaml", text });

test("a practised file has its accounts in the lab, in the units of their waves", () => {
  expect(practice(FILE).organization).toEqual({
    organizationId: "o-exampleorgid",
    managementAccount: { name: "management", id: "999988887777" },
    securityAccount: { name: "audit", id: "111122223333" },
    memberAccounts: [
      { name: "play", id: "444455556666", unit: "/Sandbox" },
      { name: "shop", id: "777788889999" },
    ],
  });
});

test("a practised file has the roles that it names", () => {
  const { deploymentRoles, breakGlassRoles } = practice(FILE);

  expect(Object.fromEntries(deploymentRoles)).toEqual({
    "111122223333": "ops/Deploy",
    "444455556666": "ops/Deploy",
    "777788889999": "ops/Deploy",
    "999988887777": "GuardDeploy",
  });
  expect(breakGlassRoles).toEqual(["security/BreakGlass"]);
  expect(practice(FILE.replace(/deploymentRole: ops.*\n/, "")).deploymentRoles.size).toBe(1);
});

test("the copy takes this machine's provider and keeps its own state; comments and the rest stay", () => {
  const { rolloutYaml, differences } = practice(FILE);

  const { providerVersion, ...rest } = parseDocument(rolloutYaml).toJS() as Record<string, unknown>;
  const { backend, ...original } = parseDocument(FILE).toJS() as Record<string, unknown>;
  expect(providerVersion).toBe(PROVIDER_VERSIONS);
  expect(backend).toBeDefined();
  expect(rest).toEqual(original);
  expect(rolloutYaml).toMatch(/^# Ours\.\n[^]*id: "111122223333" } # the log archive\n/);
  expect(differences).toHaveLength(2);
});

test("a file without accounts gets one for each wave to import", () => {
  const { organization, rolloutYaml } = practice(FILE.replace(/accounts:\n[^]*/, "accounts: []\n"));

  expect(organization.memberAccounts).toEqual([
    { name: "canary-1", id: "100000000001", unit: "/Sandbox" },
    { name: "production-1", id: "100000000002" },
  ]);
  expect(rolloutYaml).toContain("accounts: []");
});

test("the management account that no file names is none of the file's accounts", () => {
  const text = FILE.replace(/managementAccount.*\n/, "").replace("444455556666", "999988887777");

  expect(practice(text).organization.managementAccount.id).toBe("123456789012");
});

test.each([
  [
    "a mistake in the file",
    FILE.replace("wave: canary }\n  - { name: shop", "wave: cnary }\n  - { name: shop"),
    /found "cnary"/,
  ],
  ["another partition", `partition: aws-cn\n${FILE.replace("eu-central-1", "cn-north-1")}`, /for aws-cn/],
])("%s is said before anything starts", (_name, text, message) => {
  expect(() => practice(text)).toThrow(message);
});
