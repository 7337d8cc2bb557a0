import { ConfigError, type ConfigProblem } from "../../../stacks/config/errors";
import { loadRollout, parseRollout } from "../../../stacks/config/load";
import { MAX_TRUST_BYTES } from "../../../stacks/config/trust";

const VALID = `
organizationId: o-exampleorgid
securityAccount:
  id: "111122223333"
waves: [canary, production]
accounts:
  - name: sandbox
    id: "444455556666"
    wave: canary
  - name: payments
    id: "777788889999"
    wave: production
`;

/** The mistakes in a text, as the operator gets them. */
function mistakes(yaml: string): readonly ConfigProblem[] {
  try {
    parseRollout("rollout.yaml", yaml, "/project");
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

test("a file without mistakes has none", () => {
  expect(mistakes(VALID)).toEqual([]);
});

/** One change to a valid file, and the mistake it makes. */
const CASES: readonly [string, (yaml: string) => string, Partial<ConfigProblem>][] = [
  [
    "a duplicate account id",
    (yaml) => yaml.replace("777788889999", "444455556666"),
    { path: "accounts[1].id", expected: "a value of its own", found: '"444455556666", as in accounts[0].id' },
  ],
  [
    "a tag that the responder writes on users",
    (yaml) => `${yaml}tags: { quarantineOwner: security }\n`,
    {
      path: "tags.quarantineOwner",
      expected:
        "a key that the quarantine does not use on users: not SecurityStatus, and not beginning with Quarantine",
      found: '"quarantineOwner"',
    },
  ],
  [
    "a tag of AWS",
    (yaml) => `${yaml}tags: { "AWS:owner": security }\n`,
    {
      path: "tags.AWS:owner",
      expected: "a key of 1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:",
      found: '"AWS:owner"',
    },
  ],
  [
    "tags that differ in case alone",
    (yaml) => `${yaml}tags: { Owner: security, owner: security }\n`,
    { path: "tags.owner", expected: "a key that differs from Owner in more than case, as IAM asks" },
  ],
  [
    "a tag that differs from ours in case alone",
    (yaml) => `${yaml}tags: { managedby: terraform }\n`,
    { path: "tags.managedby", expected: "a key that differs from ManagedBy in more than case, as IAM asks" },
  ],
  [
    "a tag whose value YAML takes for a number",
    (yaml) => `${yaml}tags: { CostCenter: 0815 }\n`,
    { path: "tags.CostCenter", expected: "text: put a number, a date, true and false in quotes" },
  ],
  [
    "a tag whose value has a character that IAM refuses",
    (yaml) => `${yaml}tags: { Owner: "\${var.x}" }\n`,
    {
      path: "tags.Owner",
      expected: "1 to 256 letters, digits, spaces and _.:/=+-@, not beginning with aws:",
      found: '"${var.x}"',
    },
  ],
  [
    "more tags than a role can have beside ours and the drill's",
    (yaml) =>
      `${yaml}tags: { ${Array.from({ length: 49 }, (_, index) => `key${index}: value`).join(", ")} }\n`,
    { path: "tags", expected: "at most 48 tags", found: "49" },
  ],
  [
    "a path of roles that does not end with a slash",
    (yaml) => `${yaml}rolePath: /security\n`,
    {
      path: "rolePath",
      expected: "/, or a path such as /security/ of at most 64 letters, digits and _+=,.@-",
      found: '"/security"',
    },
  ],
  ["a path of roles with a wildcard", (yaml) => `${yaml}rolePath: /sec*/\n`, { path: "rolePath" }],
  ["a path of roles of 65", (yaml) => `${yaml}rolePath: /${"x".repeat(63)}/\n`, { path: "rolePath" }],
  [
    "a boundary of one account",
    (yaml) => `${yaml}permissionsBoundary: "arn:aws:iam::111122223333:policy/Boundary"\n`,
    {
      path: "permissionsBoundary",
      expected:
        "the name of a customer-managed policy with its path, such as security/Boundary, or the ARN of a policy that AWS manages",
      found: '"arn:aws:iam::111122223333:policy/Boundary"',
    },
  ],
  [
    "a boundary of another partition",
    (yaml) => `${yaml}permissionsBoundary: "arn:aws-cn:iam::aws:policy/PowerUserAccess"\n`,
    { path: "permissionsBoundary", expected: "a policy of the partition aws" },
  ],
  [
    "the quarantine policy as boundary",
    (yaml) => `${yaml}permissionsBoundary: AutomatedSecurityQuarantine\n`,
    { path: "permissionsBoundary", expected: "a policy that allows something" },
  ],
  [
    "a role of ours under another path that is exempt from the guard",
    (yaml) => `${yaml}guard: { exemptRoles: [ops/security-response] }\n`,
    { path: "guard.exemptRoles[0]", expected: "a role that this project does not make" },
  ],
  [
    "a sweep so often that two would run at once",
    (yaml) => `${yaml}sweep: { everyMinutes: 3 }\n`,
    { path: "sweep.everyMinutes", expected: "0 for off, or whole minutes from 5 to 720", found: "3" },
  ],
  [
    "a sweep less often than an alarm can look back",
    (yaml) => `${yaml}sweep: { everyMinutes: 1440 }\n`,
    { path: "sweep.everyMinutes", expected: "0 for off, or whole minutes from 5 to 720", found: "1440" },
  ],
  [
    "a drill of half an hour",
    (yaml) => `${yaml}drill: { everyHours: 0.5 }\n`,
    { path: "drill.everyHours", expected: "0 for off, or whole hours from 1 to 24", found: "0.5" },
  ],
  [
    "an unknown creator that is trusted",
    (yaml) => `${yaml}sweep: { unknownCreator: trust }\n`,
    { path: "sweep.unknownCreator", expected: "one of alert, quarantine", found: '"trust"' },
  ],
  [
    "a drill less often than daily",
    (yaml) => `${yaml}drill: { everyHours: 48 }\n`,
    { path: "drill.everyHours", expected: "0 for off, or whole hours from 1 to 24", found: "48" },
  ],
  [
    "an audit log that forgets drills too soon",
    (yaml) =>
      `${yaml.replace("securityAccount:", "securityAccount:\n  logRetentionDays: 1")}drill: { everyHours: 24 }\n`,
    { path: "securityAccount.logRetentionDays", expected: "at least 3", found: "1" },
  ],
  [
    "an audit log that forgets sweeps before they are missed",
    (yaml) => yaml.replace("securityAccount:", "securityAccount:\n  logRetentionDays: 1"),
    { path: "securityAccount.logRetentionDays", expected: "at least 3", found: "1" },
  ],
  [
    "a duplicate account name",
    (yaml) => yaml.replace("name: payments", "name: sandbox"),
    { path: "accounts[1].name", found: '"sandbox", as in accounts[0].name' },
  ],
  [
    "an account named as the security account",
    (yaml) => yaml.replace("securityAccount:", "securityAccount:\n  name: payments"),
    { path: "accounts[1].name", found: '"payments", as in securityAccount.name' },
  ],
  [
    "an account named as the security account is by default",
    (yaml) => yaml.replace("name: payments", "name: security"),
    { path: "accounts[1].name", expected: "a value of its own" },
  ],
  [
    "an account named like the id of another one",
    (yaml) => yaml.replace("name: payments", 'name: "444455556666"'),
    {
      path: "accounts[1].name",
      position: { line: 10, column: 11 },
      expected: expect.stringContaining("and not 12 digits as an account id") as string,
      found: '"444455556666"',
    },
  ],
  [
    "a security account named like an id",
    (yaml) => yaml.replace("securityAccount:", 'securityAccount:\n  name: "777788889999"'),
    { path: "securityAccount.name", found: '"777788889999"' },
  ],
  [
    "an id that is not 12 digits",
    (yaml) => yaml.replace('"777788889999"', '"77778888"'),
    { path: "accounts[1].id", expected: "12 digits in quotes", found: '"77778888"' },
  ],
  [
    "an id that lost its leading zero",
    (yaml) => yaml.replace('"777788889999"', "012345678901"),
    {
      path: "accounts[1].id",
      found: "12345678901",
      hint: 'without quotes it is a number, where YAML drops leading zeros: write id: "012345678901"',
    },
  ],
  [
    "an id without quotes",
    (yaml) => yaml.replace('"777788889999"', "777788889999"),
    { path: "accounts[1].id", hint: 'without quotes it is a number: write id: "777788889999"' },
  ],
  [
    "an unknown key, with the nearest known one",
    (yaml) => yaml.replace("waves:", "wavs: [x]\nwaves:"),
    { path: "wavs", found: '"wavs"', hint: "did you mean waves?" },
  ],
  [
    "an unknown key in an account",
    (yaml) => `${yaml}    notificationEmail: [a@example.com]\n`,
    { path: "accounts[1].notificationEmail", hint: "did you mean notificationEmails?" },
  ],
  [
    "an unknown key like no other",
    (yaml) => yaml.replace("waves:", "zzzzqqqq: 1\nwaves:"),
    { path: "zzzzqqqq", found: '"zzzzqqqq"' },
  ],
  [
    "an unknown wave",
    (yaml) => yaml.replace("wave: production", "wave: prod"),
    { path: "accounts[1].wave", expected: "one of the waves canary, production", found: '"prod"' },
  ],
  [
    "a wave named twice",
    (yaml) => yaml.replace("[canary, production]", "[canary, production, canary]"),
    { path: "waves[2]", found: '"canary", as in waves[0]' },
  ],
  [
    "a bad email",
    (yaml) => `${yaml}    notificationEmails: ["oncall at example.com"]\n`,
    {
      path: "accounts[1].notificationEmails[0]",
      expected: "an email address",
      found: '"oncall at example.com"',
    },
  ],
  [
    "a bad ARN pattern",
    (yaml) => `${yaml}trust: { creators: [{ arn: "role/onboarding" }] }\n`,
    { path: "trust.creators[0].arn", expected: expect.stringContaining("an ARN or ARN pattern") as string },
  ],
  [
    "an ARN of another partition",
    (yaml) => `${yaml}trust: { creators: [{ arn: "arn:aws-cn:iam::111122223333:role/onboarding" }] }\n`,
    { path: "trust.creators[0].arn", expected: "an ARN of the partition aws" },
  ],
  [
    "an ARN pattern that trusts everybody",
    (yaml) => `${yaml}trust: { creators: [{ arn: "arn:aws:iam::*:role/*" }] }\n`,
    { path: "trust.creators[0].arn", hint: "this one trusts nearly everybody" },
  ],
  [
    "an ARN pattern of so few letters that it trusts nearly everybody",
    (yaml) => `${yaml}trust: { creators: [{ arn: "arn:aws:iam::*:role/*e*" }] }\n`,
    { path: "trust.creators[0].arn", hint: "this one trusts nearly everybody" },
  ],
  [
    "trust by a session name, which the caller chooses",
    (yaml) =>
      `${yaml}trust: { creators: [{ arn: "arn:aws:sts::111122223333:assumed-role/*/onboarding" }] }\n`,
    { path: "trust.creators[0].arn", expected: "the exact name of the role before the session name" },
  ],
  [
    "trust by a name that is only a wildcard",
    (yaml) => `${yaml}trust: { users: [{ anyCreator: true, names: ["*"] }] }\n`,
    { path: "trust.users[0].names[0]", hint: "this one trusts nearly everybody" },
  ],
  [
    "a pattern that Terraform would read as a template",
    (yaml) => `${yaml}trust: { users: [{ anyCreator: true, names: ["\${path.root}"] }] }\n`,
    { path: "trust.users[0].names[0]", found: '"${path.root}"' },
  ],
  [
    "a provider that is too old",
    (yaml) => `${yaml}providerVersion: 4.0.0\n`,
    { path: "providerVersion", expected: expect.stringContaining(">= 5.100.0, < 7.0.0") as string },
  ],
  [
    "a deployment role that begins with a slash",
    (yaml) => `${yaml}deploymentRole: /ops/Deploy\n`,
    { path: "deploymentRole", found: '"/ops/Deploy"' },
  ],
  [
    "an email named twice, in whatever case",
    (yaml) => `${yaml}    notificationEmails: [a@example.com, A@example.com]\n`,
    { path: "accounts[1].notificationEmails[1]", expected: "a value of its own" },
  ],
  [
    "an alias without an anchor",
    (yaml) => `${yaml}trust: *nobody\n`,
    { path: "", expected: "aliases of anchors that stand above them" },
  ],
  [
    "an alias of itself",
    (yaml) => `${yaml}trust: &loop { creators: [*loop] }\n`,
    { path: "", expected: "aliases of anchors that stand above them" },
  ],
  [
    "trust by name alone that does not say so",
    (yaml) => `${yaml}trust: { users: [{ names: ["ses-*"] }] }\n`,
    { path: "trust.users[0].anyCreator", expected: expect.stringContaining("this has to be said") as string },
  ],
  [
    "trust in users without a path or a name",
    (yaml) => `${yaml}trust: { users: [{ anyCreator: true }] }\n`,
    { path: "trust.users[0]", expected: "paths or names" },
  ],
  [
    "a user agent as a ground for trust",
    (yaml) => `${yaml}trust: { creators: [{ arn: "arn:aws:iam::111122223333:role/a", userAgent: "x" }] }\n`,
    { path: "trust.creators[0].userAgent", expected: "one of the keys arn, invokedBy, paths, names, until" },
  ],
  [
    "trust until a day that the calendar does not have",
    (yaml) =>
      `${yaml}trust: { creators: [{ arn: "arn:aws:iam::111122223333:role/onboarding", until: 2026-02-30 }] }\n`,
    {
      path: "trust.creators[0].until",
      expected: "a date such as 2026-12-31",
      found: '"2026-02-30"',
    },
  ],
  [
    "more trust than fits into the function's environment",
    (yaml) => {
      const arns = Array.from(
        { length: 40 },
        (_, i) => `{ arn: "arn:aws:iam::111122223333:role/${"r".repeat(60)}${i}" }`,
      );
      return `${yaml}trust: { creators: [${arns.join(", ")}] }\n`;
    },
    {
      path: "accounts[0].trust",
      expected: expect.stringContaining(`at most ${MAX_TRUST_BYTES} bytes`) as string,
    },
  ],
  [
    "more break-glass roles than fit there",
    (yaml) => {
      const roles = Array.from({ length: 40 }, (_, i) => `${"r".repeat(60)}${i}`);
      return `${yaml}guard: { breakGlassRoles: [${roles.join(", ")}] }\n`;
    },
    {
      path: "accounts[0].trust",
      expected: expect.stringContaining(`at most ${MAX_TRUST_BYTES} bytes`) as string,
    },
  ],
  [
    "the security account as a target",
    (yaml) => yaml.replace('"777788889999"', '"111122223333"'),
    { path: "accounts[1].id", expected: "an account other than the security account" },
  ],
  [
    "an empty account list",
    (yaml) => `${yaml.slice(0, yaml.indexOf("accounts:"))}accounts: []\n`,
    {
      path: "accounts",
      expected: "at least one target account",
      found: "[]",
      hint: "quarantine accounts import fills it from AWS Organizations",
    },
  ],
  [
    "no account list",
    (yaml) => yaml.slice(0, yaml.indexOf("accounts:")),
    {
      path: "accounts",
      expected: "a list",
      found: "nothing",
      hint: "quarantine accounts import fills it from AWS Organizations",
    },
  ],
  [
    "an unknown mode",
    (yaml) => `${yaml}    mode: block\n`,
    { path: "accounts[1].mode", expected: "one of enforce, observe, off", found: '"block"' },
  ],
  [
    "a retention that CloudWatch Logs does not know",
    (yaml) => `${yaml}    logRetentionDays: 100\n`,
    { path: "accounts[1].logRetentionDays", expected: expect.stringContaining("one of 1, 3, 5") as string },
  ],
  [
    "a bad organization id",
    (yaml) => yaml.replace("o-exampleorgid", "exampleorgid"),
    { path: "organizationId", expected: "an organization id such as o-exampleorgid" },
  ],
  [
    "an unknown partition",
    (yaml) => `${yaml}partition: aws-iso\n`,
    { path: "partition", expected: "one of aws, aws-us-gov, aws-cn" },
  ],
  [
    "the partition of the European Sovereign Cloud",
    (yaml) => `${yaml}partition: aws-eusc\n`,
    {
      path: "partition",
      expected: "one of aws, aws-us-gov, aws-cn",
      hint: "aws-eusc, the AWS European Sovereign Cloud, is not supported yet",
    },
  ],
  [
    "a concurrency of zero, which would switch the responder off",
    (yaml) => `${yaml}    reservedConcurrency: 0\n`,
    { path: "accounts[1].reservedConcurrency", expected: "a whole number from 1", found: "0" },
  ],
  [
    "a reservation that leaves too little of Lambda's default quota",
    (yaml) => `${yaml}    reservedConcurrency: 901\n`,
    {
      path: "accounts[1].reservedConcurrency",
      expected: "at most 900",
      found: "901",
      hint: expect.stringContaining("New accounts begin with 10 and can reserve nothing"),
    },
  ],
  [
    "a reservation that leaves too little of a quota that was raised",
    (yaml) => `${yaml}    concurrencyQuota: 3000\n    reservedConcurrency: 2901\n`,
    { path: "accounts[1].reservedConcurrency", expected: "at most 2900", found: "2901" },
  ],
  [
    "any reservation in a new account",
    (yaml) => `${yaml}    concurrencyQuota: 10\n    reservedConcurrency: 1\n`,
    { path: "accounts[1].reservedConcurrency", expected: "no reservation with a quota of 10", found: "1" },
  ],
  [
    "a reservation of all accounts that one account's quota does not allow",
    (yaml) => `${yaml}    concurrencyQuota: 10\ndefaults: { reservedConcurrency: 5 }\n`,
    { path: "accounts[1].reservedConcurrency", expected: "no reservation with a quota of 10", found: "5" },
  ],
  [
    "a reservation of all accounts beyond the quota",
    (yaml) => `${yaml}defaults: { reservedConcurrency: 1000 }\n`,
    { path: "defaults.reservedConcurrency", expected: "at most 900", found: "1000" },
  ],
  [
    "a guard without an account to make it in",
    (yaml) => `${yaml}guard: { enabled: true, breakGlassRoles: [BreakGlass] }\n`,
    { path: "managementAccount", found: "nothing" },
  ],
  [
    "a guard under which nobody could release a user",
    (yaml) => `${yaml}managementAccount: { id: "999988887777" }\nguard: { enabled: true }\n`,
    { path: "guard.breakGlassRoles", expected: "at least one role, as guard.enabled is true" },
  ],
  [
    "a wildcard in an exempt role",
    (yaml) => `${yaml}guard: { breakGlassRoles: ["BreakGlass*"] }\n`,
    {
      path: "guard.breakGlassRoles[0]",
      expected: expect.stringContaining("the name of an IAM role") as string,
    },
  ],
  [
    "two roles that cannot both exist in an account",
    (yaml) => `${yaml}guard: { breakGlassRoles: [BreakGlass], exemptRoles: [ops/breakglass] }\n`,
    { path: "guard.exemptRoles[0]", found: '"ops/breakglass", as in guard.breakGlassRoles[0]' },
  ],
  [
    "the deployment role as a break-glass role",
    (yaml) => `${yaml}deploymentRole: Deploy\nguard: { breakGlassRoles: [Deploy] }\n`,
    { path: "guard.breakGlassRoles[0]", found: '"Deploy", as in deploymentRole' },
  ],
  [
    "a role of this project as an exempt role",
    (yaml) => `${yaml}guard: { exemptRoles: [security-response] }\n`,
    { path: "guard.exemptRoles[0]", expected: "a role that this project does not make" },
  ],
  [
    "the role of any function of this project as an exempt role",
    (yaml) => `${yaml}guard: { exemptRoles: [quarantine-sweep] }\n`,
    { path: "guard.exemptRoles[0]", expected: "a role that this project does not make" },
  ],
  [
    "the role of a channel as a break-glass role",
    (yaml) => `${yaml}guard: { breakGlassRoles: [security-notifier-webhook-delivery] }\n`,
    { path: "guard.breakGlassRoles[0]", expected: "a role that this project does not make" },
  ],
  [
    "a guard of an unknown wave",
    (yaml) => `${yaml}guard: { waves: [canary, prod] }\n`,
    { path: "guard.waves[1]", expected: "one of the waves canary, production" },
  ],
  [
    "a guard of organizational units and of waves",
    (yaml) => `${yaml}guard: { organizationalUnits: [ou-ab12-11111111], waves: [canary] }\n`,
    { path: "guard.organizationalUnits", expected: "either organizationalUnits or waves", found: "both" },
  ],
  [
    "a path where the id of an organizational unit belongs",
    (yaml) => `${yaml}guard: { organizationalUnits: [/Workloads] }\n`,
    { path: "guard.organizationalUnits[0]", found: '"/Workloads"' },
  ],
  [
    "the security account as the management account",
    (yaml) => `${yaml}managementAccount: { id: "111122223333" }\n`,
    { path: "managementAccount.id", found: '"111122223333", as in securityAccount.id' },
  ],
  [
    "an account named as the management account is by default",
    (yaml) =>
      `${yaml.replace("name: payments", "name: management")}managementAccount: { id: "999988887777" }\n`,
    { path: "accounts[1].name", found: '"management", as in managementAccount.name' },
  ],
  [
    "a list where keys belong",
    () => "- a\n- b\n",
    { path: "", expected: "keys and values", found: '["a","b"]' },
  ],
  ["an empty file", () => "", { path: "", found: "null" }],
];

test.each(CASES)("%s is reported with its place", (_, change, expected) => {
  const found = mistakes(change(VALID));

  expect(found).toContainEqual(expect.objectContaining(expected));
});

test("an unknown key like no other gets no guess", () => {
  const [mistake] = mistakes(`${VALID}zzzzqqqq: 1\n`);

  expect(mistake?.hint).toBeUndefined();
});

test("every mistake is reported at once, in the order of the file", () => {
  const yaml = VALID.replace("o-exampleorgid", "nonsense")
    .replace('"444455556666"', "444455556666")
    .replace("wave: production", "wave: prod");

  const found = mistakes(yaml);

  expect(found.map(({ path }) => path)).toEqual(["organizationId", "accounts[0].id", "accounts[1].wave"]);
});

test("the message names file, line and column, what was expected and what was found", () => {
  const message = () =>
    parseRollout("rollout.yaml", VALID.replace("wave: production", "wave: prod"), "/project");

  expect(message).toThrow(
    'rollout.yaml: 1 mistake\n  rollout.yaml:12:11 accounts[1].wave: expected one of the waves canary, production; found "prod"',
  );
});

test("text that is not YAML is reported with its place", () => {
  const found = mistakes("organizationId: [o-exampleorgid\n");

  expect(found[0]).toMatchObject({
    expected: "valid YAML",
    position: { line: expect.any(Number) as number },
  });
});

test.each(["---\na: 1\n", "...\na: 1\n", "...\n---\na: 1\n"])(
  "a second document in the file is reported with its place: %j",
  (second) => {
    const [mistake] = mistakes(VALID + second);

    expect(mistake).toMatchObject({
      expected: "one YAML document",
      found: "another one, which begins here",
      position: { line: VALID.split("\n").length + (second.startsWith("---") ? 0 : 1) },
    });
  },
);

test("a document may have a beginning and an end", () => {
  expect(mistakes(`%YAML 1.2\n---${VALID}...\n`)).toEqual([]);
  expect(mistakes(`${VALID}...\n# the end\n`)).toEqual([]);
});

test("a key written twice is reported", () => {
  const found = mistakes(`${VALID}organizationId: o-anotherorg01\n`);

  expect(found[0]).toMatchObject({
    expected: "valid YAML",
    found: expect.stringContaining("unique") as string,
  });
});

test("a file that is missing is reported by the name the operator gave", () => {
  const load = () => loadRollout({ ROLLOUT_CONFIG: "no-such-file.yaml" }, "/tmp");

  expect(load).toThrow(/^no-such-file\.yaml: 1 mistake\n.*expected a configuration file/);
});

describe("trust that has ended", () => {
  const until = (date: string) =>
    `{ creators: [{ arn: "arn:aws:iam::111122223333:role/onboarding", until: ${date} }] }`;
  const yaml = `${VALID}    trust: ${until("2026-12-31")}\ntrust: ${until("2027-06-30")}\n`;
  const parseAt = (now: string) => parseRollout("rollout.yaml", yaml, "/project", Date.parse(now));

  test("is no mistake on its last day, in UTC", () => {
    expect(() => parseAt("2026-12-31T23:59:59.999Z")).not.toThrow();
  });

  test("is one from midnight on, with its place, what was expected and what was found", () => {
    expect(() => parseAt("2027-01-01T00:00:00Z")).toThrow(
      /rollout\.yaml:\d+:\d+ accounts\[1\]\.trust\.creators\[0\]\.until: expected today \(2027-01-01 in UTC\) or a later day; found "2026-12-31" \(the entry has ended/,
    );
  });

  test("is one in the organization's trust as well", () => {
    expect(() => parseAt("2027-07-01T00:00:00Z")).toThrow(/2 mistakes[^]* trust\.creators\[0\]\.until/);
  });

  test("stops no command that synthesizes nothing", () => {
    expect(() => parseRollout("rollout.yaml", yaml, "/project")).not.toThrow();
  });
});
