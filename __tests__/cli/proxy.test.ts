import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer, get } from "node:https";
import { connect, type AddressInfo, type LookupFunction, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { clientSettings, roleCredentials } from "../../cli/aws/role-session";
import { hasProxy, proxiedFetch, ProxyAgent, proxyFor } from "../../cli/proxy";
import { s3States } from "../../cli/review/s3-states";
import { selfSigned } from "../support/packaged/certificate";

const PROXY = "http://proxy.example.com:3128";
const S3 = "https://s3.eu-central-1.amazonaws.com/key";

test.each<[string, Record<string, string>, string, string | undefined]>([
  ["nothing is set", {}, S3, undefined],
  ["HTTPS_PROXY", { HTTPS_PROXY: PROXY }, S3, `${PROXY}/`],
  ["https_proxy", { https_proxy: PROXY }, S3, `${PROXY}/`],
  ["HTTP_PROXY alone, which is for requests without TLS", { HTTP_PROXY: PROXY }, S3, undefined],
  ["an address without a scheme", { HTTPS_PROXY: "proxy.example.com:3128" }, S3, `${PROXY}/`],
  ["another host in NO_PROXY", { HTTPS_PROXY: PROXY, NO_PROXY: "example.com" }, S3, `${PROXY}/`],
  ["the host", { HTTPS_PROXY: PROXY, NO_PROXY: "a, S3.eu-central-1.amazonaws.com" }, S3, undefined],
  ["a domain of the host", { HTTPS_PROXY: PROXY, no_proxy: "amazonaws.com" }, S3, undefined],
  ["a domain with a dot", { HTTPS_PROXY: PROXY, NO_PROXY: ".amazonaws.com" }, S3, undefined],
  ["a domain with a star", { HTTPS_PROXY: PROXY, NO_PROXY: "*.amazonaws.com" }, S3, undefined],
  ["the end of a name", { HTTPS_PROXY: PROXY, NO_PROXY: "zonaws.com" }, S3, `${PROXY}/`],
  [
    "what is below the host",
    { HTTPS_PROXY: PROXY, NO_PROXY: ".a.example" },
    "https://a.example",
    `${PROXY}/`,
  ],
  ["everything", { HTTPS_PROXY: PROXY, NO_PROXY: "*" }, S3, undefined],
  ["the port", { HTTPS_PROXY: PROXY, NO_PROXY: "amazonaws.com:443" }, S3, undefined],
  ["another port", { HTTPS_PROXY: PROXY, NO_PROXY: "amazonaws.com:8443" }, S3, `${PROXY}/`],
  ["this machine", { HTTPS_PROXY: PROXY }, "https://localhost:8443", undefined],
  ["an address of this machine", { HTTPS_PROXY: PROXY }, "https://127.0.0.1", undefined],
])("the proxy with %s", (_name, env, url, expected) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(expected);
});

test.each(["socks5://a:secret@proxy.example.com", "http://"])(
  "%s is no address of a proxy; the message does not repeat it",
  (HTTPS_PROXY) => {
    expect(() => proxyFor(new URL(S3), { HTTPS_PROXY })).toThrow(/^HTTPS_PROXY: expected the address of a/);
    expect(() => proxyFor(new URL(S3), { HTTPS_PROXY })).not.toThrow("secret");
  },
);

