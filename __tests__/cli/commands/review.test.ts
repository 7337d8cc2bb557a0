import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GetAccountAuthorizationDetailsCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { mockClient } from "aws-sdk-client-mock";
import { EXIT } from "../../../cli/exit-codes";
import { reviewSchema } from "../../../cli/review/review";
import { runCommand } from "../../support/cli/shell";
import { SAMPLE_YAML } from "../../support/stacks/sample";
import { FIXTURE_PACKAGES } from "../../support/stacks/synthesize";

jest.mock("../../../packaging/package-functions", () => ({
  packageFunctions: () => Promise.resolve(FIXTURE_PACKAGES),
}));

const organizations = mockClient(OrganizationsClient);
const iam = mockClient(IAMClient);
const lambda = mockClient(LambdaClient);
beforeEach(() => {
  lambda.reset();
  lambda.on(GetFunctionConfigurationCommand).resolves({});
  iam.reset();
  organizations.reset();
});

function organizationOf(id: string): void {
  const Accounts = [{ Id: "888877776666", Name: "New | Shop", State: "ACTIVE" as const }];
  organizations
    .on(DescribeOrganizationCommand)
    .resolves({ Organization: { Id: id, MasterAccountId: "123456789012" } });
  organizations.on(ListRootsCommand).resolves({ Roots: [{ Id: "r-ab12" }] });
  organizations.on(ListOrganizationalUnitsForParentCommand).resolves({ OrganizationalUnits: [] });
  organizations.on(DescribeAccountCommand).resolves({});
  organizations.on(ListAccountsForParentCommand).resolves({ Accounts });
}

test("before the first rollout, no account is deployed; nothing is written, and AWS is not asked", async () => {
  const { exitCode, stdout, stderr } = await runCommand(SAMPLE_YAML, ["review", "--json"]);

  const { accounts, asked } = reviewSchema.parse(JSON.parse(stdout));
  expect(new Set(accounts.map(({ status }) => status))).toEqual(new Set(["not-deployed"]));
  expect(accounts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["security", "sandbox", "payments"]),
  );
  expect(asked).toEqual({ organization: false, drift: false, live: false });
  expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.changes, stderr: "" });
  expect(organizations.calls()).toEqual([]);
});

test("with --organization, what nobody covers comes first, whatever is selected", async () => {
  organizationOf("o-exampleorgid");

  const { exitCode, stdout } = await runCommand(SAMPLE_YAML, [
    "review",
    ...["--organization", "--account", "pay*", "--markdown"],
  ]);

  expect(stdout).toContain("1 uncovered, 1 not deployed");
  expect(stdout).toMatch(/\*\*uncovered\*\*.*New &#124; Shop.*\n.*\*\*not deployed\*\*.*payments/);
  expect(exitCode).toBe(EXIT.changes);
});

test("the credentials of another organization end the review", async () => {
  organizationOf("o-otherorgidx");

  const { exitCode, stdout, stderr } = await runCommand(SAMPLE_YAML, ["review", "--organization"]);

  expect(stderr).toContain("these credentials belong to o-otherorgidx");
  expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.failed, stdout: "" });
});

test("--live asks as the role of --role, and an account that cannot be asked is unreadable", async () => {
  iam.on(GetAccountAuthorizationDetailsCommand).rejects(new Error("refused"));

  const { exitCode, stdout } = await runCommand(SAMPLE_YAML, [
    "review",
    ...["--account", "payments", "--live", "--role", "audit/Read", "--json"],
  ]);

  const { accounts, asked } = reviewSchema.parse(JSON.parse(stdout));
  expect(asked).toMatchObject({ drift: false, live: true });
  expect(accounts).toMatchObject([
    {
      status: "unreadable",
      problems: [
        expect.any(String),
        expect.stringContaining("could not be listed as arn:aws:iam::777788889999:role/audit/Read"),
      ],
    },
  ]);
  expect(exitCode).toBe(EXIT.failed);
});

test("--drift is refused with HCP Terraform, before anything is asked", async () => {
  const { exitCode, stderr } = await runCommand(
    `${SAMPLE_YAML}backend: { type: cloud, organization: example }\n`,
    ["review", "--drift", "--organization"],
  );

  expect(stderr).toContain("--drift: expected the backend local or s3, found cloud");
  expect(exitCode).toBe(EXIT.usage);
  expect(organizations.calls()).toEqual([]);
});

test.each<[string[], string]>([
  [["--role", "audit/Read"], "expected --drift or --live with it"],
  [["--role-arn", "arn:aws:iam::123456789012:role/Read"], "expected --organization with it"],
  [["--html", "."], "--html .: expected a file, found a folder"],
  [["--html", "-"], "--html -: expected the name of a file"],
  [["--live", "--role", "${x}"], "Expected the name of an IAM role"],
  [["--account", "nobody"], "matches no account"],
  [["--wave", "nobody"], "expected a wave"],
  [["--json", "--markdown"], "cannot be used with"],
  [["--concurrency", "0"], "whole number from 1"],
])("review %j is refused", async (args, message) => {
  const { exitCode, stderr } = await runCommand(SAMPLE_YAML, ["review", ...args]);

  expect(stderr).toContain(message);
  expect(exitCode).toBe(EXIT.usage);
});

describe("--html", () => {
  let folder: string;
  let page: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "review-"));
    page = path.join(folder, "review.html");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("writes the page beside what is printed", async () => {
    const { exitCode, stdout } = await runCommand(SAMPLE_YAML, ["review", "--html", page]);
    expect(exitCode).toBe(EXIT.changes);
    expect(stdout).toContain("payments");
    expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[^]*payments: not deployed/);
  });

  test("refuses a folder that does not exist, before anything is read", async () => {
    const { exitCode, stdout, stderr } = await runCommand(SAMPLE_YAML, [
      "review",
      "--html",
      "nowhere/a.html",
    ]);
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toContain("--html nowhere/a.html: the folder does not exist");
    expect(stdout).toBe("");
  });

  test("fails when the page cannot be written, and leaves no part of it", async () => {
    // The draft cannot be written.
    mkdirSync(`${page}.new`);
    const { exitCode, stdout, stderr } = await runCommand(SAMPLE_YAML, ["review", "--html", page]);
    expect(exitCode).toBe(EXIT.failed);
    expect(stdout).toContain("payments");
    expect(stderr).toContain("The page could not be written");
    expect(existsSync(page)).toBe(false);
  });
});
