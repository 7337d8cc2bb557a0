import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkNames, type NameLookup } from "../../../../cli/rollout/taken-names/check-names";
import { TerraformError } from "../../../../cli/terraform/fault";

const ROLLOUT = { partition: "aws", deploymentRole: "Deploy" } as const;
const TARGET = { name: "payments", accountId: "444455556666" };
const TOPIC = "arn:aws:sns:us-east-1:444455556666:security-alerts";
const RULE = "arn:aws:events:us-east-1:444455556666:rule/on-create";
const BUS_RULE = "arn:aws:events:us-east-1:444455556666:rule/security-events/audit";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "check-names-"));
  const resource = {
    aws_sns_topic: { alerts: { name: "security-alerts" } },
    aws_cloudwatch_event_rule: {
      detect: { name: "on-create" },
      audit: { name: "audit", event_bus_name: "security-events" },
    },
  };
  writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify({ resource }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const CREATES = [
  "aws_sns_topic.alerts",
  "aws_cloudwatch_event_rule.detect",
  "aws_cloudwatch_event_rule.audit",
].map((address) => ({ address, action: "create" }));

/** Checks a plan in an account where these topics and rules exist. */
async function check(existing: readonly string[], changes = CREATES) {
  const open = jest.fn((): Promise<NameLookup> =>
    Promise.resolve({
      topicExists: (arn) => Promise.resolve(existing.includes(arn)),
      ruleExists: (name, bus) => Promise.resolve(existing.includes(`${bus ?? "default"}/${name}`)),
    }),
  );
  const fault = await faultOf(checkNames(ROLLOUT, TARGET, folder, { changes }, open));
  return { open, fault };
}

async function faultOf(checking: Promise<void>) {
  const error: unknown = await checking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof TerraformError ? error.fault : error;
}

test("AWS is not asked for a plan that creates neither topic nor rule", async () => {
  const { open, fault } = await check(
    ["default/on-create"],
    [{ address: "aws_iam_role.x", action: "create" }],
  );

  expect(fault).toBeUndefined();
  expect(open).not.toHaveBeenCalled();
});

test("free names pass, and are looked up as the deployment role in the Region of the stacks", async () => {
  const { open, fault } = await check(["default/audit", "security-events/on-create"]);

  expect(fault).toBeUndefined();
  expect(open).toHaveBeenCalledWith("arn:aws:iam::444455556666:role/Deploy", "us-east-1");
});

test("every taken name of an account is in one error, with its ARN and the command that adopts it", async () => {
  const { fault } = await check([TOPIC, "default/on-create", "security-events/audit"]);

  expect(fault).toMatchObject({ kind: "already-exists" });
  const { cause, advice } = fault as { cause: string; advice: string };
  expect(cause).toContain("payments (444455556666)");
  expect(cause).toContain(`the rule ${BUS_RULE}, the rule ${RULE}, the topic ${TOPIC} exist already`);
  expect(cause).toContain("Nothing was changed.");
  expect(advice.split("\n").filter((line) => line.includes("terraform"))).toEqual([
    `    terraform -chdir=${folder} import aws_cloudwatch_event_rule.audit security-events/audit`,
    `    terraform -chdir=${folder} import aws_cloudwatch_event_rule.detect on-create`,
    `    terraform -chdir=${folder} import aws_sns_topic.alerts ${TOPIC}`,
  ]);
  expect(advice).toContain("delete them");
});

test("a free name is not in the error of a taken one", async () => {
  const { fault } = await check([TOPIC]);

  expect(JSON.stringify(fault)).not.toContain("on-create");
});

test("what AWS refuses to show is an error that names what could not be checked, and as whom", async () => {
  const refused = Object.assign(new Error("not authorized"), { name: "AuthorizationErrorException" });
  const open = () =>
    Promise.resolve({ topicExists: () => Promise.reject(refused), ruleExists: () => Promise.resolve(false) });

  const fault = await faultOf(checkNames(ROLLOUT, TARGET, folder, { changes: CREATES }, open));

  expect(fault).toMatchObject({
    kind: "other",
    cause:
      "Whether these names are taken could not be checked as arn:aws:iam::444455556666:role/Deploy: rule audit, rule on-create, topic security-alerts: AuthorizationErrorException: not authorized. Nothing was changed.",
    advice: expect.stringContaining("events:DescribeRule") as string,
  });
});

test("throttling that the look did not outlast is retried like Terraform's own", async () => {
  const slow = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });

  const fault = await faultOf(
    checkNames(ROLLOUT, TARGET, folder, { changes: CREATES }, () => Promise.reject(slow)),
  );

  expect(fault).toMatchObject({ kind: "throttled" });
});
