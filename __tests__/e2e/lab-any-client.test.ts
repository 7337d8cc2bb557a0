import { execFile } from "node:child_process";
import path from "node:path";
import { CreateAccessKeyCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { permissionsOf } from "../../lab/authorization/permissions/permissions-of";
import { startLab, type Lab } from "../../lab/lab";
import { findPython } from "../../lab/moto/find-python";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { AwsError } from "../../lab/shared/errors";
import { exchangeOf } from "../support/lab/exchange";
import { document, LabUsers } from "../support/lab/users";

const MEMBER = "444455556666";

let lab: Lab;
/** The access key id of an administrator who is denied everything. */
let quarantined: string;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  const users = new LabUsers(lab, MEMBER);
  const { UserName } = await users.newUser();
  const deny = { PolicyName: "Deny", PolicyDocument: document("Deny", "*") };
  await users.iam.send(new PutUserPolicyCommand({ UserName, ...deny }));
  const { AccessKey } = await users.iam.send(new CreateAccessKeyCommand({ UserName }));
  quarantined = AccessKey?.AccessKeyId ?? "";
});

afterAll(async () => {
  await lab.stop();
});

type Call = readonly [service: string, method: string, parameters: object];

/** What attackers ask first, and the code with which the service refuses it. */
const KNOWN: readonly [Call, string][] = [
  [["s3", "list_buckets", {}], "AccessDenied"],
  [["ec2", "describe_regions", {}], "UnauthorizedOperation"],
  [["iam", "get_account_authorization_details", {}], "AccessDenied"],
  [["dynamodb", "list_tables", {}], "AccessDeniedException"],
  [["secretsmanager", "list_secrets", {}], "AccessDeniedException"],
  [["lambda", "list_layers", {}], "AccessDeniedException"],
  [["route53", "list_hosted_zones", {}], "AccessDenied"],
  [["sns", "publish", { PhoneNumber: "+15555550100", Message: "x" }], "AuthorizationError"],
];

/** What moto lacks, and how AWS refuses an operation that it does not know. */
const UNKNOWN: readonly [Call, string][] = [
  [["iam", "list_organizations_features", {}], "InvalidAction"],
  [["support", "describe_services", {}], "UnknownOperationException"],
  [["accessanalyzer", "list_analyzers", {}], "UnknownOperationException"],
];

/** Runs a program of `__tests__/support/lab` with the Python that has moto, and reads what it prints. */
async function python<T>(program: string, env: NodeJS.ProcessEnv, input?: object): Promise<T> {
  const interpreter = await findPython(path.resolve(".lab"), () => undefined);
  const script = path.join(__dirname, "..", "support", "lab", program);
  const answer = await new Promise<string>((resolve, reject) => {
    const options = { env, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(interpreter, [script], options, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error })),
    );
    child.stdin?.end(JSON.stringify(input));
  });
  return JSON.parse(answer) as T;
}

/** How each call was answered: its output, or the code of the error. */
function answers(
  calls: readonly (readonly [string, ...Call])[],
  more: NodeJS.ProcessEnv = {},
): Promise<(string | object)[]> {
  const env = { ...process.env, ...lab.environment(MEMBER), AWS_CONFIG_FILE: "none", ...more };
  return python("boto3-calls.py", env, calls);
}

/** The same, with `allowed` for any output. */
async function outcomes(calls: readonly (readonly [string, ...Call])[]): Promise<string[]> {
  return (await answers(calls)).map((answer) => (typeof answer === "string" ? answer : "allowed"));
}

