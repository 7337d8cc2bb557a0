import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Context } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { NOTIFIER_ENV } from "../../../functions/contract";
import { handler } from "../../../functions/security-notifier/handler";
import { apiCallEvent, MEMBER, sessionOf } from "../../support/functions/api-call-event";
import { loadFixture } from "../../support/load-fixture";

const SAVED = { ...process.env };
const TOPIC_ARN = "arn:aws:sns:us-east-1:111122223333:security-alerts";
const sns = mockClient(SNSClient);
const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 30_000 } as Context;
let lines: string[];

beforeEach(() => {
  sns.reset();
  lines = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  Object.assign(process.env, {
    [NOTIFIER_ENV.topicArn]: TOPIC_ARN,
    [NOTIFIER_ENV.deploymentRole]: "Deployer",
    [NOTIFIER_ENV.auditLog]: "/aws/events/security-events",
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...SAVED };
});

test("publishes to the topic that the environment names, as JSON for each protocol", async () => {
  sns.resolves({ MessageId: "1" });

  await handler(loadFixture("central-events/quarantined"), context);

  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toMatchObject({
    TopicArn: TOPIC_ARN,
    MessageStructure: "json",
    MessageAttributes: { accountId: { DataType: "String", StringValue: "777788889999" } },
  });
});

test("fails when the topic does not take the mail, so that Lambda tries again", async () => {
  sns.rejects(Object.assign(new Error("no"), { name: "AuthorizationErrorException" }));

  await expect(handler(loadFixture("central-events/alarm"), context)).rejects.toThrow(
    `Nobody was told by mail: The alert was not published to ${TOPIC_ARN}: AuthorizationError: no`,
  );
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ level: "error", requestId: "request-1" });
});

test.each([undefined, "security-alerts", "arn:aws:sqs:us-east-1:111122223333:queue"])(
  "says what is wrong with the topic %j in its environment",
  async (topic) => {
    delete process.env[NOTIFIER_ENV.topicArn];
    Object.assign(process.env, topic && { [NOTIFIER_ENV.topicArn]: topic });

    await expect(handler(loadFixture("central-events/alarm"), context)).rejects.toThrow(
      `security-notifier cannot work with its environment: ALERT_TOPIC_ARN: expected the ARN of a topic, got ${topic ?? "nothing"}.`,
    );
  },
);

test("names every variable that is missing", async () => {
  Object.values(NOTIFIER_ENV).forEach((key) => delete process.env[key]);

  await expect(handler(loadFixture("central-events/alarm"), context)).rejects.toThrow(
    "ALERT_TOPIC_ARN: expected the ARN of a topic, got nothing; DEPLOYMENT_ROLE: expected the name of a role, got nothing; AUDIT_LOG_GROUP: expected the name of a log group, got nothing.",
  );
});

test("mails nobody about a change by the deployment role that its environment names", async () => {
  const event = apiCallEvent({
    service: "events",
    eventName: "PutRule",
    requestParameters: { name: "security-response-changes" },
    userIdentity: sessionOf(`arn:aws:iam::${MEMBER}:role/Deployer`),
  });

  await handler(event, context);

  expect(sns.commandCalls(PublishCommand)).toHaveLength(0);
});

test("knows the project's own roles below the path that its environment names", async () => {
  process.env[NOTIFIER_ENV.rolePath] = "/security/";
  const tagged = (role: string) =>
    apiCallEvent({
      service: "iam",
      eventName: "TagRole",
      requestParameters: { roleName: "quarantine-drill", tags: [] },
      userIdentity: sessionOf(`arn:aws:iam::${MEMBER}:role/${role}`),
    });

  await handler(tagged("security/quarantine-drill"), context);
  expect(sns.commandCalls(PublishCommand)).toHaveLength(0);

  await handler(tagged("quarantine-drill"), context);
  expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
});

test.each([
  ["the drill on its own role", "arn:aws:iam::777788889999:role/quarantine-drill", 0],
  ["a role of that name in a path", "arn:aws:iam::777788889999:role/x/quarantine-drill", 1],
  ["the drill of another account", "arn:aws:iam::444455556666:role/quarantine-drill", 1],
])("mails what is a change and no announcement: a tag by %s", async (_, role, mails) => {
  const event = apiCallEvent({
    service: "iam",
    eventName: "TagRole",
    requestParameters: { roleName: "quarantine-drill", tags: [] },
    userIdentity: sessionOf(role),
  });

  await handler(event, context);

  expect(sns.commandCalls(PublishCommand)).toHaveLength(mails);
});