describe("a proxy", () => {
  const certificate = selfSigned("tfe.example.com");
  const server = createServer(certificate, (request, response) => response.end(`got ${request.url}`));
  /** What was asked for, with the credentials. */
  let asked: [string | undefined, string | undefined][];
  const proxy = createProxy().on("connect", ({ url, headers }, client) => {
    asked.push([url, headers["proxy-authorization"]]);
    if (url?.startsWith("tfe.example.com") !== true) {
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const stream = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      stream.pipe(client).pipe(stream);
    });
    stream.on("error", () => client.destroy());
    client.on("error", () => stream.destroy());
  });
  const before = process.env;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    await Promise.all([listen(server), listen(proxy)]);
  });
  afterAll(() => {
    for (const each of [server, proxy]) {
      each.closeAllConnections();
      each.close();
    }
  });
  beforeEach(() => {
    asked = [];
    env = { HTTPS_PROXY: `http://alice:s3cret@127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const keys = { AWS_ACCESS_KEY_ID: "AKIAOPERATOR", AWS_SECRET_ACCESS_KEY: "s" };
    process.env = { ...before, ...keys, AWS_ENDPOINT_URL: undefined, ...env };
  });
  afterEach(() => {
    process.env = before;
  });
  const LOGIN = `Basic ${Buffer.from("alice:s3cret").toString("base64")}`;

  test("connects an agent's request, to which nobody but the host answers", async () => {
    const agent = new ProxyAgent(env);
    const options = { host: "tfe.example.com", path: "/a", agent, ca: certificate.cert };

    const text = await new Promise((resolve, reject) => {
      get(options, (answer) => answer.setEncoding("utf8").once("data", resolve)).on("error", reject);
    });

    expect(text).toBe("got /a");
    expect(asked).toEqual([["tfe.example.com:443", LOGIN]]);
    agent.destroy();
  });

  test("is left alone for a host in NO_PROXY", async () => {
    const { port } = server.address() as AddressInfo;
    const agent = new ProxyAgent({ ...env, NO_PROXY: "tfe.example.com" });
    const lookup: LookupFunction = (_name, _options, found) =>
      found(null, [{ address: "127.0.0.1", family: 4 }]);
    const options = { host: "tfe.example.com", port, path: "/b", agent, ca: certificate.cert, lookup };

    const text = await new Promise((resolve, reject) => {
      get(options, (answer) => answer.setEncoding("utf8").once("data", resolve)).on("error", reject);
    });

    expect([text, asked]).toEqual(["got /b", []]);
    agent.destroy();
  });

  test("is asked for a state in S3, and before that for the backend's role", async () => {
    const backend = { type: "s3", bucket: "states", region: "eu-central-1", keyPrefix: "a" } as const;
    const target = { name: "payments", accountId: "444455556666", wave: "canary" };
    const roleArn = "arn:aws:iam::111122223333:role/terraform-state";

    const own = await s3States({ ...backend, roleArn: undefined })(target);
    const byRole = await s3States({ ...backend, roleArn })(target);

    const error = "Error: the proxy of HTTPS_PROXY answered 403 Forbidden";
    expect([own, byRole]).toEqual([own, byRole].map(() => ({ kind: "unreadable", error })));
    const hosts = asked.map(([host]) => host);
    expect([...new Set(hosts)]).toEqual([
      "states.s3.eu-central-1.amazonaws.com:443",
      "sts.eu-central-1.amazonaws.com:443",
    ]);
  });

  test.each([
    ["the credentials of the environment", undefined],
    ["a role", "arn:aws:iam::111122223333:role/terraform-state"],
  ])("is asked for IAM Identity Center in its own Region, for %s", async (_name, roleArn) => {
    const HOME = mkdtempSync(path.join(tmpdir(), "home-"));
    const cache = path.join(HOME, ".aws", "sso", "cache");
    mkdirSync(cache, { recursive: true });
    const session = createHash("sha1").update("company").digest("hex");
    const token = { accessToken: "t", expiresAt: "2099-01-01T00:00:00Z" };
    writeFileSync(path.join(cache, `${session}.json`), JSON.stringify(token));
    writeFileSync(
      path.join(HOME, ".aws", "config"),
      `[profile work]
sso_session = company
sso_account_id = 111122223333
sso_role_name = Operator
[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = eu-west-1
`,
    );
    process.env = { ...env, HOME, AWS_PROFILE: "work" };
    const credentials = await roleCredentials({ roleArn, sessionName: "a" }, clientSettings("us-east-1"));

    await expect(credentials()).rejects.toThrow("the proxy of HTTPS_PROXY answered 403 Forbidden");

    expect(new Set(asked.map(([host]) => host))).toEqual(new Set(["portal.sso.eu-west-1.amazonaws.com:443"]));
    rmSync(HOME, { recursive: true });
  });

  test("is asked by fetch", async () => {
    const send = await proxiedFetch(env);

    // Nobody vouches for the certificate.
    await expect(send("https://tfe.example.com/a")).rejects.toThrow("fetch failed");

    expect(asked).toEqual([["tfe.example.com:443", LOGIN]]);
  });
});

test("without a proxy, fetch is that of Node.js", async () => {
  expect(hasProxy({ NO_PROXY: "a" })).toBe(false);
  expect(await proxiedFetch({})).toBe(fetch);
});

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}
