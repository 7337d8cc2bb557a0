import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cloudStates } from "../../../cli/review/cloud-states";
import type { CloudState } from "../../../stacks/config/backend";
import { CloudStub, fetchFrom, type StubWorkspace } from "../../support/cloud/cloud-stub";

const BACKEND: CloudState = { type: "cloud", organization: "example", workspacePrefix: "quarantine-" };
const STATE = JSON.stringify({ version: 4, serial: 3, lineage: "a", resources: [] });
const APPLIED_AT = "2026-11-28T20:32:01.490Z";
const target = { name: "payments", accountId: "444455556666", wave: "canary" };

let homeFolder: string;
beforeAll(() => {
  homeFolder = mkdtempSync(path.join(tmpdir(), "home-"));
});
afterAll(() => rmSync(homeFolder, { recursive: true }));

const stubOf = (workspace?: StubWorkspace, host = "app.terraform.io") =>
  new CloudStub(
    host,
    "example",
    "a-token",
    workspace === undefined ? {} : { "quarantine-444455556666": workspace },
  );

interface Circumstances {
  readonly stub?: CloudStub;
  readonly backend?: CloudState;
  readonly env?: NodeJS.ProcessEnv;
  readonly request?: typeof fetch;
}

/** Time passes as it is slept. */
function statesOf({ stub = stubOf(), backend = BACKEND, env, request }: Circumstances) {
  let now = 0;
  const sleep = (ms: number) => Promise.resolve(void (now += ms));
  return cloudStates(backend, {
    env: env ?? { TF_TOKEN_app_terraform_io: "a-token" },
    homeFolder,
    fetch: request ?? fetchFrom(stub),
    timing: { clock: () => now, random: () => 0.5, sleep },
  });
}

test("the current version in the account's workspace is the state, and was applied when it was created", async () => {
  const stub = stubOf({ state: STATE, createdAt: APPLIED_AT });

  expect(await statesOf({ stub })(target)).toMatchObject({
    kind: "read",
    state: { serial: 3 },
    appliedAt: APPLIED_AT,
  });
  expect(stub.writes).toEqual([]);
});

test("the host and the organization are asked about once, whatever the number of accounts", async () => {
  const stub = stubOf({ state: STATE, createdAt: APPLIED_AT });
  const readState = statesOf({ stub });

  await Promise.all([target, target, target].map((each) => readState(each)));

  const paths = stub.requests.map(({ path: asked }) => asked);
  expect(paths.filter((asked) => /terraform\.json|entitlement-set/.test(asked))).toHaveLength(2);
});

test.each<[string, StubWorkspace]>([
  ["the API, which redirects", {}],
  ["the archive", { linksToArchive: true }],
])("the token goes to the API alone, where the state's link leads to %s", async (_where, facts) => {
  const stub = stubOf({ state: STATE, createdAt: APPLIED_AT, ...facts });

  expect(await statesOf({ stub })(target)).toMatchObject({ kind: "read" });

  const withToken = stub.requests.filter(({ headers }) => headers.has("authorization"));
  expect(stub.requests.map(({ host }) => host)).toContain("archivist.terraform.io");
  expect(new Set(withToken.map(({ host }) => host))).toEqual(new Set(["app.terraform.io"]));
});

test("a redirect out of TLS is not followed", async () => {
  const stub = stubOf({ state: STATE, createdAt: APPLIED_AT });
  const answer = fetchFrom(stub);
  const asked: string[] = [];
  const request: typeof fetch = async (input, init) => {
    asked.push(new Request(input).url);
    const { status, headers } = await answer(input, init);
    const location = (headers.get("location") ?? "").replace("https:", "http:");
    return status === 302 ? new Response(null, { status, headers: { location } }) : answer(input, init);
  };

  expect(await statesOf({ request })(target)).toEqual({
    kind: "unreadable",
    error: "app.terraform.io leads to http://archivist.terraform.io, which is not encrypted",
  });
  expect(asked.filter((url) => url.startsWith("http:"))).toEqual([]);
});

test("a host that redirects for ever is given up", async () => {
  const headers = { location: "https://app.terraform.io/again" };
  const request: typeof fetch = () => Promise.resolve(new Response(null, { status: 301, headers }));

  expect(await statesOf({ request })(target)).toEqual({
    kind: "unreadable",
    error: "app.terraform.io answered 301",
  });
});

