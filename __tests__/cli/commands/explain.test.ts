import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  IAMClient,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { EXIT } from "../../../cli/exit-codes";
import { runCommand } from "../../support/cli/shell";
import { loadFixture } from "../../support/load-fixture";

const yamlOf = (mode: string) => `organizationId: o-exampleorgid
securityAccount: { id: "999922223333" }
waves: [canary]
defaults:
  mode: ${mode}
accounts:
  - name: payments
    id: "111122223333"
    wave: canary
    trust:
      creators:
        - arn: arn:aws:iam::111122223333:role/onboarding
`;
const YAML = yamlOf("enforce");
const POLICY = "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine";

const cloudTrail = mockClient(CloudTrailClient);
const iam = mockClient(IAMClient);
let folder: string;

beforeEach(() => {
  cloudTrail.reset();
  iam.reset();
  iam.rejects(Object.assign(new Error("not for you"), { name: "AccessDenied" }));
  folder = mkdtempSync(path.join(tmpdir(), "explain-command-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(event: object): string {
  const file = path.join(folder, "record.json");
  writeFileSync(file, JSON.stringify(event));
  return file;
}

test("a quarantine is explained with its line and its steps", async () => {
  const { exitCode, stdout } = await runCommand(YAML, ["explain", fileOf(loadFixture("events/by-iam-user"))]);

  expect(stdout).toContain("Verdict:     quarantine by default");
  expect(stdout).toContain("Decided by:  rollout.yaml:5:9 defaults.mode");
  expect(stdout).toContain(`1. attach the policy ${POLICY}; if IAM refuses`);
  expect(exitCode).toBe(EXIT.done);
});

test("trust is explained with the entry that decided", async () => {
  const { stdout } = await runCommand(YAML, ["explain", fileOf(loadFixture("events/by-assumed-role"))]);

  expect(stdout).toContain("Verdict:     trust by creators[0]");
  expect(stdout).toContain("Decided by:  rollout.yaml:12:11 accounts[0].trust.creators[0]");
  expect(stdout).toContain("What is done: nothing");
});

test.each(["observe", '"off"'])("the mode %s is explained with what enforce would do", async (mode) => {
  const { stdout } = await runCommand(yamlOf(mode), ["explain", fileOf(loadFixture("events/by-iam-user"))]);

  expect(stdout).toContain("Decided by:  rollout.yaml:5:9 defaults.mode");
  expect(stdout).toContain("User:        mallory");
  expect(stdout).toMatch(/What the mode enforce would do[^]*1\. attach the policy/);
});

test.each<[string, object, string]>([
  [
    "of an account that is no target",
    { recipientAccountId: "777788889999" },
    "Account 777788889999 is not a target account",
  ],
  ["that cannot be read", { eventName: 1 }, "cannot read the record: it would alert"],
])("a record %s says so, and ends with 1", async (_kind, changes, message) => {
  const detail = loadFixture("events/by-iam-user")["detail"] as object;

  const { exitCode, stdout } = await runCommand(YAML, ["explain", fileOf({ ...detail, ...changes })]);

  expect(stdout).toContain(message);
  expect(exitCode).toBe(EXIT.failed);
});

describe("explain --account --user", () => {
  const record = (userId: string, eventID: string) => {
    const detail = loadFixture("events/by-iam-user")["detail"] as { responseElements: { user: object } };
    const user = { ...detail.responseElements.user, userId };
    return { CloudTrailEvent: JSON.stringify({ ...detail, eventID, responseElements: { user } }) };
  };
  const run = (...more: string[]) =>
    runCommand(YAML, ["explain", "--account", "payments", "--user", "mallory", ...more]);

  test("takes the record of the user who is there, and the steps from what IAM shows", async () => {
    cloudTrail.on(LookupEventsCommand).resolves({
      Events: [record("AIDACKCEVSQ6C2EXAMPL2", "later"), record("AIDACKCEVSQ6C2EXAMPL1", "own")],
    });
    iam.on(GetUserCommand).resolves({
      User: {
        ...{ UserName: "mallory", UserId: "AIDACKCEVSQ6C2EXAMPL1", Path: "/", CreateDate: new Date() },
        Arn: "arn:aws:iam::111122223333:user/mallory",
      },
    });
    iam
      .on(ListAttachedUserPoliciesCommand)
      .resolves({ AttachedPolicies: [{ PolicyName: "q", PolicyArn: POLICY }] });
    iam
      .on(ListAccessKeysCommand)
      .resolves({ AccessKeyMetadata: [{ AccessKeyId: "AKIA1", Status: "Active" }] });

    const { stdout } = await run("--role", "Read");

    expect(stdout).toMatch(/Event: .* own$/m);
    expect(stdout).toContain("1. set the access key AKIA1 inactive");
    expect(stdout).not.toContain("attach the policy");
    expect(stdout).toContain("not read: read tags: AccessDenied: not for you");
    expect(cloudTrail.commandCalls(LookupEventsCommand)[0]?.args[0].input).toMatchObject({
      LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: "mallory" }],
    });
  });

  test("without a record is an error that says where was looked", async () => {
    cloudTrail.on(LookupEventsCommand).resolves({ Events: [] });

    const { exitCode, stderr } = await run();

    expect(stderr).toContain("CloudTrail has no creation of mallory of the last 90 days in us-east-1");
    expect(exitCode).toBe(EXIT.failed);
  });
});

test.each<string[][]>([[[]], [["--account", "payments"]], [["--user", "x"]], [["f.json", "--user", "x"]]])(
  "explain %j is refused",
  async (args) => {
    const { exitCode, stderr } = await runCommand(YAML, ["explain", ...args]);

    expect(stderr).toContain("expected a file, or --account and --user");
    expect(exitCode).toBe(EXIT.usage);
  },
);
