import { createHash, createHmac } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { creationEvent, functionEnvironment } from "../../bench/function/creation-event";
import type { Invoked } from "../../bench/function/function-process";
import { unpack } from "../../bench/function/subjects";
import { packageFunctions } from "../../packaging/package-functions";
import { selfSigned } from "../support/packaged/certificate";
import { checkout, removeCheckout } from "../support/packaged/checkout";
import {
  REQUEST,
  runPackaged,
  startPackaged,
  startStub,
  type Arrived,
  type PackagedRun,
  type TestStub,
} from "../support/packaged/packaged";

// What the bundling must not change, seen on the packages themselves: each test runs one in a fresh process.

const root = checkout();
const packages = packageFunctions(root).then(({ responder, simulation, notifier }) => ({
  responder: unpack(responder, root, "responder"),
  simulation: unpack(simulation, root, "simulation"),
  notifier: unpack(notifier, root, "notifier"),
}));
const stubs: TestStub[] = [];

jest.setTimeout(30_000); // the tests run side by side, and a machine may be slow

afterAll(async () => {
  await Promise.all(stubs.map((stub) => stub.close()));
  removeCheckout(root);
});

async function openStub(...options: Parameters<typeof startStub>): Promise<TestStub> {
  const started = await startStub(...options);
  stubs.push(started);
  return started;
}

async function run(
  environment: PackagedRun["environment"],
  parts: Partial<PackagedRun> = {},
): Promise<Invoked> {
  const { responder } = await packages;
  return runPackaged({ file: responder, event: creationEvent("mallory"), environment, ...parts });
}

const at = ({ port }: TestStub): string => `http://127.0.0.1:${port}`;
const actions = ({ arrived }: TestStub): string[] => arrived.map(({ action }) => action);

/**
 * Signature Version 4 of a request that arrived. Source: IAM User Guide, "Create a signed AWS API request".
 */