test("a workspace that was never applied has no state", async () => {
  expect(await statesOf({ stub: stubOf({}) })(target)).toEqual({ kind: "none" });
});

test("a workspace that is missing is not created, and the token may be the reason", async () => {
  const stub = stubOf();

  expect(await statesOf({ stub })(target)).toEqual({
    kind: "none",
    problem: "Its workspace does not exist, or the token may not see it.",
  });
  expect(stub.writes).toEqual([]);
});

test.each<[string, StubWorkspace, string]>([
  ["refuses", { refusedWith: 403 }, "app.terraform.io answered 403: This token may not do that."],
  [
    "shows without its states",
    { state: STATE, showsStates: false },
    "the token may not read the state versions of its workspace",
  ],
  [
    "has with a text that is no state",
    { state: "{}", createdAt: APPLIED_AT },
    "workspace quarantine-444455556666: expected a Terraform state of version 4, found JSON without its serial, lineage or resources",
  ],
  [
    "describes otherwise than documented",
    { state: STATE },
    expect.stringMatching(/answered workspaces\/ws-\w+\/current-state-version, but not as documented/),
  ],
])("a workspace that the API %s cannot be read", async (_what, workspace, error) => {
  expect(await statesOf({ stub: stubOf(workspace) })(target)).toEqual({ kind: "unreadable", error });
});

test("what is refused because there were too many requests is asked again", async () => {
  const stub = stubOf({ state: STATE, createdAt: APPLIED_AT });
  stub.throttled = 4;

  expect(await statesOf({ stub })(target)).toMatchObject({ kind: "read" });
});

test("an API that stays busy ends the waiting", async () => {
  const stub = stubOf({ state: STATE, createdAt: APPLIED_AT });
  stub.throttled = Infinity;

  expect(await statesOf({ stub })(target)).toEqual({
    kind: "unreadable",
    error: "app.terraform.io answered 429: You have exceeded the API's rate limit.",
  });
});

test.each<[string, Circumstances, string]>([
  [
    "no token",
    { env: {} },
    "no token for app.terraform.io: expected one of `terraform login`, or TF_TOKEN_app_terraform_io",
  ],
  [
    "a token that nobody knows",
    { env: { TF_TOKEN_app_terraform_io: "b" } },
    "app.terraform.io answered 401: unauthorized",
  ],
  [
    "an organization that the token does not know",
    { backend: { ...BACKEND, organization: "other" } },
    "app.terraform.io has no organization other, or does not show it to this token",
  ],
  [
    "a host without the API",
    { request: () => Promise.resolve(new Response("{}")) },
    "app.terraform.io is no host of HCP Terraform or Terraform Enterprise: it offers no tfe.v2",
  ],
  [
    "an API that is not encrypted",
    { request: () => Promise.resolve(new Response('{"tfe.v2":"http://app.terraform.io/api/v2/"}')) },
    "app.terraform.io leads to http://app.terraform.io, which is not encrypted",
  ],
  [
    "a host that is not reached",
    { request: () => Promise.reject(new TypeError("fetch failed", { cause: new Error("ENOTFOUND") })) },
    "app.terraform.io was not reached: ENOTFOUND",
  ],
])("with %s, each account says so", async (_what, circumstances, error) => {
  expect(await statesOf(circumstances)(target)).toEqual({ kind: "unreadable", error });
});

test("a certificate of an unknown authority is not asked about again, and the way out is named", async () => {
  const cause = Object.assign(new Error("unable to verify"), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  const request = jest.fn(() => Promise.reject(new TypeError("fetch failed", { cause })));

  expect(await statesOf({ request })(target)).toMatchObject({
    error: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(request).toHaveBeenCalledTimes(1);
});

test.each<[string, CloudState, NodeJS.ProcessEnv]>([
  [
    "the configuration names",
    { ...BACKEND, hostname: "tfe.example.com" },
    { TF_CLOUD_HOSTNAME: "other.example.com" },
  ],
  ["the environment names, as for Terraform,", BACKEND, { TF_CLOUD_HOSTNAME: "tfe.example.com" }],
])("the host that %s is asked", async (_what, backend, env) => {
  const stub = stubOf({ state: STATE, createdAt: APPLIED_AT }, "tfe.example.com");

  expect(
    await statesOf({ stub, backend, env: { ...env, TF_TOKEN_tfe_example_com: "a-token" } })(target),
  ).toMatchObject({ kind: "read" });
});
