import { awsLookup } from "../../../../cli/rollout/taken-names/aws-lookup";
import { AwsStub, type StubAnswer } from "../../../support/cli/aws-stub";

const ROLE = "arn:aws:iam::444455556666:role/Deploy";
const TOPIC = "arn:aws:sns:us-east-1:444455556666:security-alerts";

const json = (status: number, value: unknown): StubAnswer => ({ status, body: JSON.stringify(value) });
const notThere = json(400, { __type: "com.amazonaws.events#ResourceNotFoundException", message: "no rule" });

const aws = new AwsStub();
aws.install();

test("the role is assumed once, under the session name that Terraform uses", async () => {
  aws.answers = [json(200, { Name: "audit" }), notThere];
  const lookup = await awsLookup(ROLE, "us-east-1");

  expect(await lookup.ruleExists("audit", "security-events")).toBe(true);
  expect(await lookup.ruleExists("on-create", undefined)).toBe(false);

  expect(aws.asked.map(({ action }) => action)).toEqual([
    "AssumeRole",
    "AWSEvents.DescribeRule",
    "AWSEvents.DescribeRule",
  ]);
  expect(aws.asked[0]?.body).toContain("RoleSessionName=iam-user-quarantine");
  expect(aws.asked.slice(1).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { Name: "audit", EventBusName: "security-events" },
    { Name: "on-create" },
  ]);
  expect(aws.asked[1]?.headers).toMatchObject({
    "x-amz-security-token": "t",
    authorization: expect.stringContaining("Credential=ASIASESSION/") as string,
  });
});

test.each<[string, StubAnswer, boolean]>([
  ["is there", { status: 200, body: "<GetTopicAttributesResponse/>" }, true],
  [
    "is free",
    { status: 404, body: "<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>" },
    false,
  ],
])("a topic that %s", async (_title, answer, exists) => {
  aws.answers = [answer];

  expect(await (await awsLookup(ROLE, "us-east-1")).topicExists(TOPIC)).toBe(exists);
});

test("a throttled look at a rule is repeated", async () => {
  aws.answers = [json(400, { __type: "ThrottlingException", message: "Rate exceeded" }), notThere];

  expect(await (await awsLookup(ROLE, "us-east-1")).ruleExists("audit", undefined)).toBe(false);
});

test("a refused look at a rule is an error, not a free name", async () => {
  aws.answers = [json(400, { __type: "AccessDeniedException", Message: "not authorized" })];

  await expect((await awsLookup(ROLE, "us-east-1")).ruleExists("audit", undefined)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: "not authorized",
  });
});
