import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { awsLookup } from "../../../../cli/rollout/taken-names/aws-lookup";

const ROLE = "arn:aws:iam::444455556666:role/Deploy";
const TOPIC = "arn:aws:sns:us-east-1:444455556666:security-alerts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

const SESSION: Answer = {
  status: 200,
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
};
const json = (status: number, value: unknown): Answer => ({ status, body: JSON.stringify(value) });
const notThere = json(400, { __type: "com.amazonaws.events#ResourceNotFoundException", message: "no rule" });

/** What AWS answers to each call in turn, and what it was asked. */
let answers: Answer[];
let asked: { readonly action: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      const { headers } = request;
      const action = headers["x-amz-target"] ?? new URLSearchParams(body).get("Action") ?? "";
      asked.push({ action: String(action), headers, body });
      const { status, body: answer } = action === "AssumeRole" ? SESSION : (answers.shift() ?? json(500, {}));
      response.writeHead(status).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

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

test("the role is assumed once, under the session name that Terraform uses", async () => {
  answers = [json(200, { Name: "audit" }), notThere];
  const lookup = await awsLookup(ROLE, "us-east-1");

  expect(await lookup.ruleExists("audit", "security-events")).toBe(true);
  expect(await lookup.ruleExists("on-create", undefined)).toBe(false);

  expect(asked.map(({ action }) => action)).toEqual([
    "AssumeRole",
    "AWSEvents.DescribeRule",
    "AWSEvents.DescribeRule",
  ]);
  expect(asked[0]?.body).toContain("RoleSessionName=iam-user-quarantine");
  expect(asked.slice(1).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { Name: "audit", EventBusName: "security-events" },
    { Name: "on-create" },
  ]);
  expect(asked[1]?.headers).toMatchObject({
    "x-amz-security-token": "t",
    authorization: expect.stringContaining("Credential=ASIASESSION/") as string,
  });
});

test.each<[string, Answer, boolean]>([
  ["is there", { status: 200, body: "<GetTopicAttributesResponse/>" }, true],
  [
    "is free",
    { status: 404, body: "<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>" },
    false,
  ],
])("a topic that %s", async (_title, answer, exists) => {
  answers = [answer];

  expect(await (await awsLookup(ROLE, "us-east-1")).topicExists(TOPIC)).toBe(exists);
});

test("a throttled look at a rule is repeated", async () => {
  answers = [json(400, { __type: "ThrottlingException", message: "Rate exceeded" }), notThere];

  expect(await (await awsLookup(ROLE, "us-east-1")).ruleExists("audit", undefined)).toBe(false);
});

test("a refused look at a rule is an error, not a free name", async () => {
  answers = [json(400, { __type: "AccessDeniedException", Message: "not authorized" })];

  await expect((await awsLookup(ROLE, "us-east-1")).ruleExists("audit", undefined)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: "not authorized",
  });
});
