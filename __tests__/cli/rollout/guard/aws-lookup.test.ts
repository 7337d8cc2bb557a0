import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { guardLookup } from "../../../../cli/rollout/guard/aws-lookup";
import type { GuardLookup } from "../../../../cli/rollout/guard/check-guard";
import { parseRollout } from "../../../../stacks/config/load";
import { GUARDED_YAML } from "../../../support/stacks/sample";

const PAYMENTS = "777788889999";
const MANAGEMENT = "999988887777";

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Call {
  readonly action: string;
  readonly params: Record<string, unknown>;
}

const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });
const fault = (status: number, code: string, message: string): Answer => ({
  status,
  body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
const SESSION: Answer = {
  status: 200,
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
};
const role = (path: string): Answer => ({
  status: 200,
  body: `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>
    <Arn>arn:aws:iam::${PAYMENTS}:role/${path}</Arn></Role></GetRoleResult></GetRoleResponse>`,
});

/** What AWS answers to each call in turn, sessions aside, and what it was asked. */
let answers: Answer[];
let asked: Call[];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      const call = readCall(String(request.headers["x-amz-target"] ?? ""), body);
      asked.push(call);
      const answer = call.action === "AssumeRole" ? SESSION : answers.shift();
      response.writeHead(answer?.status ?? 500).end(answer?.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function readCall(target: string, body: string): Call {
  if (target !== "") {
    return { action: target, params: JSON.parse(body) as Record<string, unknown> };
  }
  const params = Object.fromEntries(new URLSearchParams(body));
  return { action: params["Action"] ?? "", params };
}

const before = process.env;
beforeEach(() => {
  [answers, asked] = [[], []];
  const { port } = server.address() as AddressInfo;
  process.env = {
    ...before,
    ...{ AWS_ACCESS_KEY_ID: "AKIAOPERATOR", AWS_SECRET_ACCESS_KEY: "s" },
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
});
afterEach(() => {
  process.env = before;
});

/** The lookup of the tests' sample; its management account is reached with the operator's own credentials. */
function lookup(yaml = GUARDED_YAML): Promise<GuardLookup> {
  const rollout = parseRollout("rollout.yaml", yaml, "/project");
  return guardLookup(rollout, rollout.managementAccount ?? { id: MANAGEMENT, name: "management" });
}

const sessions = () => asked.filter(({ action }) => action === "AssumeRole").map(({ params }) => params);

test.each([
  ["ENABLED", [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }]],
  ["PENDING_ENABLE", [{ Type: "SERVICE_CONTROL_POLICY", Status: "PENDING_ENABLE" }]],
  [undefined, [{ Type: "TAG_POLICY", Status: "ENABLED" }]],
  [undefined, []],
])("service control policies are %s where the root has %j", async (status, PolicyTypes) => {
  answers = [json({ Roots: [{ Id: "r-ab12", PolicyTypes }] })];

  expect(await (await lookup()).policyTypeStatus()).toBe(status);

  expect(sessions()).toEqual([]);
});

test("the management account's own role is assumed where there is one, as Terraform does", async () => {
  answers = [json({ Roots: [] })];
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
  answers = [
    json({ Policies: [{ Name: "FullAWSAccess" }], NextToken: "more" }),
    json({ Policies: [{ Name: "deny-regions" }] }),
  ];

  expect(await (await lookup()).attachedPolicies(PAYMENTS)).toEqual(["FullAWSAccess", "deny-regions"]);

  expect(asked.map(({ params }) => params)).toEqual([
    { TargetId: PAYMENTS, Filter: "SERVICE_CONTROL_POLICY" },
    { TargetId: PAYMENTS, Filter: "SERVICE_CONTROL_POLICY", NextToken: "more" },
  ]);
});

test("roles are looked up in their account, by one session of the deployment role", async () => {
  answers = [role("security/QuarantineBreakGlass"), fault(404, "NoSuchEntity", "no such role")];
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
  expect(asked.at(-1)?.params).toMatchObject({ Action: "GetRole", RoleName: "Other" });
});

test("a role that may not be looked up is no missing role: the refusal names the account", async () => {
  answers = [fault(403, "AccessDenied", "not authorized to perform: iam:GetRole")];
  const guard = await lookup();

  await expect(guard.roleArn(PAYMENTS, "QuarantineBreakGlass")).rejects.toThrow(
    `${PAYMENTS}: not authorized to perform: iam:GetRole`,
  );
});
