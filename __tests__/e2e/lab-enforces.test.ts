import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  PutGroupPolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";
import { document, LabUsers } from "../support/lab/users";

const REGION = "us-east-1";
const MANAGEMENT = "123456789012";
const MEMBER = "444455556666";
const OTHER = "777788889999";
const TOPIC = `arn:aws:sns:${REGION}:${MEMBER}:t`;

let lab: Lab;
let users: LabUsers;
let administrator: LabApi;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  users = new LabUsers(lab, MEMBER);
  administrator = labApi(lab.endpoint, lab.credentials(MEMBER).accessKeyId);
  await administrator("sns", "CreateTopic", { Name: "t" });
  await administrator("sqs", "CreateQueue", { QueueName: "q" });
});

afterAll(async () => {
  await lab.stop();
});

/** One write of IAM, SNS and SQS each: what was allowed, and the codes of what was not. */
async function tryServices(api: LabApi): Promise<string[]> {
  const calls = [
    api("iam", "CreateUser", { UserName: users.newName() }),
    api("sns", "Publish", { TopicArn: TOPIC, Message: "x" }),
    api("sqs", "SendMessage", { QueueUrl: `${lab.endpoint}/${MEMBER}/q`, MessageBody: "x" }),
  ];
  const results = await Promise.allSettled(calls);
  return results.map((result) =>
    result.status === "fulfilled" ? "allowed" : (result.reason as { code: string }).code,
  );
}

const ALL_ALLOWED = ["allowed", "allowed", "allowed"];
const ALL_REFUSED = ["AccessDenied", "AuthorizationError", "AccessDenied"];

describe("a user", () => {
  test("may do everything as an administrator, and nothing once a policy denies it", async () => {
    const { UserName, api } = await users.newUser({ path: "/team/" });
    const quarantine = await users.newPolicy(document("Deny", "*"));
    const before = await tryServices(api);

    await users.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: quarantine }));

    expect(before).toEqual(ALL_ALLOWED);
    expect(await tryServices(api)).toEqual(ALL_REFUSED);
    await expect(api("iam", "ListUsers", {})).rejects.toMatchObject({
      status: 403,
      message: `User: arn:aws:iam::${MEMBER}:user/team/${UserName} is not authorized to perform: iam:ListUsers on resource: * with an explicit deny in an identity-based policy: ${quarantine}`,
    });
    await expect(api("sts", "GetCallerIdentity", {})).resolves.toMatchObject({ Account: MEMBER });
  });

  test("loses its sessions with its own permissions", async () => {
    const { UserName, api } = await users.newUser();
    const { Credentials } = await api("sts", "GetSessionToken", {});
    const session = labApi(lab.endpoint, (Credentials as { AccessKeyId: string }).AccessKeyId);
    const before = await tryServices(session);

    const inline = { PolicyName: "Deny", PolicyDocument: document("Deny", "*") };
    await users.iam.send(new PutUserPolicyCommand({ UserName, ...inline }));

    expect(before).toEqual(ALL_ALLOWED);
    expect(await tryServices(session)).toEqual(ALL_REFUSED);
  });

  test("may do nothing without a policy, and what its group may", async () => {
    const { UserName, api } = await users.newUser({ administers: false });
    const GroupName = `group-${UserName}`;
    await users.iam.send(new CreateGroupCommand({ GroupName }));
    const inline = { PolicyName: "Send", PolicyDocument: document("Allow", "sqs:SendMessage") };
    await users.iam.send(new PutGroupPolicyCommand({ GroupName, ...inline }));
    const before = await tryServices(api);

    await users.iam.send(new AddUserToGroupCommand({ GroupName, UserName }));

    expect(before).toEqual(ALL_REFUSED);
    expect(await tryServices(api)).toEqual(["AccessDenied", "AuthorizationError", "allowed"]);
  });

  test("stays within its permissions boundary", async () => {
    const { UserName, api } = await users.newUser();
    const boundary = await users.newPolicy(document("Allow", "sns:*"));

    await users.iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: boundary }));

    expect(await tryServices(api)).toEqual(["AccessDenied", "allowed", "AccessDenied"]);
    await expect(api("iam", "ListUsers", {})).rejects.toThrow(
      /because no permissions boundary allows the iam:ListUsers action/,
    );
  });

  test("is recorded when a call is refused, without the request", async () => {
    const { UserName, api } = await users.newUser({ administers: false });
    await expect(api("iam", "DeleteUser", { UserName: "somebody" })).rejects.toMatchObject({
      code: "AccessDenied",
    });

    const refusal = await eventually("the record of the refusal", () =>
      lab.events(MEMBER).find(({ event }) => {
        const detail = event.detail as { errorCode?: string; userIdentity?: { userName?: string } };
        return detail.errorCode !== undefined && detail.userIdentity?.userName === UserName;
      }),
    );

    expect(refusal.event.detail).toMatchObject({
      eventName: "DeleteUser",
      errorCode: "AccessDenied",
      requestParameters: null,
    });
  });
});