function signatureOf({ headers, body }: Arrived, secret: string): string {
  const authorization = headers.authorization ?? "";
  const scope = /Credential=[^/]+\/([^,]+)/.exec(authorization)?.[1] ?? "";
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? "";
  const lines = signed.split(";").map((name) => `${name}:${String(headers[name])}`);
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const request = ["POST", "/", "", ...lines, "", signed, hash(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", String(headers["x-amz-date"]), scope, hash(request)].join("\n");
  const hmac = (key: string | Buffer, data: string): Buffer =>
    createHmac("sha256", key).update(data).digest();
  return hmac(scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secret}`), text).toString("hex");
}

const SIGNERS = [
  ["responder", creationEvent("mallory")],
  ["simulation", { kind: "create-user" }],
  ["notifier", {}],
] as const;

test.concurrent.each(SIGNERS)("the %s signs with the credentials of its environment", async (name, event) => {
  const aws = await openStub();
  const keys = functionEnvironment("");

  await run({ AWS_ENDPOINT_URL: at(aws) }, { file: (await packages)[name], event });

  expect(aws.arrived.length).toBeGreaterThan(0);
  for (const request of aws.arrived) {
    const { authorization = "" } = request.headers;
    const service = request.action === "Publish" ? "sns" : "iam";
    expect(authorization).toMatch(
      new RegExp(`Credential=ASIAIOSFODNN7EXAMPLE/\\d{8}/us-east-1/${service}/aws4_request`),
    );
    expect(authorization).toContain(`Signature=${signatureOf(request, keys["AWS_SECRET_ACCESS_KEY"] ?? "")}`);
    expect(request.headers["x-amz-security-token"]).toBe(keys["AWS_SESSION_TOKEN"]);
  }
});

test.concurrent(
  "without credentials in the environment nothing is sent, whatever files lie about",
  async () => {
    const aws = await openStub();
    const home = path.join(root, "home");
    mkdirSync(path.join(home, ".aws"), { recursive: true });
    const profile = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = other\n";
    writeFileSync(path.join(home, ".aws/credentials"), profile);
    const none = {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_SESSION_TOKEN: undefined,
    };

    const { error } = await run({ ...none, HOME: home, AWS_ENDPOINT_URL: at(aws) });

    expect(error).toContain("NOT contained");
    expect(aws.arrived).toHaveLength(0);
  },
);

const ERROR = (code: string): string =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>Not now.</Message></Error></ErrorResponse>`;

test.concurrent("the deny is tried again after a server error and after throttling", async () => {
  const failures = [
    { status: 500, body: ERROR("ServiceFailure") },
    { status: 400, body: ERROR("Throttling") },
  ];
  const aws = await openStub(({ action }) => (action === "AttachUserPolicy" ? failures.shift() : undefined));

  const { error } = await run({ AWS_ENDPOINT_URL: at(aws) });

  expect(error).toBeUndefined();
  expect(actions(aws).slice(0, 4)).toEqual([
    "AttachUserPolicy",
    "AttachUserPolicy",
    "AttachUserPolicy",
    expect.not.stringMatching(/Put/),
  ]);
  expect(actions(aws)).toContain("Publish");
});

test.concurrent(
  "a user with all the policies it may have is denied by an inline policy after one attempt",
  async () => {
    const full = { status: 409, body: ERROR("LimitExceeded") };
    const aws = await openStub(({ action }) => (action === "AttachUserPolicy" ? full : undefined));

    const { error } = await run({ AWS_ENDPOINT_URL: at(aws) });

    expect(error).toBeUndefined();
    expect(actions(aws).slice(0, 2)).toEqual(["AttachUserPolicy", "PutUserPolicy"]);
    expect(actions(aws).filter((action) => action === "AttachUserPolicy")).toHaveLength(1);
  },
);

describe("over TLS", () => {
  const localhost = selfSigned("localhost");
  const elsewhere = selfSigned("iam.example.com");

  test.concurrent.each([
    ["that nobody vouches for", localhost, undefined],
    ["of another host", elsewhere, elsewhere],
  ])("a certificate %s is refused before anything is sent", async (_, certificate, trusted) => {
    const aws = await openStub(undefined, certificate);
    const trust = path.join(root, "elsewhere.pem");
    writeFileSync(trust, trusted?.cert ?? "");

    const { error } = await run({
      AWS_ENDPOINT_URL: `https://localhost:${aws.port}`,
      ...(trusted && { NODE_EXTRA_CA_CERTS: trust }),
    });

    expect(error).toContain("NOT contained");
    expect(aws.arrived).toHaveLength(0);
  });

  test.concurrent("a certificate that the runtime trusts is taken", async () => {
    const aws = await openStub(undefined, localhost);
    const trust = path.join(root, "localhost.pem");
    writeFileSync(trust, localhost.cert);

    const { error } = await run({
      AWS_ENDPOINT_URL: `https://localhost:${aws.port}`,
      NODE_EXTRA_CA_CERTS: trust,
    });

    expect(error).toBeUndefined();
    expect(actions(aws)[0]).toBe("AttachUserPolicy");
  });
});

test.concurrent.each([
  ["aws", "us-east-1", "iam us-east-1 iam.amazonaws.com", "sns us-east-1 sns.us-east-1.amazonaws.com"],
  [
    "aws-us-gov",
    "us-gov-west-1",
    "iam us-gov-west-1 iam.us-gov.amazonaws.com",
    "sns us-gov-west-1 sns.us-gov-west-1.amazonaws.com",
  ],
  [
    "aws-cn",
    "cn-north-1",
    "iam cn-north-1 iam.cn-north-1.amazonaws.com.cn",
    "sns cn-north-1 sns.cn-north-1.amazonaws.com.cn",
  ],
])("in %s the endpoints are those of the partition", async (partition, region, iam, sns) => {
  const aws = await openStub();
  const hosts = path.join(root, `${region}.txt`);
  const preload = path.join(__dirname, "../support/packaged/record-hosts.mjs");
  const environment = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: undefined,
    QUARANTINE_POLICY_ARN: `arn:${partition}:iam::111122223333:policy/AutomatedSecurityQuarantine`,
    HOSTS_FILE: hosts,
  };

  const { error } = await run({ ...environment, STUB_PORT: String(aws.port) }, { preload });

  expect(error).toBeUndefined();
  const lines = readFileSync(hosts, "utf8").trim().split("\n");
  expect(new Set(lines)).toEqual(new Set([iam, sns]));
  expect(lines[0]).toBe(iam);
});

test.concurrent("an endpoint for one service goes before the one for all", async () => {
  const [iam, others] = [await openStub(), await openStub()];

  await run({ AWS_ENDPOINT_URL_IAM: at(iam), AWS_ENDPOINT_URL: at(others) });

  expect(actions(iam)).toContain("AttachUserPolicy");
  expect(actions(others)).toEqual(["Publish"]);
});

test.concurrent("the deny arrives first, in a fresh environment and in a warm one", async () => {
  const aws = await openStub();
  const { responder } = await packages;
  const running = startPackaged(responder, { AWS_ENDPOINT_URL: at(aws) });

  const fresh = await running.invoke(creationEvent("mallory"), REQUEST);
  const [first] = actions(aws);
  const before = aws.arrived.length;
  const warm = await running.invoke(creationEvent("trudy"), REQUEST);
  await running.end();

  expect([fresh.error, warm.error]).toEqual([undefined, undefined]);
  expect([first, actions(aws)[before]]).toEqual(["AttachUserPolicy", "AttachUserPolicy"]);
});
