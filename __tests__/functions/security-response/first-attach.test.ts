import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { attachFirst, type FirstTools } from "../../../functions/security-response/containment/first-attach";
import { createIamConnections } from "../../../functions/security-response/iam-connections";
import { createLog } from "../../../functions/security-response/log";
import type { Settings } from "../../../functions/security-response/settings";
import { POLICY_ARN, SETTINGS, START } from "../../support/functions/responder";
import { change, DELETE, loadFixture } from "../../support/load-fixture";
import { startStub, type Arrived, type TestStub } from "../../support/packaged/packaged";

const SAVED = { ...process.env };
const MINUTES = 60_000;
const connections = createIamConnections();

let aws: TestStub;
let lines: string[];
let status: number | undefined;

beforeEach(async () => {
  lines = [];
  status = undefined;
  aws = await startStub(() => (status === undefined ? undefined : { status, body: "" }));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
    AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    AWS_SESSION_TOKEN: "a-session-token",
  });
});

afterEach(async () => {
  process.env = { ...SAVED };
  await aws.close();
});

afterAll(() => connections.destroy());

const event = () => loadFixture("events/by-iam-user");

function attach(payload: unknown, settings: Partial<Settings> = {}, tools: Partial<FirstTools> = {}) {
  const log = createLog((line) => lines.push(line));
  return attachFirst(
    payload,
    { ...SETTINGS, ...settings },
    { connections, log, clock: () => START, ...tools },
  );
}

const parametersOf = ({ body }: Arrived) => Object.fromEntries(new URLSearchParams(body));

test("a user whom nobody trusted is denied by one signed call", async () => {
  const first = await attach(event());

  expect(first).toEqual({ at: START });
  expect(aws.arrived.map(parametersOf)).toEqual([
    { Action: "AttachUserPolicy", Version: "2010-05-08", UserName: "mallory", PolicyArn: POLICY_ARN },
  ]);
  expect(aws.arrived[0]?.headers).toMatchObject({
    authorization: expect.stringContaining("/us-east-1/iam/aws4_request") as string,
    "x-amz-security-token": "a-session-token",
    "content-type": "application/x-www-form-urlencoded",
  });
  expect(lines).toEqual([]);
});

const TRUSTED = { creators: [{ arn: "arn:aws:iam::111122223333:user/alice" }], users: [] };

test.each<[string, unknown, Partial<Settings>, number?]>([
  ["whose creator is trusted", event(), { trust: TRUSTED }],
  ["that is to be observed", event(), { mode: "observe" }],
  ["while the responder is off", event(), { mode: "off" }],
  ["of another account", event(), { accountId: "444455556666" }],
  ["that comes late", event(), {}, START + 31 * MINUTES],
  ["that created nobody", change(event(), "detail.errorCode", "EntityAlreadyExists"), {}],
  ["that cannot be read", change(event(), "detail.eventName", DELETE), {}],
  ["that is none", "rubbish", {}],
])("nothing is sent for an event %s", async (_, payload, settings, now = START) => {
  const first = await attach(payload, settings, { clock: () => now });

  expect(first).toBeUndefined();
  expect(aws.arrived).toEqual([]);
  expect(lines).toEqual([]); // the response says why
});

test.each([404, 409, 429, 500])("an answer %d is none, and tried no more", async (code) => {
  status = code;

  const first = await attach(event());

  expect(first).toEqual({});
  expect(aws.arrived).toHaveLength(1);
  expect(lines.join()).toContain(`"status":${code}`);
});

test("an answer that breaks off after its status counts", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<Attach");
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const first = await attach(event());
  await new Promise((resolve) => server.close(resolve)); // when the connection is gone

  expect(first).toEqual({ at: START });
});

test.each<[string, string, string | undefined, RegExp]>([
  ["nobody listens", "AWS_ENDPOINT_URL", "http://127.0.0.1:1", /ECONNREFUSED/],
  ["there are no credentials", "AWS_SECRET_ACCESS_KEY", undefined, /credentials/i],
])("no error comes out of it when %s", async (_, variable, value, logged) => {
  process.env[variable] = value;
  if (value === undefined) {
    delete process.env[variable];
  }

  const first = await attach(event());

  expect(first).toEqual({});
  expect(lines.join()).toMatch(logged);
});

test.each([
  ["of a partition that only the SDK knows", { partition: "aws-iso" }, {}],
  ["when the endpoint is to be one for FIPS", {}, { AWS_USE_FIPS_ENDPOINT: "true" }],
])("nothing is sent %s", async (_, settings, environment) => {
  Object.assign(process.env, environment);

  const first = await attach(event(), settings);

  expect(first).toBeUndefined();
  expect(aws.arrived).toEqual([]);
});

test("a name with every character that IAM allows arrives as it is", async () => {
  const name = "a+b=c,d.e@f-_g";
  const payload = change(event(), "detail.requestParameters.userName", name);
  change(payload, "detail.responseElements.user.userName", name);
  change(payload, "detail.responseElements.user.arn", `arn:aws:iam::111122223333:user/${name}`);

  await attach(payload);

  expect(aws.arrived.map((request) => parametersOf(request)["UserName"])).toEqual([name]);
});

test("what refused the first attach takes the next call on the same connection", async () => {
  const ports = new Set<number | undefined>();
  const server = createHttpServer((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume().on("end", () => response.writeHead(409).end("<ErrorResponse/>"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  await attach(event());
  await attach(event());
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  expect(ports.size).toBe(1);
});
