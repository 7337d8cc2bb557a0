import { guardLookup } from "../../../../cli/rollout/guard/aws-lookup";
import type { GuardLookup } from "../../../../cli/rollout/guard/check-guard";
import { parseRollout } from "../../../../stacks/config/load";
import { AwsStub, type StubAnswer, type StubCall } from "../../../support/cli/aws-stub";
import { GUARDED_YAML } from "../../../support/stacks/sample";

const PAYMENTS = "777788889999";
const MANAGEMENT = "999988887777";

const json = (value: unknown): StubAnswer => ({ status: 200, body: JSON.stringify(value) });
const fault = (status: number, code: string, message: string): StubAnswer => ({
  status,
  body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
const role = (path: string): StubAnswer => ({
  status: 200,
  body: `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>
    <Arn>arn:aws:iam::${PAYMENTS}:role/${path}</Arn></Role></GetRoleResult></GetRoleResponse>`,
});

const aws = new AwsStub();
aws.install();

/** Parameters of a call, in AWS JSON or in the query protocol. */
function paramsOf({ headers, body }: StubCall): Record<string, unknown> {
  return "x-amz-target" in headers
    ? (JSON.parse(body) as Record<string, unknown>)
    : Object.fromEntries(new URLSearchParams(body));
}

/** The lookup of the tests' sample; its management account is reached with the operator's own credentials. */
function lookup(yaml = GUARDED_YAML): Promise<GuardLookup> {
  const rollout = parseRollout("rollout.yaml", yaml, "/project");
  return guardLookup(rollout, rollout.managementAccount ?? { id: MANAGEMENT, name: "management" });
}

const sessions = () => aws.asked.filter(({ action }) => action === "AssumeRole").map(paramsOf);

test.each([
  ["ENABLED", [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }]],
  ["PENDING_ENABLE", [{ Type: "SERVICE_CONTROL_POLICY", Status: "PENDING_ENABLE" }]],
  [undefined, [{ Type: "TAG_POLICY", Status: "ENABLED" }]],
  [undefined, []],
])("service control policies are %s where the root has %j", async (status, PolicyTypes) => {
  aws.answers = [json({ Roots: [{ Id: "r-ab12", PolicyTypes }] })];

  expect(await (await lookup()).policyTypeStatus()).toBe(status);

  expect(sessions()).toEqual([]);
});

test("the management account's own role is assumed where there is one, as Terraform does", async () => {
  aws.answers = [json({ Roots: [] })];
  const yaml = GUARDED_YAML.replace(
    `id: "${MANAGEMENT}"`,
    `id: "${MANAGEMENT}"\n  deploymentRole: ops/Guard`,
  );

  await (await lookup(yaml)).policyTypeStatus();

  expect(sessions()).toMatchObject([
    { RoleArn: `arn:aws:iam::${MANAGEMENT}:role/ops/Guard`, RoleSessionName: "iam-user-quarantine" },
  ]);
});

test("the service control policies of a target are read from every page", async () => {
  aws.answers = [
    json({ Policies: [{ Name: "FullAWSAccess" }], NextToken: "more" }),
    json({ Policies: [{ Name: "deny-regions" }] }),
  ];

  expect(await (await lookup()).attachedPolicies(PAYMENTS)).toEqual(["FullAWSAccess", "deny-regions"]);

  expect(aws.asked.map(paramsOf)).toEqual([
    { TargetId: PAYMENTS, Filter: "SERVICE_CONTROL_POLICY" },
    { TargetId: PAYMENTS, Filter: "SERVICE_CONTROL_POLICY", NextToken: "more" },
  ]);
});

test("roles are looked up in their account, by one session of the deployment role", async () => {
  aws.answers = [role("security/QuarantineBreakGlass"), fault(404, "NoSuchEntity", "no such role")];
  const guard = await lookup();

  expect(await guard.roleArn(PAYMENTS, "QuarantineBreakGlass")).toBe(
    `arn:aws:iam::${PAYMENTS}:role/security/QuarantineBreakGlass`,
  );
  expect(await guard.roleArn(PAYMENTS, "Other")).toBeUndefined();

  expect(sessions()).toMatchObject([
    {
      RoleArn: `arn:aws:iam::${PAYMENTS}:role/OrganizationAccountAccessRole`,
      RoleSessionName: "iam-user-quarantine",
    },
  ]);
  expect(aws.asked.slice(-1).map(paramsOf)).toMatchObject([{ Action: "GetRole", RoleName: "Other" }]);
});

test("a role that may not be looked up is no missing role: the refusal names the account", async () => {
  aws.answers = [fault(403, "AccessDenied", "not authorized to perform: iam:GetRole")];
  const guard = await lookup();

  await expect(guard.roleArn(PAYMENTS, "QuarantineBreakGlass")).rejects.toThrow(
    `${PAYMENTS}: not authorized to perform: iam:GetRole`,
  );
});
