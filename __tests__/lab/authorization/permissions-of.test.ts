import type { ResourceNames } from "../../../lab/authorization/permissions/permission";
import { permissionsOf } from "../../../lab/authorization/permissions/permissions-of";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const NAMES: ResourceNames = {
  organizationId: "o-lab0000001",
  iamEntity: (kind, accountId, name) => Promise.resolve(`arn:aws:iam::${accountId}:${kind}/path/${name}`),
  boundary: (kind, accountId, name) =>
    Promise.resolve(name === "bound" ? `arn:aws:iam::${accountId}:policy/of-${kind}` : undefined),
  keyOwner: (_account, id) => Promise.resolve(id === "AKIABOB" ? "bob" : undefined),
  key: (id) => Promise.resolve(`arn:aws:kms:us-east-1:${ACCOUNT}:key/${id}`),
};

const regional = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;

async function needed(service: string, action: string, params: Record<string, unknown>, path?: string) {
  const usual = ["kms", "monitoring", "s3"].includes(service) ? "/" : undefined;
  const url = path ?? usual;
  const rest = url === undefined ? {} : { rest: { method: "POST", path: url } };
  const permissions = await permissionsOf(exchangeOf({ service, action, params, ...rest }), NAMES);
  return permissions.map((permission) => `${permission.action} ${permission.resourceArn}`);
}

