import { execFile } from "node:child_process";
import path from "node:path";
import { CreateAccessKeyCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { startLab, type Lab } from "../../lab/lab";
import { findPython } from "../../lab/moto/find-python";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import type { UserCredentials } from "../../lab/organization/seed";
import { document, LabUsers } from "../support/lab/users";

const MEMBER = "444455556666";

let lab: Lab;
let users: LabUsers;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  users = new LabUsers(lab, MEMBER);
});

afterAll(async () => {
  await lab.stop();
});

type Call = readonly [service: string, method: string, parameters?: object];

/** How each call was answered: `allowed`, or the code of the error. */
async function outcomes(credentials: UserCredentials, calls: readonly Call[]): Promise<string[]> {
  const python = await findPython(path.resolve(".lab"), () => undefined);
  const script = path.join(__dirname, "..", "support", "lab", "boto3-calls.py");
  const environment = {
    ...process.env,
    ...lab.environment(MEMBER),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: "none",
    AWS_SHARED_CREDENTIALS_FILE: "none",
  };
  const answer = await new Promise<string>((resolve, reject) => {
    const child = execFile(python, [script], { env: environment }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error })),
    );
    child.stdin?.end(
      JSON.stringify(calls.map(([service, method, parameters = {}]) => [service, method, parameters])),
    );
  });
  return JSON.parse(answer) as string[];
}

async function newCredentials(policies: readonly string[]): Promise<UserCredentials> {
  const { UserName } = await users.newUser({ administers: false });
  for (const [index, PolicyDocument] of policies.entries()) {
    await users.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: `P${index}`, PolicyDocument }));
  }
  const { AccessKey } = await users.iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

/** What attackers ask first, and the code with which the service refuses it. */
const CALLS: readonly [Call, string][] = [
  [["s3", "list_buckets"], "AccessDenied"],
  [["ec2", "describe_regions"], "UnauthorizedOperation"],
  [["ec2", "run_instances", { MinCount: 1, MaxCount: 1, ImageId: "ami-12345678" }], "UnauthorizedOperation"],
  [["iam", "get_account_authorization_details"], "AccessDenied"],
  [["iam", "get_account_summary"], "AccessDenied"],
  [["dynamodb", "list_tables"], "AccessDeniedException"],
  [["secretsmanager", "list_secrets"], "AccessDeniedException"],
  [["ssm", "describe_parameters"], "AccessDeniedException"],
  [["lambda", "list_layers"], "AccessDeniedException"],
  [["eks", "list_clusters"], "AccessDeniedException"],
  [["route53", "list_hosted_zones"], "AccessDenied"],
  [["kms", "list_keys"], "AccessDeniedException"],
  [["sns", "publish", { PhoneNumber: "+15555550100", Message: "x" }], "AuthorizationError"],
];
const ASKED = CALLS.map(([call]) => call);

describe("a call whose resource the lab does not know", () => {
  test("is allowed to an administrator", async () => {
    const answers = await outcomes(lab.credentials(MEMBER), ASKED);

    expect(answers).toEqual(ASKED.map(() => "allowed"));
  });

  test("is refused to an administrator who is denied everything, in the words of the service", async () => {
    const quarantined = await newCredentials([document("Allow", "*"), document("Deny", "*")]);

    expect(await outcomes(quarantined, ASKED)).toEqual(CALLS.map(([, code]) => code));
  });
});

test("an operation that moto lacks is refused as unknown, in the words of its protocol", async () => {
  const answers = await outcomes(lab.credentials(MEMBER), [
    [
      "iam",
      "simulate_principal_policy",
      { PolicySourceArn: `arn:aws:iam::${MEMBER}:user/x`, ActionNames: ["s3:*"] },
    ],
    ["support", "describe_services"],
    ["accessanalyzer", "list_analyzers"],
  ]);

  expect(answers).toEqual(["InvalidAction", "UnknownOperationException", "UnknownOperationException"]);
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
