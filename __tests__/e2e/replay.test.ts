import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXIT } from "../../cli/exit-codes";
import { startLab, type Lab } from "../../lab/lab";
import { ACCESS_ROLE, LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { CliProcess, type CliEnd } from "../support/cli/process";
import { labApi } from "../support/lab/api";
import { document } from "../support/lab/users";

const MANAGEMENT = LAB_ORGANIZATION.managementAccount.id;
const [payments, research] = LAB_ORGANIZATION.memberAccounts;
/** A role that may look up events, and nothing else. */
const READER = "QuarantineRead";
/** More than a page of CloudTrail has. */
const MANY = 60;

const YAML = `organizationId: o-lab0000001
securityAccount: { id: "111122223333" }
waves: [all]
accounts:
  - { name: payments, id: "${payments.id}", wave: all, mode: observe }
  - { name: research, id: "${research.id}", wave: all, mode: observe }
`;

let lab: Lab;
let folder: string;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  folder = mkdtempSync(path.join(tmpdir(), "replay-e2e-"));
  writeFileSync(path.join(folder, "rollout.yaml"), YAML);
  for (const { id } of [payments, research]) {
    const administrator = labApi(lab.endpoint, lab.credentials(id).accessKeyId);
    await administrator("iam", "CreateRole", {
      RoleName: READER,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    });
    const PolicyDocument = document("Allow", "cloudtrail:LookupEvents");
    await administrator("iam", "PutRolePolicy", { RoleName: READER, PolicyName: "read", PolicyDocument });
  }
  const person = labApi(lab.endpoint, lab.credentials(research.id).accessKeyId);
  await person("iam", "CreateUser", { UserName: "mallory" });
  const management = labApi(lab.endpoint, lab.credentials(MANAGEMENT).accessKeyId);
  const { Credentials } = await management("sts", "AssumeRole", {
    RoleArn: `arn:aws:iam::${payments.id}:role/${ACCESS_ROLE}`,
    RoleSessionName: "run",
  });
  const machine = labApi(lab.endpoint, (Credentials as { AccessKeyId: string }).AccessKeyId);
  for (let index = 0; index < MANY; index += 1) {
    await machine("iam", "CreateUser", { UserName: `svc-${index}` });
  }
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]): Promise<CliEnd> =>
  new CliProcess(args, { cwd: folder, env: lab.environment(MANAGEMENT) }).ended;

test("replay reads every page with a read-only role, and its entry covers a machine's users but not a person's", async () => {
  const { code, stdout, stderr } = await run("replay", "--role", READER, "--json");

  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({
    // The administrators of the lab were there before CloudTrail.
    created: MANY + 1,
    quarantined: MANY + 1,
    notRead: [],
    suggestions: [
      {
        account: "payments",
        trust: {
          creators: [
            { arn: `arn:aws:iam::${payments.id}:role/${ACCESS_ROLE}`, paths: ["/"], names: ["svc-*"] },
          ],
        },
      },
      { account: "research", trust: { creators: [] }, notSuggested: [{ users: ["mallory"] }] },
    ],
  });
  expect(code).toBe(EXIT.changes);
});

test("explain finds the record of a user, and says what the role may not read", async () => {
  const { code, stdout } = await run(
    "explain",
    "--account",
    "research",
    "--user",
    "mallory",
    "--role",
    READER,
  );

  expect(stdout).toContain("Verdict:     observe by default");
  expect(stdout).toContain(`Decided by:  rollout.yaml:6:`);
  expect(stdout).toContain("What the mode enforce would do");
  expect(code).toBe(EXIT.done);
});
