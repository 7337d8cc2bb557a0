import { createAuthorization } from "../../../lab/authorization/create-authorization";
import type { AwsCall } from "../../../lab/exchange/build-request";
import type { Principal } from "../../../lab/exchange/principal";
import { AwsError } from "../../../lab/shared/errors";
import { ACCOUNT, exchangeOf, ROLE, USER } from "../../support/lab/exchange";
import { propagationOf } from "../../support/lab/manual-clock";

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:alerts`;
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
const RULE = `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`;
const ROOT: Principal = { ...USER, type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root` };
const EVENTBRIDGE: Principal = {
  type: "AWSService",
  accountId: ACCOUNT,
  service: "events.amazonaws.com",
  sourceArn: RULE,
};

const policy = (...Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const EVENTBRIDGE_PUBLISHES = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sns:Publish",
  Resource: TOPIC,
};
const FROM_THE_RULE = { Condition: { ArnEquals: { "aws:SourceArn": RULE } } };
const TOPIC_POLICY = policy(EVENTBRIDGE_PUBLISHES);
const keyPolicy = (Condition: object): string =>
  policy({
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
    Resource: "*",
    Condition,
  });

/** An account as moto would answer about it; what is not given is empty. */
function authorize(
  principal: Principal,
  call: Pick<AwsCall, "service" | "action" | "params">,
  state: object = {},
) {
  const answers: Record<string, unknown> = {
    GetUser: { User: { Arn: USER.arn } },
    GetRole: { Role: { Arn: ROLE.roleArn, AssumeRolePolicyDocument: policy() } },
    ListPoliciesForTarget: { Policies: [{ Id: "p-1", Arn: "arn:aws:organizations::1:policy/p-1" }] },
    DescribePolicy: { Policy: { Content: policy({ Effect: "Allow", Action: "*", Resource: "*" }) } },
    ListParents: { Parents: [{ Id: "r-root", Type: "ROOT" }] },
    ...state,
  };
  const moto = (_account: string, { action }: AwsCall): Promise<Record<string, unknown>> => {
    const answer = answers[action] ?? {};
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(answer as Record<string, unknown>);
  };
  const { authorize: stage } = createAuthorization({
    moto,
    organizationId: "o-lab0000001",
    accountIds: ["123456789012", ACCOUNT],
    propagation: propagationOf(0),
    log: () => undefined,
  });
  return Promise.resolve(stage(exchangeOf(call, principal)));
}

const inline = (kind: "User" | "Role", document: string) => ({
  [`List${kind}Policies`]: { PolicyNames: ["inline"] },
  [`Get${kind}Policy`]: { PolicyDocument: document },
});
const CREATE_USER = { service: "iam", action: "CreateUser", params: { UserName: "bob" } };
const PUBLISH = { service: "sns", action: "Publish", params: { TopicArn: TOPIC } };

