import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import {
  DescribeOrganizationCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { mockClient } from "aws-sdk-client-mock";
import { Command } from "commander";
import { registerAccounts } from "../../../cli/commands/accounts";
import { EXIT } from "../../../cli/exit-codes";
import { runCommandLine } from "../../../cli/run-command-line";
import type { Shell } from "../../../cli/shell";

const FILE = `organizationId: o-exampleorgid
securityAccount: { id: "111122223333" }
waves: [canary]
accounts:
  - { name: sandbox, id: "444455556666", wave: canary }
`;

const aws = mockClient(OrganizationsClient);
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "accounts-command-"));
  file = path.join(folder, "organization.yaml");
  writeFileSync(file, FILE);
  aws.reset();
  const Organization = { Id: "o-exampleorgid", MasterAccountId: "123456789012" };
  aws.on(DescribeOrganizationCommand).resolves({ Organization });
  aws.on(ListRootsCommand).resolves({ Roots: [{ Id: "r-ab12" }] });
  aws.on(ListOrganizationalUnitsForParentCommand).resolves({ OrganizationalUnits: [] });
  aws.on(ListAccountsForParentCommand).resolves({
    Accounts: [
      { Id: "444455556666", Name: "Sandbox", State: "ACTIVE" },
      { Id: "777788889999", Name: "Payments", State: "ACTIVE" },
    ],
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  const output = { stdout: "", stderr: "" };
  const shell: Shell = {
    cwd: folder,
    env: { ROLLOUT_CONFIG: "organization.yaml" },
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    stdin: Readable.from([]),
    exitCode: EXIT.done,
  };
  const program = new Command().exitOverride().configureOutput({
    writeOut: (text) => shell.stdout.write(text),
    writeErr: (text) => shell.stderr.write(text),
  });
  registerAccounts(program, shell);
  await runCommandLine(program, shell, ["accounts", "import", ...args]);
  return { ...output, exitCode: shell.exitCode };
}

test("writes the file that ROLLOUT_CONFIG names", async () => {
  const { exitCode, stdout } = await run("--wave", "canary");

  expect({ exitCode, stdout }).toEqual({
    exitCode: EXIT.done,
    stdout: expect.stringContaining("1 account added to organization.yaml"),
  });
  expect(readFileSync(file, "utf8")).toBe(
    `${FILE}  - name: payments\n    id: "777788889999"\n    wave: canary\n`,
  );
});

test("writes nothing with --check, and says by its exit code that there are changes", async () => {
  const { exitCode, stdout } = await run("--wave", "canary", "--check", "--json");

  expect(exitCode).toBe(EXIT.changes);
  expect(JSON.parse(stdout)).toMatchObject({ written: false, added: [{ id: "777788889999" }] });
  expect(readFileSync(file, "utf8")).toBe(FILE);
});

test("a file that is not UTF-8 is refused before anything is asked, and stays as it is", async () => {
  const bytes = Buffer.concat([Buffer.from(`${FILE}# caf`), Buffer.from([0xe9]), Buffer.from("\n")]);
  writeFileSync(file, bytes);

  const { exitCode, stderr } = await run("--wave", "canary");

  expect(exitCode).toBe(EXIT.configuration);
  expect(stderr).toContain(`organization.yaml:6:6 expected text in UTF-8; found the byte 0xe9`);
  expect(aws.calls()).toEqual([]);
  expect(readFileSync(file)).toEqual(bytes);
});

test.each([
  [["--wave", "canry"], /--wave: expected one of the waves canary/],
  [["--wave", "canary", "--include", "payments"], /12 digits of an account id/],
  [["--wave", "canary", "--exclude", "Sandbox"], /12 digits of an account id, or a path such as/],
])("the command line %j is wrong, and nothing is asked or written", async (args, message) => {
  const { exitCode, stderr } = await run(...args);

  expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.usage, stderr: expect.stringMatching(message) });
  expect(aws.calls()).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(FILE);
});
