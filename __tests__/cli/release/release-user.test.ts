import * as iam from "@aws-sdk/client-iam";
import { CommandError, Interrupted } from "../../../cli/errors";
import {
  releaseUser,
  type ReleaseDependencies,
  type ReleaseRequest,
} from "../../../cli/release/release-user";
import { QUARANTINE_DOCUMENT, TAG_KEYS } from "../../../functions/contract";
import { fakeIam, fakeUser, type FakeUser } from "../../support/functions/fake-iam";
import { iamError } from "../../support/functions/iam-error";

const POLICY = "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine";
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const BOUNDARY = "arn:aws:iam::111122223333:policy/Boundary";
const START = Date.parse("2026-06-01T12:00:00Z");

const request: ReleaseRequest = {
  userName: "mallory",
  account: "payments (111122223333)",
  policyArn: POLICY,
  operator: "alice",
  approvedBy: "bob",
  reason: "onboarding",
  reactivateKeys: false,
};
const quarantined = (parts: Partial<FakeUser> = {}) =>
  fakeUser({
    policies: new Set([POLICY, ADMIN]),
    keys: new Map([["AKIA1", "Inactive"]]),
    tags: new Map([
      [TAG_KEYS.status, "QUARANTINED"],
      [TAG_KEYS.time, "2026-06-01T11:00:00.000Z"],
    ]),
    ...parts,
  });

let account: Map<string, FakeUser>;
let mock: ReturnType<typeof fakeIam>["mock"];
let said: string[];
let waited: number[];
let stop: AbortController;
let dependencies: ReleaseDependencies;
beforeEach(() => {
  account = new Map([["mallory", quarantined()]]);
  const fake = fakeIam(account);
  ({ mock } = fake);
  [said, waited] = [[], []];
  stop = new AbortController();
  let now = START;
  dependencies = {
    iam: fake.client,
    clock: () => now,
    random: () => 0,
    sleep: (ms) => {
      waited.push(ms);
      now += ms;
      return Promise.resolve();
    },
    say: (line) => said.push(line),
    confirm: () => Promise.resolve(true),
    signal: stop.signal,
  };
});

const mallory = () => account.get("mallory")!;
const WRITES = /^(Attach|Detach|Put|Delete|Update|Tag|Untag)/;
/** The calls that changed something, in their order. */
const writes = () =>
  mock
    .calls()
    .map(({ firstArg }) => (firstArg as object).constructor.name.replace("Command", ""))
    .filter((name) => WRITES.test(name));

test("the tags go first, then the deny, and the keys stay inactive", async () => {
  const { kind, done, left } = await releaseUser(request, dependencies);

  expect(kind).toBe("released");
  expect(writes()).toEqual(["TagUser", "DetachUserPolicy"]);
  expect(done).toEqual(["tagged the user", `detached the policy ${POLICY}`]);
  expect(left).toEqual(["access key AKIA1 is inactive"]);
  expect([...mallory().policies]).toEqual([ADMIN]);
  expect(Object.fromEntries(mallory().tags)).toMatchObject({
    [TAG_KEYS.status]: "RELEASED",
    [TAG_KEYS.releasedBy]: "alice",
    [TAG_KEYS.approvedBy]: "bob",
    [TAG_KEYS.releaseReason]: "onboarding",
    [TAG_KEYS.releasedAt]: "2026-06-01T12:00:00.000Z",
  });
  expect(mallory().tags.has(TAG_KEYS.releasedUntil)).toBe(false);
});