describe("a role and an account", () => {
  test("limit a session to what its role may, within the session policy", async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${MEMBER}:root` }, Action: "sts:AssumeRole" },
      ],
    });
    await administrator("iam", "CreateRole", { RoleName: "sender", Path: "/ci/", AssumeRolePolicyDocument });
    const PolicyDocument = document("Allow", ["sns:*", "sqs:*"]);
    await administrator("iam", "PutRolePolicy", { RoleName: "sender", PolicyName: "Send", PolicyDocument });
    const assume = async (api: LabApi, more: object = {}): Promise<LabApi> => {
      const RoleArn = `arn:aws:iam::${MEMBER}:role/ci/sender`;
      const { Credentials } = await api("sts", "AssumeRole", { RoleArn, RoleSessionName: "s", ...more });
      return labApi(lab.endpoint, (Credentials as { AccessKeyId: string }).AccessKeyId);
    };

    const session = await assume(administrator);
    const narrowed = await assume(administrator, { Policy: document("Allow", "sqs:*") });

    expect(await tryServices(session)).toEqual(["AccessDenied", "allowed", "allowed"]);
    expect(await tryServices(narrowed)).toEqual(["AccessDenied", "AuthorizationError", "allowed"]);
    const outsider = labApi(lab.endpoint, lab.credentials(OTHER).accessKeyId);
    await expect(assume(outsider)).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
  });

  test("are bound by a service control policy of the root unit, except for the management account", async () => {
    const management = labApi(lab.endpoint, lab.credentials(MANAGEMENT).accessKeyId);
    const other = labApi(lab.endpoint, lab.credentials(OTHER).accessKeyId);
    const { Roots } = await management("organizations", "ListRoots", {});
    const [root] = Roots as { Id: string }[];
    const { Policy } = await management("organizations", "CreatePolicy", {
      Name: "no-users",
      Description: "",
      Type: "SERVICE_CONTROL_POLICY",
      Content: document("Deny", "iam:CreateUser"),
    });
    const { Id, Arn } = (Policy as { PolicySummary: { Id: string; Arn: string } }).PolicySummary;
    const create = (api: LabApi) => api("iam", "CreateUser", { UserName: users.newName() });
    await create(other);

    await management("organizations", "AttachPolicy", { PolicyId: Id, TargetId: root?.Id });

    await expect(create(other)).rejects.toThrow(`with an explicit deny in a service control policy: ${Arn}`);
    await expect(create(management)).resolves.toMatchObject({ User: expect.anything() });
    await management("organizations", "DetachPolicy", { PolicyId: Id, TargetId: root?.Id });
    await expect(create(other)).resolves.toMatchObject({ User: expect.anything() });
  });

  test("keep service control policies of 10,240 characters, ten a target and never none", async () => {
    const management = labApi(lab.endpoint, lab.credentials(MANAGEMENT).accessKeyId);
    const TargetId = "111122223333";
    const create = async (Name: string, length: number): Promise<string> => {
      const Content = document("Deny", "s3:DeleteBucket").padEnd(length, " ");
      const policy = { Name, Description: "", Type: "SERVICE_CONTROL_POLICY", Content };
      const { Policy } = await management("organizations", "CreatePolicy", policy);
      return (Policy as { PolicySummary: { Id: string } }).PolicySummary.Id;
    };
    const attach = (PolicyId: string) => management("organizations", "AttachPolicy", { PolicyId, TargetId });
    const detach = (PolicyId: string) => management("organizations", "DetachPolicy", { PolicyId, TargetId });
    const code = "ConstraintViolationException";

    await expect(create("too-long", 10_241)).rejects.toMatchObject({
      code,
      message: "You have exceeded the maximum policy size.",
    });
    const ids = [];
    for (let number = 1; number <= 10; number++) {
      ids.push(await create(`policy-${number}`, 10_240));
    }
    const [tenth = "", ...nine] = ids;
    for (const id of nine) {
      await attach(id);
    }
    await expect(attach(nine[0] ?? "")).resolves.toBeDefined();
    await expect(attach(tenth)).rejects.toMatchObject({
      code,
      message: "You have attached the maximum number of policies to the specified target.",
    });
    for (const id of nine) {
      await detach(id);
    }
    await expect(detach("p-FullAWSAccess")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^You cannot remove the last policy attached to the specified target\./),
    });
  });
});

describe("a topic", () => {
  test("takes no event from a rule that its policy allows on a condition, and takes it without one", async () => {
    const ruleArn = `arn:aws:events:${REGION}:${MEMBER}:rule/to-topic`;
    const may = (Action: string, Resource: string, more: object = {}): string =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action, Resource, ...more },
        ],
      });
    const queueArn = `arn:aws:sqs:${REGION}:${MEMBER}:undelivered`;
    const QueueUrl = `${lab.endpoint}/${MEMBER}/undelivered`;
    const Attributes = { Policy: may("sqs:SendMessage", queueArn) };
    await administrator("sqs", "CreateQueue", { QueueName: "undelivered", Attributes });
    await administrator("events", "PutRule", { Name: "to-topic", EventPattern: '{"source":["test"]}' });
    const Targets = [{ Id: "t", Arn: TOPIC, DeadLetterConfig: { Arn: queueArn } }];
    await administrator("events", "PutTargets", { Rule: "to-topic", Targets });
    const Condition = { ArnEquals: { "aws:SourceArn": ruleArn } };
    const setPolicy = (AttributeValue: string) =>
      administrator("sns", "SetTopicAttributes", {
        TopicArn: TOPIC,
        AttributeName: "Policy",
        AttributeValue,
      });
    const putEvent = () =>
      administrator("events", "PutEvents", { Entries: [{ Source: "test", DetailType: "d", Detail: "{}" }] });

    await setPolicy(may("sns:Publish", TOPIC, { Condition }));
    await putEvent();

    const message = await eventually("the dead letter", async () => {
      const { Messages } = await administrator("sqs", "ReceiveMessage", {
        QueueUrl,
        MessageAttributeNames: ["All"],
      });
      return (Messages as { MessageAttributes: unknown }[] | undefined)?.[0];
    });
    expect(message.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
      RULE_ARN: { StringValue: ruleArn },
    });
    const published = () =>
      lab.inbox(MEMBER).filter(({ publishedBy }) => publishedBy === "events.amazonaws.com");
    expect(published()).toEqual([]);

    await setPolicy(may("sns:Publish", TOPIC));
    await putEvent();

    await eventually("the message", () => published()[0]);
  });
});