describe("authorizer", () => {
  test.each([
    ["a user", USER, "User"],
    ["a session of a role", ROLE, "Role"],
  ] as const)("allows %s what its inline policy allows, and nothing else", async (_name, principal, kind) => {
    const state = inline(kind, policy({ Effect: "Allow", Action: "iam:CreateUser", Resource: "*" }));

    await expect(authorize(principal, CREATE_USER, state)).resolves.toBeUndefined();
    await expect(authorize(principal, PUBLISH, state)).rejects.toMatchObject({
      code: "AuthorizationError",
      message: `User: ${principal.arn} is not authorized to perform: sns:Publish on resource: ${TOPIC} because no identity-based policy allows the sns:Publish action`,
    });
  });

  test("allows the root user everything that the service control policies allow", async () => {
    const Content = policy({ Effect: "Allow", Action: "sns:*", Resource: "*" });
    const scp = { DescribePolicy: { Policy: { Content } } };

    await expect(authorize(ROOT, CREATE_USER)).resolves.toBeUndefined();
    await expect(authorize(ROOT, CREATE_USER, scp)).rejects.toMatchObject({
      message: expect.stringContaining("because no service control policy allows the iam:CreateUser action"),
    });
  });

  test("a key that is made with tags needs the permission to tag any key", async () => {
    const Tags = [{ TagKey: "Owner", TagValue: "security" }];
    const call = { service: "kms", action: "CreateKey", params: { Tags } };
    const create = { Effect: "Allow", Action: "kms:CreateKey", Resource: "*" };
    const tag = {
      ...{ Effect: "Allow", Action: "kms:TagResource", Resource: KEY.replace(/[^/]+$/, "*") },
      Condition: { StringEquals: { "aws:RequestTag/Owner": "security" } },
    };

    await expect(authorize(ROLE, call, inline("Role", policy(create, tag)))).resolves.toBeUndefined();
    await expect(authorize(ROLE, call, inline("Role", policy(create)))).rejects.toMatchObject({
      message: expect.stringContaining("kms:TagResource"),
    });
    await expect(
      authorize(ROLE, call, inline("Role", policy(create, { ...tag, Resource: KEY }))),
    ).rejects.toMatchObject({ message: expect.stringContaining("kms:TagResource") });
  });

  test("knows the tags of a key", async () => {
    const Condition = { StringEquals: { "aws:ResourceTag/Owner": "security" } };
    const own = policy({ Effect: "Allow", Action: "kms:EnableKeyRotation", Resource: KEY, Condition });
    const call = { service: "kms", action: "EnableKeyRotation", params: { KeyId: KEY } };
    const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    const Policy = policy({ Effect: "Allow", Principal: root, Action: "kms:*", Resource: "*" });
    const tagged = (TagValue: string) => ({
      ...inline("Role", own),
      ...{ GetKeyPolicy: { Policy }, ListResourceTags: { Tags: [{ TagKey: "Owner", TagValue }] } },
    });

    await expect(authorize(ROLE, call, tagged("security"))).resolves.toBeUndefined();
    await expect(authorize(ROLE, call, tagged("others"))).rejects.toThrow(/EnableKeyRotation/);
  });

  test("applies conditions on the tags of the caller, the request and the resource", async () => {
    const Condition = {
      StringEquals: {
        "aws:PrincipalTag/team": "red",
        "iam:ResourceTag/team": "red",
        "aws:RequestTag/a": "b",
      },
      "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] },
    };
    const state = {
      ...inline("User", policy({ Effect: "Allow", Action: "iam:TagUser", Resource: "*", Condition })),
      ListUserTags: { Tags: [{ Key: "team", Value: "red" }] },
    };
    const tag = (Key: string) => ({
      service: "iam",
      action: "TagUser",
      params: { UserName: "bob", Tags: [{ Key, Value: "b" }] },
    });

    await expect(authorize(USER, tag("a"), state)).resolves.toBeUndefined();
    await expect(authorize(USER, tag("c"), state)).rejects.toMatchObject({ code: "AccessDenied" });
  });

  test.each([
    ["says nothing of the source", {}, true],
    [
      "asks for the source's account, which does not come through",
      { StringEquals: { "aws:SourceAccount": ACCOUNT } },
      false,
    ],
  ])("requires the topic's key for EventBridge: its policy %s", async (_name, condition, allowed) => {
    const state = {
      GetTopicAttributes: {
        Attributes: {
          entry: [
            { key: "Policy", value: TOPIC_POLICY },
            { key: "KmsMasterKeyId", value: KEY },
          ],
        },
      },
      GetKeyPolicy: { Policy: keyPolicy(condition) },
    };

    const asked = authorize(EVENTBRIDGE, PUBLISH, state);

    if (allowed) {
      await expect(asked).resolves.toBeUndefined();
    } else {
      await expect(asked).rejects.toMatchObject({ code: "KMSAccessDenied" });
    }
  });

  test("lets whoever may publish use the AWS-managed key of the topic, and no service", async () => {
    const attributes = [
      { key: "Policy", value: TOPIC_POLICY },
      { key: "KmsMasterKeyId", value: "alias/aws/sns" },
    ];
    const state = {
      ...inline("Role", policy({ Effect: "Allow", Action: "sns:Publish", Resource: TOPIC })),
      GetTopicAttributes: { Attributes: { entry: attributes } },
    };

    await expect(authorize(ROLE, PUBLISH, state)).resolves.toBeUndefined();
    await expect(authorize(EVENTBRIDGE, PUBLISH, state)).rejects.toMatchObject({ code: "KMSAccessDenied" });
  });

  test.each([
    ["a condition that is met", EVENTBRIDGE, [{ ...EVENTBRIDGE_PUBLISHES, ...FROM_THE_RULE }], false],
    [
      "a condition beside a statement without one",
      EVENTBRIDGE,
      [{ ...EVENTBRIDGE_PUBLISHES, ...FROM_THE_RULE }, EVENTBRIDGE_PUBLISHES],
      true,
    ],
    [
      "a denial that does not apply",
      EVENTBRIDGE,
      [
        EVENTBRIDGE_PUBLISHES,
        { ...EVENTBRIDGE_PUBLISHES, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ],
      true,
    ],
    [
      "a condition that CloudWatch meets",
      { ...EVENTBRIDGE, service: "cloudwatch.amazonaws.com" },
      [
        {
          ...EVENTBRIDGE_PUBLISHES,
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": RULE } },
        },
      ],
      true,
    ],
  ])("takes a topic's policy as EventBridge can use it: %s", async (_name, caller, statements, allowed) => {
    const value = policy(...(statements as object[]));
    const state = { GetTopicAttributes: { Attributes: { entry: [{ key: "Policy", value }] } } };

    const asked = authorize(caller as Principal, PUBLISH, state);

    if (allowed) {
      await expect(asked).resolves.toBeUndefined();
    } else {
      await expect(asked).rejects.toMatchObject({ code: "AuthorizationError" });
    }
  });

  test("refuses a service that no policy of the topic names", async () => {
    await expect(authorize(EVENTBRIDGE, PUBLISH)).rejects.toMatchObject({ code: "AuthorizationError" });
  });

  test("applies a role's trust policy", async () => {
    const trustPolicy = policy({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sts:AssumeRole",
    });
    const assume = {
      service: "sts",
      action: "AssumeRole",
      params: { RoleArn: ROLE.roleArn, RoleSessionName: "s" },
    };
    const trusting = { GetRole: { Role: { AssumeRolePolicyDocument: trustPolicy } } };

    await expect(authorize(EVENTBRIDGE, assume, trusting)).resolves.toBeUndefined();
    await expect(authorize(EVENTBRIDGE, assume)).rejects.toMatchObject({ code: "AccessDenied" });
  });

  test.each([
    ["and of its source identity", ["sts:AssumeRole", "sts:SetSourceIdentity"], true],
    ["but not of a source identity", ["sts:AssumeRole"], false],
  ])("a trust policy that allows to assume the role, %s", async (_name, Action, allowed) => {
    const trust = { Effect: "Allow", Principal: { AWS: USER.arn }, Action };
    const trusting = {
      ...inline("User", policy({ Effect: "Allow", Action: "sts:*", Resource: "*" })),
      GetRole: { Role: { Arn: ROLE.roleArn, AssumeRolePolicyDocument: policy(trust) } },
    };
    const params = { RoleArn: ROLE.roleArn, RoleSessionName: "s", SourceIdentity: "alice" };
    // In another account, both the caller's policies and the trust policy have to allow it.
    const caller = { ...USER, accountId: "123456789012" };

    const asked = authorize(caller, { service: "sts", action: "AssumeRole", params }, trusting);

    await (allowed
      ? expect(asked).resolves.toBeUndefined()
      : expect(asked).rejects.toMatchObject({
          code: "AccessDenied",
          message: expect.stringContaining("sts:SetSourceIdentity"),
        }));
  });

  test("a session that was started with a source identity has it in every request", async () => {
    const Condition = { StringEquals: { "aws:SourceIdentity": "alice" } };
    const state = inline("Role", policy({ Effect: "Allow", Action: "iam:*", Resource: "*", Condition }));

    await expect(
      authorize({ ...ROLE, sourceIdentity: "alice" }, CREATE_USER, state),
    ).resolves.toBeUndefined();
    await expect(authorize(ROLE, CREATE_USER, state)).rejects.toMatchObject({ code: "AccessDenied" });
  });

  test("does not reveal whether a role exists", async () => {
    const assume = {
      service: "sts",
      action: "AssumeRole",
      params: { RoleArn: ROLE.roleArn, RoleSessionName: "s" },
    };
    const missing = new AwsError("NoSuchEntity", "Role deployer not found", 404);
    const all = inline("User", policy({ Effect: "Allow", Action: "*", Resource: "*" }));

    const asked = authorize(USER, assume, { ...all, GetRole: missing });

    await expect(asked).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
  });

  test("always allows GetCallerIdentity", async () => {
    const whoami = { service: "sts", action: "GetCallerIdentity", params: {} };

    await expect(authorize(USER, whoami)).resolves.toBeUndefined();
  });
});