test("every credential is listed before the question, with when it was made and last used", async () => {
  const began = Date.parse("2026-06-01T11:00:00Z");
  account.set(
    "mallory",
    quarantined({ hasPassword: true, certificates: ["CERT"], stopped: new Set(["CERT"]) }),
  );
  mock.on(iam.ListAccessKeysCommand).resolves({
    AccessKeyMetadata: [
      { AccessKeyId: "AKIA1", Status: "Inactive", CreateDate: new Date(began - 60_000) },
      { AccessKeyId: "AKIA2", Status: "Active", CreateDate: new Date(began + 60_000) },
    ],
  });
  mock
    .on(iam.GetAccessKeyLastUsedCommand, { AccessKeyId: "AKIA1" })
    .resolves({
      AccessKeyLastUsed: {
        LastUsedDate: new Date(began - 30_000),
        ServiceName: "s3",
        Region: "us-east-1",
      },
    })
    .on(iam.GetAccessKeyLastUsedCommand, { AccessKeyId: "AKIA2" })
    .resolves({ AccessKeyLastUsed: { ServiceName: "N/A", Region: "N/A" } });
  mock.on(iam.GetLoginProfileCommand).resolves({
    LoginProfile: { UserName: "mallory", CreateDate: new Date(began) },
  });
  let shown: string[] = [];
  const confirm = () => {
    shown = [...said];
    expect(writes()).toEqual([]);
    return Promise.resolve(false);
  };

  await releaseUser(request, { ...dependencies, confirm });

  const start = shown.indexOf("  Credentials:");
  expect(shown.slice(start, start + 5)).toEqual([
    "  Credentials:",
    "    access key AKIA1: inactive, made 2026-06-01T10:59:00.000Z, before the quarantine, last used 2026-06-01T10:59:30.000Z (s3, us-east-1)",
    "    access key AKIA2: ACTIVE, made 2026-06-01T11:01:00.000Z, AFTER the quarantine, never used",
    "    signing certificate CERT: inactive, made at an unknown time",
    "    console password: ACTIVE, without MFA, made 2026-06-01T11:00:00.000Z, before the quarantine, never used",
  ]);
  expect(shown.join("\n")).not.toContain("Has: active access keys");
});

test("a role that may not know when a key was last used releases all the same", async () => {
  mock.on(iam.GetAccessKeyLastUsedCommand).rejects(iamError("AccessDenied", "no", 403));

  expect((await releaseUser(request, dependencies)).kind).toBe("released");

  expect(said).toContain(
    "    access key AKIA1: inactive, made at an unknown time, last use not shown (AccessDenied)",
  );
});

test("every deny of ours comes off, and the former boundary is put back", async () => {
  const user = quarantined({
    boundary: POLICY,
    inline: new Map([["AutomatedSecurityQuarantine", JSON.stringify(QUARANTINE_DOCUMENT)]]),
  });
  user.tags.set(TAG_KEYS.formerBoundary, BOUNDARY);
  account.set("mallory", user);

  expect((await releaseUser(request, dependencies)).kind).toBe("released");

  expect(mallory()).toMatchObject({ boundary: BOUNDARY, inline: new Map(), policies: new Set([ADMIN]) });
  expect(said.join("\n")).toContain(`names: ${BOUNDARY}. Compare it with`);
});

test("without a known former boundary ours is deleted, and the operator is warned before", async () => {
  account.set("mallory", quarantined({ boundary: POLICY }));

  expect((await releaseUser(request, dependencies)).kind).toBe("released");

  expect(mallory().boundary).toBeUndefined();
  expect(said.join("\n")).toContain("WITHOUT a permissions boundary");
});

test("an inline policy of our name that somebody else wrote is left alone, and said", async () => {
  const inline = new Map([["AutomatedSecurityQuarantine", '{"Statement":[]}']]);
  account.set("mallory", quarantined({ inline }));

  expect((await releaseUser(request, dependencies)).kind).toBe("released");

  expect(mallory().inline).toEqual(inline);
  expect(said.join("\n")).toContain("somebody else wrote it");
});

test("--reactivate-keys lists all inactive credentials before, and sets them active", async () => {
  const confirm = jest.fn(() => {
    expect(said).toContain("  sets active: access key AKIA1");
    expect(said).toContain("  sets active: signing certificate CERT");
    return Promise.resolve(true);
  });
  account.set("mallory", quarantined({ certificates: ["CERT"], stopped: new Set(["CERT"]) }));
  mock.on(iam.UpdateSigningCertificateCommand).callsFake(() => mallory().stopped.clear());

  const { left, kind } = await releaseUser(
    { ...request, reactivateKeys: true },
    { ...dependencies, confirm },
  );

  expect({ left, kind }).toEqual({ left: [], kind: "released" });
  expect(confirm).toHaveBeenCalledTimes(1);
  expect(mallory().keys.get("AKIA1")).toBe("Active");
});

