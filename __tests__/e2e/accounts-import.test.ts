import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startLab, type Lab } from "../../lab/lab";
import { labApi, type LabApi } from "../support/lab/api";

const CLI = path.resolve(__dirname, "..", "..", "cli", "quarantine.mjs");
const MANAGEMENT = "123456789012";
const SECURITY = "111122223333";
const PAYMENTS = "444455556666";
const PLAYGROUND = "777788889999";
const CLOSED = "555566667777";
/** The command ends sooner on a busy machine, too. */
const ENDED_WITHIN_MS = 120_000;
/** More accounts than a page of Organizations holds. */
const TEAM = Array.from({ length: 20 }, (_, index) => ({
  id: `2222333344${index + 10}`,
  name: "Team Account",
}));

const FILE = `# The organization of the lab.
organizationId: o-lab0000001   # its own
securityAccount: { id: "${SECURITY}" }
waves: [canary,   production]

accounts:
  # Known before.
  - name: pay   # everybody calls it so
    id: '${PAYMENTS}'
    wave: production
    mode: observe
    # Ask finance first.

accountImport:
  waves:
    - ou: /Sandbox/**
      wave: canary
    - ou: /Workloads/**
      wave: production

# The end.
`;

let lab: Lab;
let organizations: LabApi;
let rootId: string;
let folder: string;
let file: string;

beforeAll(async () => {
  lab = await startLab({
    managementAccount: { id: MANAGEMENT, name: "management" },
    securityAccount: { id: SECURITY, name: "security" },
    memberAccounts: [
      { id: PAYMENTS, name: "Payments" },
      { id: PLAYGROUND, name: "Play Ground" },
      { id: CLOSED, name: "Old Shop" },
      ...TEAM,
    ],
  });
  organizations = labApi(lab.endpoint, lab.credentials(MANAGEMENT).accessKeyId);
  const { Roots } = (await call("ListRoots", {})) as { Roots: { Id: string }[] };
  rootId = Roots[0]?.Id ?? "";
  const sandbox = await makeUnit(rootId, "Sandbox");
  const teams = await makeUnit(await makeUnit(rootId, "Workloads"), "Teams (EU)");
  await moveTo(sandbox, PLAYGROUND);
  await moveTo(teams, PAYMENTS, CLOSED, ...TEAM.map(({ id }) => id));
  await call("CloseAccount", { AccountId: CLOSED });
});

afterAll(async () => {
  await lab.stop();
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "accounts-import-"));
  file = path.join(folder, "rollout.yaml");
  writeFileSync(file, FILE);
  lab.faults.clear();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function call(action: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
  return organizations("organizations", action, params);
}

async function makeUnit(ParentId: string, Name: string): Promise<string> {
  const { OrganizationalUnit } = await call("CreateOrganizationalUnit", { ParentId, Name });
  return (OrganizationalUnit as { Id: string }).Id;
}

async function moveTo(DestinationParentId: string, ...ids: readonly string[]): Promise<void> {
  for (const AccountId of ids) {
    await call("MoveAccount", { AccountId, SourceParentId: rootId, DestinationParentId });
  }
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line with the credentials of the management account. */
function accountsImport(...options: readonly string[]): Promise<Ended> {
  const env = { ...process.env, ...lab.environment(MANAGEMENT), ROLLOUT_CONFIG: undefined };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, "accounts", "import", ...options],
      { cwd: folder, env, timeout: ENDED_WITHIN_MS },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        });
      },
    );
  });
}

function fileText(): string {
  return readFileSync(file, "utf8");
}

/** The text without the lines of the accounts that were added. */
function withoutAdded(text: string): string {
  return text.replaceAll(/^ {2}- name: (?:play-ground|team-account-\d{4})\n.*\n.*\n/gm, "");
}

test("accounts import adds new accounts, and keeps every other byte and the mode", async () => {
  chmodSync(file, 0o640);

  const { code, stdout, stderr } = await accountsImport();

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^21 accounts added to rollout.yaml\n/);
  expect(stdout).toContain("Left out: 1 management account, 1 suspended (");
  expect(withoutAdded(fileText())).toBe(FILE);
  expect(fileText()).toContain(
    `    # Ask finance first.\n  - name: team-account-4410\n    id: "222233334410"\n`,
  );
  expect(fileText()).toContain(
    `  - name: play-ground\n    id: "${PLAYGROUND}"\n    wave: canary\n\naccountImport:`,
  );
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder)).toEqual(["rollout.yaml"]);
});

test("--check writes nothing, finds nothing after an import, and names accounts that are gone", async () => {
  const before = await accountsImport("--check");
  expect({ code: before.code, text: fileText() }).toEqual({ code: 2, text: FILE });

  await accountsImport();
  const after = await accountsImport("--check");
  expect(after).toMatchObject({ code: 0, stderr: "" });

  const gone = `  - { name: old-shop, id: "${CLOSED}", wave: production }\n  - { name: left, id: "999900001111", wave: canary }\n`;
  writeFileSync(file, fileText().replace("accounts:\n", `accounts:\n${gone}`));
  const withGone = await accountsImport("--check", "--json");

  expect(withGone.code).toBe(2);
  expect(JSON.parse(withGone.stdout)).toMatchObject({
    written: false,
    added: [],
    gone: [
      { id: CLOSED, reason: "suspended" },
      { id: "999900001111", reason: "not in the organization" },
    ],
  });
  const { code, stdout } = await accountsImport();
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("quarantine retire NAME"),
  });
  expect(fileText()).toContain(gone);
});

test("accounts import retries throttled calls", async () => {
  lab.faults.add({
    ...{ service: "organizations", action: "ListAccountsForParent" },
    ...{ kind: "throttle", code: "TooManyRequestsException", count: 2 },
  });

  const { code, stdout } = await accountsImport("--check");

  expect(lab.faults.list().map(({ hits }) => hits)).toEqual([2]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringMatching(/^21 accounts to be added/) });
});

test("accounts without a wave are refused, all of them by name, and nothing is written", async () => {
  writeFileSync(file, FILE.replace("/Workloads/**", "/Workloads"));

  const { code, stdout, stderr } = await accountsImport();

  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^20 accounts match no wave; nothing was written:\n/);
  expect(stderr.match(/\/Workloads\/Teams \(EU\) {2}Team Account\n/g)).toHaveLength(20);
  expect(fileText()).not.toContain("team-account");
});

test("--move moves accounts and --include adds the management account, with a role", async () => {
  const role = `arn:aws:iam::${MANAGEMENT}:role/OrganizationAccountAccessRole`;
  const options = ["--role-arn", role, "--include", MANAGEMENT, "--ou-wave", "/**=canary", "--move"];

  const { code, stdout } = await accountsImport(...options);

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("production -> canary") });
  expect(fileText()).toContain(`    id: '${PAYMENTS}'\n    wave: canary\n    mode: observe\n`);
  expect(fileText()).toContain(`id: "${MANAGEMENT}"`);
});

test("an organization other than the configured one is refused", async () => {
  writeFileSync(file, FILE.replace("o-lab0000001", "o-exampleorgid"));

  const { code, stderr } = await accountsImport("--wave", "canary");

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/describes the organization o-exampleorgid, .* belong to o-lab0000001/),
  });
  expect(fileText()).not.toContain("team-account");
});

test("missing permissions are named", async () => {
  lab.faults.add({ service: "organizations", action: "ListRoots", kind: "refuse" });

  const { code, stderr } = await accountsImport();

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /AccessDeniedException: .*\nRequired permissions, in the management account .*ListRoots/,
    ),
  });
});