test("calls without a model are allowed to an administrator and refused to who is denied everything", async () => {
  const administrator = lab.credentials(MEMBER).accessKeyId;

  // One client program for all, since it takes long to load.
  const codes = await outcomes([
    ...KNOWN.map(([call]) => [administrator, ...call] as const),
    ...KNOWN.map(([call]) => [quarantined, ...call] as const),
    ...UNKNOWN.map(([call]) => [administrator, ...call] as const),
  ]);

  expect({
    administrator: codes.slice(0, KNOWN.length),
    quarantined: codes.slice(KNOWN.length, 2 * KNOWN.length),
    unknown: codes.slice(2 * KNOWN.length),
  }).toEqual({
    administrator: KNOWN.map(() => "allowed"),
    quarantined: KNOWN.map(([, code]) => code),
    unknown: UNKNOWN.map(([, code]) => code),
  });
});

// boto3 prefers JSON, the other SDKs CBOR.
test.each(["json", "smithy-rpc-v2-cbor"])("CloudWatch answers clients that speak %s", async (protocol) => {
  const administrator = lab.credentials(MEMBER).accessKeyId;
  const Namespace = `Shop/${protocol}`;
  const AlarmName = `orders-${protocol}`;
  const DashboardName = `shop-${protocol}`;
  const metric = { Namespace, MetricName: "Orders" };
  const alarm = { AlarmName, ...metric, Statistic: "Sum", ComparisonOperator: "GreaterThanThreshold" };
  const rule = { Threshold: 10.5, EvaluationPeriods: 1, Period: 60 };
  const ResourceARN = `arn:aws:cloudwatch:${lab.region}:${MEMBER}:alarm:${AlarmName}`;
  const time = { StartTime: "2026-01-05T08:00:00Z", EndTime: "2026-01-05T08:10:00Z" };
  const Timestamp = "2026-01-05T08:01:00+00:00";
  const state = { AlarmName, StateValue: "ALARM", StateReason: "test" };
  const calls: readonly (readonly [method: string, parameters: object])[] = [
    ["put_metric_data", { Namespace, MetricData: [{ MetricName: "Orders", Timestamp, Value: 12 }] }],
    // So long that it is compressed.
    ["put_metric_data", { Namespace, MetricData: Array(500).fill({ MetricName: "Visits", Value: 1 }) }],
    ["get_metric_statistics", { ...metric, ...time, Period: 60, Statistics: ["Sum"] }],
    [
      "get_metric_data",
      { ...time, MetricDataQueries: [{ Id: "q", MetricStat: { Metric: metric, Period: 60, Stat: "Sum" } }] },
    ],
    ["list_metrics", { Namespace, MetricName: "Orders" }],
    ["put_metric_alarm", { ...alarm, ...rule }],
    ["describe_alarms", { AlarmNames: [AlarmName] }],
    ["set_alarm_state", state],
    ["describe_alarms", { AlarmNames: [AlarmName], StateValue: "ALARM" }],
    ["tag_resource", { ResourceARN, Tags: [{ Key: "a", Value: "b" }] }],
    ["list_tags_for_resource", { ResourceARN }],
    ["put_dashboard", { DashboardName, DashboardBody: JSON.stringify({ widgets: [] }) }],
    ["list_dashboards", { DashboardNamePrefix: DashboardName }],
    ["delete_alarms", { AlarmNames: [AlarmName] }],
    ["get_dashboard", { DashboardName: "none" }],
  ];

  const answered = await answers(
    [
      ...calls.map(([method, parameters]) => [administrator, "cloudwatch", method, parameters] as const),
      [quarantined, "cloudwatch", "list_metrics", {}],
    ],
    { PREFERRED_PROTOCOL: protocol },
  );

  const aTime = expect.stringMatching(/^20\d\d-/) as unknown;
  expect(answered).toMatchObject([
    { protocol },
    { protocol },
    { protocol, Datapoints: [{ Timestamp, Sum: 12 }] },
    { protocol, MetricDataResults: [{ Id: "q", Timestamps: [Timestamp], Values: [12] }] },
    { protocol, Metrics: [{ Namespace, MetricName: "Orders" }] },
    { protocol },
    {
      protocol,
      MetricAlarms: [{ ...alarm, ...rule, StateValue: "INSUFFICIENT_DATA", StateUpdatedTimestamp: aTime }],
    },
    { protocol },
    { protocol, MetricAlarms: [{ AlarmName, StateValue: "ALARM" }] },
    { protocol },
    { protocol, Tags: [{ Key: "a", Value: "b" }] },
    { protocol },
    { protocol, DashboardEntries: [{ DashboardName, LastModified: aTime }] },
    { protocol },
    "ResourceNotFound",
    "AccessDenied",
  ]);
  const recorded = lab.events(MEMBER).map(({ event }) => event.detail as Record<string, unknown>);
  expect(recorded).toContainEqual(
    expect.objectContaining({
      eventName: "PutMetricAlarm",
      requestParameters: expect.objectContaining({ alarmName: AlarmName, ...{ threshold: 10.5 } }) as unknown,
    }),
  );
});