test("a release has an end when it is given one", async () => {
  await releaseUser({ ...request, until: START + 3_600_000 }, dependencies);

  expect(mallory().tags.get(TAG_KEYS.releasedUntil)).toBe("2026-06-01T13:00:00.000Z");
});

test("an end that passes during the wait is refused, and nothing is changed", async () => {
  mallory().tags.set(TAG_KEYS.time, "2026-06-01T12:00:00.000Z");

  await expect(releaseUser({ ...request, until: START + 60_000 }, dependencies)).rejects.toThrow(
    "--until has passed",
  );

  expect(writes()).toEqual([]);
});

test("who swaps the names of two quarantined users half-way gets the other one freed by no further step", async () => {
  const other = quarantined({ userId: "AIDAANOTHERUSEREXAMPL" });
  const first = mallory();
  mock.on(iam.TagUserCommand).callsFake(() => {
    account.set("mallory", other).set("trudy", first);
    return {};
  });

  const { kind, left } = await releaseUser(request, dependencies);

  expect(kind).toBe("incomplete");
  expect(left).toEqual([expect.stringContaining("became another user meanwhile")]);
  expect([...other.policies]).toEqual([POLICY, ADMIN]);
});

test("another user who has the name after the wait is not released", async () => {
  mallory().tags.set(TAG_KEYS.time, "2026-06-01T11:59:30.000Z");
  const sleep = (ms: number) => {
    account.set("mallory", quarantined({ userId: "AIDAANOTHERUSEREXAMPL" }));
    return dependencies.sleep(ms);
  };

  await expect(releaseUser(request, { ...dependencies, sleep })).rejects.toThrow(
    "mallory in payments (111122223333) is another user by now: nothing was changed",
  );

  expect(writes()).toEqual([]);
});

test("a release waits until it counts, and says so", async () => {
  mallory().tags.set(TAG_KEYS.time, "2026-06-01T11:59:30.000Z");

  await releaseUser(request, dependencies);

  expect(waited[0]).toBe(90_000);
  expect(said.join("\n")).toContain("Waiting 90 s");
  expect(mallory().tags.get(TAG_KEYS.releasedAt)).toBe("2026-06-01T12:01:30.000Z");
});

test("without a yes nothing is changed", async () => {
  const confirm = () => Promise.resolve(false);

  expect((await releaseUser(request, { ...dependencies, confirm })).kind).toBe("declined");
  expect(writes()).toEqual([]);
});

test("tags that cannot be written keep every deny in place", async () => {
  mock.on(iam.TagUserCommand).rejects(iamError("AccessDenied", "the guard", 403));

  const { kind, left } = await releaseUser(request, dependencies);

  expect(kind).toBe("incomplete");
  expect(left).toEqual([
    "tag: AccessDenied: the guard",
    "still denied by managed-policy",
    "access key AKIA1 is inactive",
  ]);
  expect(mallory().policies.has(POLICY)).toBe(true);
});

test("a deny that does not come off is said, and the next run finishes", async () => {
  mock
    .on(iam.DetachUserPolicyCommand)
    .rejectsOnce(iamError("ServiceFailure", "later", 500))
    .callsFake(() => {
      mallory().policies.delete(POLICY);
    });

  const first = await releaseUser(request, dependencies);
  const second = await releaseUser(request, dependencies);

  expect(first).toMatchObject({
    kind: "incomplete",
    left: [
      "lift managed-policy: ServiceFailure: later",
      "still denied by managed-policy",
      "access key AKIA1 is inactive",
    ],
  });
  expect(second.kind).toBe("released");
});