describe("permissionsOf", () => {
  test.each<[string, string, Record<string, unknown>, string[]]>([
    ["iam", "CreateUser", { UserName: "bob", Path: "/team/" }, [`iam:CreateUser ${iam("user/team/bob")}`]],
    ["iam", "CreateUser", { UserName: "bob" }, [`iam:CreateUser ${iam("user/bob")}`]],
    ["iam", "TagUser", { UserName: "bob" }, [`iam:TagUser ${iam("user/path/bob")}`]],
    ["iam", "CreateAccessKey", {}, [`iam:CreateAccessKey ${iam("user/path/alice")}`]],
    [
      "iam",
      "GetAccessKeyLastUsed",
      { AccessKeyId: "AKIABOB" },
      [`iam:GetAccessKeyLastUsed ${iam("user/path/bob")}`],
    ],
    ["iam", "ListUsers", {}, ["iam:ListUsers *"]],
    ["iam", "AttachRolePolicy", { RoleName: "r" }, [`iam:AttachRolePolicy ${iam("role/path/r")}`]],
    [
      "iam",
      "AddUserToGroup",
      { GroupName: "g", UserName: "u" },
      [`iam:AddUserToGroup ${iam("group/path/g")}`],
    ],
    [
      "iam",
      "CreatePolicyVersion",
      { PolicyArn: iam("policy/p") },
      [`iam:CreatePolicyVersion ${iam("policy/p")}`],
    ],
    ["sts", "AssumeRole", { RoleArn: iam("role/r") }, [`sts:AssumeRole ${iam("role/r")}`]],
    [
      "sts",
      "AssumeRole",
      { RoleArn: iam("role/r"), Tags: [{ Key: "a", Value: "b" }] },
      [`sts:AssumeRole ${iam("role/r")}`, `sts:TagSession ${iam("role/r")}`],
    ],
    [
      "sts",
      "AssumeRole",
      { RoleArn: iam("role/r"), SourceIdentity: "alice" },
      [`sts:AssumeRole ${iam("role/r")}`, `sts:SetSourceIdentity ${iam("role/r")}`],
    ],
    ["sns", "CreateTopic", { Name: "t" }, [`sns:CreateTopic ${regional("sns", "t")}`]],
    ["sns", "PublishBatch", { TopicArn: regional("sns", "t") }, [`sns:Publish ${regional("sns", "t")}`]],
    [
      "sns",
      "Unsubscribe",
      { SubscriptionArn: `${regional("sns", "t")}:1-2-3` },
      [`sns:Unsubscribe ${regional("sns", "t")}`],
    ],
    [
      "sqs",
      "SendMessageBatch",
      { QueueUrl: `http://127.0.0.1:4577/111122223333/q` },
      ["sqs:SendMessage arn:aws:sqs:us-east-1:111122223333:q"],
    ],
    ["sqs", "CreateQueue", { QueueName: "q" }, [`sqs:CreateQueue ${regional("sqs", "q")}`]],
    ["events", "PutRule", { Name: "r" }, [`events:PutRule ${regional("events", "rule/r")}`]],
    [
      "events",
      "PutTargets",
      { Rule: "r", EventBusName: "b", Targets: [{ Arn: "arn:x", RoleArn: iam("role/f") }] },
      [`events:PutTargets ${regional("events", "rule/b/r")}`, `iam:PassRole ${iam("role/f")}`],
    ],
    [
      "events",
      "PutEvents",
      { Entries: [{ Source: "a" }, { EventBusName: "arn:aws:events:us-east-1:111122223333:event-bus/c" }] },
      [
        `events:PutEvents ${regional("events", "event-bus/default")}`,
        "events:PutEvents arn:aws:events:us-east-1:111122223333:event-bus/c",
      ],
    ],
    ["events", "ListRules", {}, ["events:ListRules *"]],
    [
      "events",
      "UntagResource",
      { ResourceARN: regional("events", "rule/r"), TagKeys: ["a"] },
      [`events:UntagResource ${regional("events", "rule/r")}`],
    ],
    [
      "monitoring",
      "UntagResource",
      { ResourceARN: regional("cloudwatch", "alarm:a"), TagKeys: ["a"] },
      [`cloudwatch:UntagResource ${regional("cloudwatch", "alarm:a")}`],
    ],
    [
      "logs",
      "PutLogEvents",
      { logGroupName: "/a/b", logStreamName: "s" },
      [`logs:PutLogEvents ${regional("logs", "log-group:/a/b:log-stream:s")}`],
    ],
    [
      "logs",
      "FilterLogEvents",
      { logGroupName: "/a/b" },
      [`logs:FilterLogEvents ${regional("logs", "log-group:/a/b:log-stream:")}`],
    ],
    [
      "monitoring",
      "PutMetricAlarm",
      { AlarmName: "a" },
      [`cloudwatch:PutMetricAlarm ${regional("cloudwatch", "alarm:a")}`],
    ],
    ["monitoring", "DescribeAlarms", {}, [`cloudwatch:DescribeAlarms ${regional("cloudwatch", "alarm:*")}`]],
    [
      "monitoring",
      "PutDashboard",
      { DashboardName: "d" },
      [`cloudwatch:PutDashboard arn:aws:cloudwatch::${ACCOUNT}:dashboard/d`],
    ],
    [
      "monitoring",
      "DeleteDashboards",
      { DashboardNames: ["d", "e"] },
      ["d", "e"].map(
        (name) => `cloudwatch:DeleteDashboards arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`,
      ),
    ],
    ["monitoring", "ListDashboards", {}, ["cloudwatch:ListDashboards *"]],
    ["s3", "ListObjectsV2", { Bucket: "b", Prefix: "p/" }, ["s3:ListBucket arn:aws:s3:::b"]],
    ["s3", "HeadObject", { Bucket: "b", Key: "p/k" }, ["s3:GetObject arn:aws:s3:::b/p/k"]],
    ["kms", "CreateKey", {}, ["kms:CreateKey *"]],
    [
      "kms",
      "CreateAlias",
      { AliasName: "alias/a", TargetKeyId: "k" },
      [`kms:CreateAlias ${regional("kms", "alias/a")}`, `kms:CreateAlias ${regional("kms", "key/k")}`],
    ],
    [
      "organizations",
      "AttachPolicy",
      { PolicyId: "p-12345678", TargetId: "111122223333" },
      [
        `organizations:AttachPolicy arn:aws:organizations::${ACCOUNT}:policy/o-lab0000001/service_control_policy/p-12345678`,
        `organizations:AttachPolicy arn:aws:organizations::${ACCOUNT}:account/o-lab0000001/111122223333`,
      ],
    ],
  ])("%s %s %j", async (service, action, params, expected) => {
    expect(await needed(service, action, params)).toEqual(expected);
  });

  test.each<[string, string, Record<string, unknown>, string[]]>([
    [
      "events",
      "CreateArchive",
      { ArchiveName: "a", EventSourceArn: regional("events", "event-bus/b") },
      [
        `events:CreateArchive ${regional("events", "archive/a")}`,
        `events:CreateArchive ${regional("events", "event-bus/b")}`,
      ],
    ],
    [
      "events",
      "CreateApiDestination",
      { Name: "d", ConnectionArn: regional("events", "connection/c/1-2") },
      [
        `events:CreateApiDestination ${regional("events", "api-destination/d")}`,
        `events:CreateApiDestination ${regional("events", "connection/c/1-2")}`,
      ],
    ],
    [
      "events",
      "DescribeApiDestination",
      { Name: "d" },
      [`events:DescribeApiDestination ${regional("events", "api-destination/d")}`],
    ],
  ])("%s %s %j is about all that it uses", async (service, action, params, expected) => {
    expect(await needed(service, action, params)).toEqual(expected);
  });

  const Tags = [{ Key: "Owner", Value: "security" }];
  test.each<[string, string, Record<string, unknown>, string]>([
    ["iam", "CreateRole", { RoleName: "r", Path: "/p/", Tags }, `iam:TagRole ${iam("role/p/r")}`],
    ["iam", "CreatePolicy", { PolicyName: "p", Tags }, `iam:TagPolicy ${iam("policy/p")}`],
    ["events", "PutRule", { Name: "r", Tags }, `events:TagResource ${regional("events", "rule/r")}`],
    ["sns", "CreateTopic", { Name: "t", Tags }, `sns:TagResource ${regional("sns", "t")}`],
    ["sqs", "CreateQueue", { QueueName: "q", tags: { Owner: "s" } }, `sqs:TagQueue ${regional("sqs", "q")}`],
    [
      "logs",
      "CreateLogGroup",
      { logGroupName: "/g", tags: { Owner: "s" } },
      `logs:TagResource ${regional("logs", "log-group:/g")}`,
    ],
    [
      "monitoring",
      "PutMetricAlarm",
      { AlarmName: "a", Tags },
      `cloudwatch:TagResource ${regional("cloudwatch", "alarm:a")}`,
    ],
    [
      "kms",
      "CreateKey",
      { Tags: [{ TagKey: "Owner", TagValue: "s" }] },
      `kms:TagResource ${regional("kms", "key/unnamed-in-the-request")}`,
    ],
  ])("%s %s %j needs the permission to tag besides", async (service, action, params, expected) => {
    const permissions = await needed(service, action, params);

    expect(permissions).toHaveLength(2);
    expect(permissions[1]).toBe(expected);
    expect(await needed(service, action, { ...params, Tags: [], tags: {} })).toHaveLength(1);
  });

  // Service Authorization Reference: their permissions have other names.
  test.each<[string, string, Record<string, unknown>, string[]]>([
    [
      "kms",
      "ReEncrypt",
      { SourceKeyId: "a", DestinationKeyId: "b" },
      [`kms:ReEncryptFrom ${regional("kms", "key/a")}`, `kms:ReEncryptTo ${regional("kms", "key/b")}`],
    ],
    [
      "kms",
      "ReEncrypt",
      { DestinationKeyId: "b" },
      ["kms:ReEncryptFrom *", `kms:ReEncryptTo ${regional("kms", "key/b")}`],
    ],
    [
      "s3",
      "CopyObject",
      { Bucket: "b", Key: "k" },
      ["s3:GetObject arn:aws:s3:::b/k", "s3:PutObject arn:aws:s3:::b/k"],
    ],
    ["s3", "ListBucketInventoryConfigurations", {}, ["s3:GetInventoryConfiguration *"]],
    ["s3", "DeleteBucketMetricsConfiguration", {}, ["s3:PutMetricsConfiguration *"]],
    ["iotdata", "Publish", {}, ["iot:Publish *"]],
    ["timestream", "Query", {}, ["timestream:Select *"]],
    [
      "cloudfront",
      "CreateDistributionWithTags",
      {},
      ["cloudfront:CreateDistribution *", "cloudfront:TagResource *"],
    ],
    ["dynamodb", "ExecuteStatement", { Statement: " delete FROM t" }, ["dynamodb:PartiQLDelete *"]],
    [
      "dynamodb",
      "BatchExecuteStatement",
      { Statements: [{ Statement: "SELECT 1" }, { Statement: "INSERT" }, { Statement: "select" }] },
      ["dynamodb:PartiQLSelect *", "dynamodb:PartiQLInsert *"],
    ],
    [
      "dynamodb",
      "ExecuteTransaction",
      { TransactStatements: [{ Statement: "-- what\nSELECT" }] },
      [
        "dynamodb:PartiQLDelete *",
        "dynamodb:PartiQLInsert *",
        "dynamodb:PartiQLSelect *",
        "dynamodb:PartiQLUpdate *",
      ],
    ],
    [
      "dynamodb",
      "TransactWriteItems",
      { TransactItems: [{ Update: {} }, { ConditionCheck: {} }] },
      ["dynamodb:UpdateItem *", "dynamodb:ConditionCheckItem *"],
    ],
    [
      "dynamodb",
      "TransactWriteItems",
      {},
      [
        "dynamodb:ConditionCheckItem *",
        "dynamodb:DeleteItem *",
        "dynamodb:PutItem *",
        "dynamodb:UpdateItem *",
      ],
    ],
  ])("%s %s %j needs what AWS says", async (service, action, params, expected) => {
    expect(await needed(service, action, params, "/")).toEqual(expected);
  });

  test.each([
    ["/?publicAccessBlock", "s3:PutBucketPublicAccessBlock *"],
    ["/v20180820/configuration/publicAccessBlock", "s3:PutAccountPublicAccessBlock *"],
  ])("S3 and S3 Control differ by the path %s", async (path, expected) => {
    expect(await needed("s3", "PutPublicAccessBlock", {}, path)).toEqual([expected]);
  });

  test("includes the permission to pass a role to Lambda", async () => {
    const params = { FunctionName: "f", Role: iam("role/r") };

    expect(await needed("lambda", "CreateFunction", params, "/2015-03-31/functions")).toEqual([
      `lambda:CreateFunction ${regional("lambda", "function:f")}`,
      `iam:PassRole ${iam("role/r")}`,
    ]);
  });

  test("includes the layers that a function is to have", async () => {
    const layer = regional("lambda", "layer:l:1");
    const params = { FunctionName: "f", Layers: [layer] };
    const path = "/2015-03-31/functions/f/configuration";
    const call = { service: "lambda", action: "UpdateFunctionConfiguration", rest: { method: "PUT", path } };

    const [permission] = await permissionsOf(exchangeOf({ ...call, params }), NAMES);
    const [without] = await permissionsOf(exchangeOf({ ...call, params: { FunctionName: "f" } }), NAMES);

    expect(permission?.context).toEqual({ "lambda:Layer": [layer] });
    expect(without?.context).toEqual({});
  });

  test("gives an invocation its name in policies", async () => {
    const path = "/2015-03-31/functions/f/invocations";

    expect(await needed("lambda", "Invoke", { FunctionName: "f" }, path)).toEqual([
      `lambda:InvokeFunction ${regional("lambda", "function:f")}`,
    ]);
  });

  test("includes the condition keys of a policy and a boundary", async () => {
    const params = { UserName: "bob", PolicyArn: iam("policy/p"), PermissionsBoundary: iam("policy/b") };

    const permissions = await permissionsOf(
      exchangeOf({ service: "iam", action: "AttachUserPolicy", params }),
      NAMES,
    );

    expect(permissions[0]?.context).toEqual({
      "iam:PolicyARN": iam("policy/p"),
      "iam:PermissionsBoundary": iam("policy/b"),
    });
  });

  test.each([
    ["iam", "SimulatePrincipalPolicy", {}, "iam:SimulatePrincipalPolicy"],
    ["sts", "GetFederationToken", { Name: "x" }, "sts:GetFederationToken"],
    ["sns", "Publish", { PhoneNumber: "+15555550100" }, "sns:Publish"],
    ["kms", "ListKeys", {}, "kms:ListKeys"],
  ])(
    "requires the action on everything where it knows no resource: %s %s",
    async (service, action, params, expected) => {
      expect(await needed(service, action, params)).toEqual([`${expected} *`]);
    },
  );

  test.each([
    ["ec2", "DescribeRegions", "ec2:DescribeRegions"],
    ["dynamodb", "ListTables", "dynamodb:ListTables"],
    ["s3", "ListBuckets", "s3:ListAllMyBuckets"],
    ["eks", "ListClusters", "eks:ListClusters"],
    ["apigateway", "GetRestApis", "apigateway:GET"],
    ["tagging", "GetResources", "tag:GetResources"],
  ])("requires the action on everything where it has no model: %s %s", async (service, action, expected) => {
    const call = { service, action, params: {}, rest: { method: "GET", path: "/" } };

    const permissions = await permissionsOf(exchangeOf(call), NAMES);

    expect(permissions).toEqual([{ action: expected, resourceArn: "*", accountId: ACCOUNT }]);
  });

  test.each([
    ["query", "iam", "InventUser", { code: "InvalidAction", status: 400 }],
    ["json", "events", "InventRule", { code: "UnknownOperationException", status: 400 }],
    ["rest", "lambda", "", { code: "UnknownOperationException", status: 404 }],
    ["rest", "invented", "ListThings", { code: "UnknownOperationException", status: 404 }],
  ])(
    "refuses an operation that AWS does not have in the words of %s: %s %s",
    async (protocol, service, action, error) => {
      const rest = protocol === "rest" ? { rest: { method: "GET", path: "/2015-03-31/invented" } } : {};

      const asked = permissionsOf(exchangeOf({ service, action, params: {}, ...rest }), NAMES);

      await expect(asked).rejects.toMatchObject(error);
    },
  );
});

test.each([
  ["DeleteUserPermissionsBoundary", { UserName: "bound" }, "policy/of-user"],
  ["DetachUserPolicy", { UserName: "bound", PolicyArn: "p" }, "policy/of-user"],
  ["DeleteRolePolicy", { RoleName: "bound" }, "policy/of-role"],
  ["DeleteUserPermissionsBoundary", { UserName: "free" }, undefined],
  ["PutUserPermissionsBoundary", { UserName: "bound", PermissionsBoundary: "asked" }, "asked"],
])("%s of %j knows the boundary in force, or the one asked for", async (action, params, boundary) => {
  const [permission] = await permissionsOf(exchangeOf({ service: "iam", action, params }), NAMES);

  const expected = boundary?.startsWith("policy/") === true ? iam(boundary) : boundary;
  expect(permission?.context?.["iam:PermissionsBoundary"]).toBe(expected);
});