interface MotoOperation {
  readonly service: string;
  readonly operation: string;
  /** As the lab reads it from a REST request. */
  readonly found: string;
  readonly rest?: { readonly method: string; readonly path: string };
}

test("every operation that moto has is one that the lab can authorize", async () => {
  const names = {
    organizationId: "o-lab0000001",
    iamEntity: () => Promise.reject(new Error("not asked for")),
    key: () => Promise.reject(new Error("not asked for")),
    boundary: () => Promise.reject(new Error("not asked for")),
    keyOwner: () => Promise.reject(new Error("not asked for")),
  };
  const isRefused = async ({ service, found, rest }: MotoOperation): Promise<boolean> => {
    // Services of the query protocol and of JSON say the name of the operation; how, matters not.
    const call = { service, action: found, params: {}, rest: rest ?? { method: "POST", path: "/" } };
    const needed = permissionsOf(exchangeOf(call), names);
    return needed.then(
      () => false,
      (error: unknown) => error instanceof AwsError,
    );
  };

  const operations = await python<MotoOperation[]>("moto-operations.py", process.env);
  const refused = await Promise.all(operations.map(isRefused));

  expect(operations.length).toBeGreaterThan(3_000);
  expect(
    operations.filter((_, index) => refused[index]).map((each) => `${each.service} ${each.found}`),
  ).toEqual([]);
});

test("what S3 in moto lacks is refused, where moto would do something else", async () => {
  const administrator = lab.credentials(MEMBER).accessKeyId;
  const Bucket = "kept";

  const codes = await outcomes([
    [administrator, "s3", "create_bucket", { Bucket }],
    [administrator, "s3", "delete_bucket_metrics_configuration", { Bucket, Id: "all" }],
    [administrator, "s3", "get_bucket_policy_status", { Bucket }],
    [administrator, "s3", "put_object", { Bucket, Key: "from", Body: "x" }],
    [administrator, "s3", "copy_object", { Bucket, Key: "to", CopySource: `${Bucket}/from` }],
    [administrator, "s3", "get_object_retention", { Bucket, Key: "to" }],
    [administrator, "s3", "head_bucket", { Bucket }],
  ]);

  expect(codes).toEqual([
    "allowed",
    "MethodNotAllowed",
    "MethodNotAllowed",
    "allowed",
    "allowed",
    "MethodNotAllowed",
    "allowed",
  ]);
});

test.each([
  [
    "query",
    { "content-type": "application/x-www-form-urlencoded" },
    "Action=InventUser",
    "iam",
    400,
    "InvalidAction",
  ],
  ["JSON", { "x-amz-target": "AWSEvents.InventRule" }, "{}", "events", 400, "UnknownOperationException"],
  ["REST", {}, "{}", "lambda", 404, "UnknownOperationException"],
])(
  "an operation that AWS does not have is refused in the words of %s",
  async (_protocol, headers, body, service, status, code) => {
    const { accessKeyId } = lab.credentials(MEMBER);
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260105/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

    const answer = await fetch(`${lab.endpoint}/`, {
      method: "POST",
      headers: { ...headers, authorization },
      body,
    });

    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(code);
  },
);