test("a deny that IAM lists for a while after it is off is looked at again", async () => {
  const list = { AttachedPolicies: [{ PolicyName: "AutomatedSecurityQuarantine", PolicyArn: POLICY }] };
  mock
    .on(iam.ListAttachedUserPoliciesCommand)
    .resolvesOnce(list)
    .resolvesOnce(list)
    .resolvesOnce(list)
    .resolvesOnce(list)
    .resolves({ AttachedPolicies: [] });

  expect((await releaseUser(request, dependencies)).kind).toBe("released");
});

test("a former boundary that is gone leaves ours in place", async () => {
  const user = quarantined({ policies: new Set(), boundary: POLICY });
  user.tags.set(TAG_KEYS.formerBoundary, BOUNDARY);
  account.set("mallory", user);
  mock
    .on(iam.PutUserPermissionsBoundaryCommand)
    .rejects(iamError("NoSuchEntity", `Policy ${BOUNDARY} does not exist.`, 404));

  const { kind, left } = await releaseUser(request, dependencies);

  expect(kind).toBe("incomplete");
  expect(left).toContain("still denied by permissions-boundary");
});

test("a released user with nothing left is not touched again", async () => {
  await releaseUser(request, dependencies);
  mock.resetHistory();

  expect((await releaseUser(request, dependencies)).kind).toBe("nothing-to-do");
  expect(writes()).toEqual([]);
});

test("a released user can be given an end, or its keys, afterwards", async () => {
  await releaseUser(request, dependencies);

  await releaseUser({ ...request, until: START + 7_200_000, reactivateKeys: true }, dependencies);

  expect(mallory().tags.get(TAG_KEYS.releasedUntil)).toBe("2026-06-01T14:00:00.000Z");
  expect(mallory().keys.get("AKIA1")).toBe("Active");
});

test.each<[string, () => void, string]>([
  [
    "a user who is not quarantined",
    () => account.set("mallory", fakeUser({ policies: new Set([ADMIN]) })),
    "mallory in payments (111122223333) is not quarantined",
  ],
  ["a user who is not there", () => account.clear(), "payments (111122223333) has no IAM user mallory"],
  [
    "a user whose tags cannot be read",
    () => mock.on(iam.ListUserTagsCommand).rejects(iamError("AccessDenied", "no", 403)),
    "could not be read, and nothing was changed:\nread tags: AccessDenied: no",
  ],
])("%s is refused, and nothing is changed", async (_name, prepare, message) => {
  prepare();

  const releasing = releaseUser(request, dependencies);

  await expect(releasing).rejects.toThrow(CommandError);
  await expect(releasing).rejects.toThrow(message);
  expect(writes()).toEqual([]);
});

test("what the role may not read and a release does not need stops nothing", async () => {
  mock.on(iam.ListMFADevicesCommand).rejects(iamError("AccessDenied", "no", 403));

  expect((await releaseUser(request, dependencies)).kind).toBe("released");
});

test("an interrupt while it waits changes nothing", async () => {
  mallory().tags.set(TAG_KEYS.time, "2026-06-01T12:00:00.000Z");
  const sleep = () => {
    stop.abort(new Interrupted("stopped by SIGINT"));
    return Promise.reject(new Interrupted("stopped by SIGINT"));
  };

  const releasing = releaseUser(request, { ...dependencies, sleep });

  await expect(releasing).rejects.toThrow("stopped before it began: nothing was changed");
  expect(writes()).toEqual([]);
});

test("an interrupt after the tags says what is left, and the next run finishes", async () => {
  mock.on(iam.TagUserCommand).callsFakeOnce(({ Tags = [] }: iam.TagUserCommandInput) => {
    Tags.forEach(({ Key = "", Value = "" }) => mallory().tags.set(Key, Value));
    stop.abort(new Interrupted("stopped by SIGINT"));
  });

  const releasing = releaseUser(request, dependencies);

  await expect(releasing).rejects.toThrow(Interrupted);
  await expect(releasing).rejects.toThrow(
    /run it again to finish it\.\ndone: tagged the user\nleft: still denied by/,
  );
  const next = { ...dependencies, signal: new AbortController().signal };
  expect((await releaseUser(request, next)).kind).toBe("released");
});
