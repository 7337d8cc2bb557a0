import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteUserCommand,
  ListRoleTagsCommand,
  TagRoleCommand,
} from "@aws-sdk/client-iam";
import { DRILL_NAME, DRILL_TAG, QUARANTINE_DOCUMENT, type DrillOutcome } from "../../../functions/contract";
import type { UserKey } from "../../../functions/quarantine-drill/dependencies";
import { drill } from "../../../functions/quarantine-drill/drill";
import { createLog } from "../../../functions/shared/log";
import { fakeIam, fakeUser, type FakeUser, type IamMock } from "../../support/functions/fake-iam";
import { iamError } from "../../support/functions/iam-error";
import { POLICY_ARN, SETTINGS } from "../../support/functions/responder";

const USER = "drill-1a2b3c4d";
const START = Date.UTC(2026, 10, 30, 5);
const TIMEOUT_MS = 300_000;
const SECRET = "not-to-be-seen";
const DENY_ALL = JSON.stringify(QUARANTINE_DOCUMENT);

const accepted = iamError("AccessDenied", "because no identity-based policy allows the action", 403);
const denied = iamError("AccessDenied", "with an explicit deny in an identity-based policy", 403);
const deniedByScp = iamError("AccessDenied", "with an explicit deny in a service control policy", 403);
const unknownKey = iamError("InvalidClientTokenId", "The security token is invalid.", 403);

let users: Map<string, FakeUser>;
let iam: IamMock;
let roleTags: Map<string, Map<string, string>>;
let logged: string;
let now: number;
/** What happens at a second after the user was created, as the response would do it. */
let timeline: [second: number, act: (user: FakeUser) => void][];
/** How calls with the user's key are answered. */
let answer: (second: number) => Error | undefined;
let createdAt: number;
let run: (audience?: "people" | "nobody", timeout?: number) => Promise<DrillOutcome>;

beforeEach(() => {
  users = new Map();
  logged = "";
  now = START;
  createdAt = Infinity;
  timeline = [[3, (user) => user.policies.add(POLICY_ARN)]];
  answer = (second) => (second < 6 ? accepted : denied);
  const { mock, client, roleTags: tags } = fakeIam(users);
  [iam, roleTags] = [mock, tags];
  const happen = (): void => {
    const user = users.get(USER);
    if (user !== undefined && createdAt === Infinity) {
      createdAt = now;
    }
    const due = timeline.filter(([second]) => now - createdAt >= second * 1_000);
    timeline = timeline.filter((each) => !due.includes(each));
    due.forEach(([, act]) => user && act(user));
  };
  // Two wait side by side: the clock goes to whoever wakes first, once nobody works any more.
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const wakeNext = (): void => {
    const [next] = sleepers.sort((left, right) => left.at - right.at).splice(0, 1);
    happen();
    now = Math.max(now, next?.at ?? now);
    happen();
    next?.wake();
  };
  const sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      sleepers.push({ at: now + ms, wake });
      setImmediate(wakeNext);
    });
  const callWith = (key: UserKey): Promise<unknown> => {
    happen();
    expect(key).toEqual({ accessKeyId: "AKIAIOSFODNN0EXAMPLE", secretAccessKey: SECRET });
    const error = answer((now - createdAt) / 1_000);
    return error ? Promise.reject(error) : Promise.resolve({});
  };
  run = (audience = "nobody", timeout = TIMEOUT_MS) =>
    drill(
      audience,
      { ...SETTINGS, everyHours: 24 },
      {
        iam: client,
        callWith,
        nonce: () => "1a2b3c4d",
        remaining: () => START + timeout - now,
        clock: () => now,
        random: () => 0.5,
        sleep,
        log: createLog((line) => (logged += line)),
      },
    );
});

/** Seconds after the user's creation at which it was deleted. */
const secondsOfLife = () => (now - createdAt) / 1_000;

test("passes when the deny shows on the user and its key is refused for it, and says after how long", async () => {
  const outcome = await run();

  expect(outcome).toEqual({
    schemaVersion: "1",
    kind: "drill",
    status: "PASSED",
    summary: `The drill in account payments (111122223333) passed: ${USER} was contained after 3 s, and refused after 6 s.`,
    accountId: "111122223333",
    accountName: "payments",
    version: "1.2.3",
    userName: USER,
    startedAt: "2026-11-30T05:00:00.000Z",
    secondsToContained: 3,
    secondsToDenied: 6,
    alerted: false,
    failed: [],
    leftOvers: [],
  });
});

test("announces the user on its own role before it creates it", async () => {
  await run("people");

  expect(roleTags.get(DRILL_NAME)).toEqual(new Map([[DRILL_TAG, `${USER} people`]]));
  const calls = iam.calls().map(({ args }) => args[0].constructor);
  expect(calls.indexOf(TagRoleCommand)).toBeGreaterThanOrEqual(0);
  expect(calls.lastIndexOf(ListRoleTagsCommand)).toBeGreaterThan(calls.indexOf(TagRoleCommand));
  expect(calls.indexOf(CreateUserCommand)).toBeGreaterThan(calls.lastIndexOf(ListRoleTagsCommand));
  expect(iam.commandCalls(CreateUserCommand)[0]?.args[0].input.Path).toBe("/quarantine-drill/");
});

test("is told to people when it is theirs, though it passed", async () => {
  expect(await run("people")).toMatchObject({ status: "PASSED", alerted: true });
});

test("leaves the deny where it is until the hold has ended, and nothing after", async () => {
  await run();

  expect(secondsOfLife()).toBeGreaterThanOrEqual(3 + 30);
  expect([...users.keys()]).toEqual([]);
});

test.each([
  ["the inline deny", (user: FakeUser) => user.inline.set("AutomatedSecurityQuarantine", DENY_ALL)],
  ["the permissions boundary", (user: FakeUser) => (user.boundary = POLICY_ARN)],
])("knows %s for a deny, and takes it off", async (_, deny) => {
  timeline = [[3, deny]];

  expect(await run()).toMatchObject({ status: "PASSED", secondsToContained: 3 });
  expect(users.size).toBe(0);
});

test("fails within three minutes when no response comes, and removes the user at once", async () => {
  timeline = [];
  answer = () => accepted;

  const outcome = await run();

  expect(outcome).toMatchObject({
    status: "FAILED",
    alerted: true,
    userName: USER,
    secondsToContained: null,
    secondsToDenied: null,
    failed: [
      { step: "contain the user", error: "IAM shows no deny after 180 s" },
      { step: "deny the user", error: "no call with its key was refused for the quarantine after 180 s" },
    ],
  });
  expect(outcome.summary).toContain("FAILED: could not contain the user (IAM shows no deny after 180 s)");
  expect(secondsOfLife()).toBeLessThanOrEqual(180);
  expect(users.size).toBe(0);
});

test("fails when the deny shows on the user and does not stop it", async () => {
  answer = () => accepted;

  expect(await run()).toMatchObject({
    status: "FAILED",
    secondsToContained: 3,
    secondsToDenied: null,
    failed: [{ step: "deny the user" }],
  });
});

test("does not take the lack of any right for a deny, nor a policy of the organization", async () => {
  answer = () => deniedByScp;

  expect(await run()).toMatchObject({ status: "FAILED", secondsToDenied: null });
});

test("counts the guard's deny (`SecondWall`), after a call that it let pass", async () => {
  answer = (second) => (second < 5 ? accepted : deniedByScp);

  expect(await run()).toMatchObject({ status: "PASSED", secondsToDenied: 5 });
});

const deactivate = (user: FakeUser) => user.keys.set("AKIAIOSFODNN0EXAMPLE", "Inactive");

test("counts a key that is refused since the response set it inactive", async () => {
  timeline.push([4, deactivate]);
  answer = (second) => (second < 7 ? accepted : unknownKey);

  expect(await run()).toMatchObject({ status: "PASSED", secondsToDenied: 7 });
});

test("counts a key that never was accepted only when it is inactive and goes on being refused", async () => {
  timeline.push([4, deactivate]);
  answer = () => unknownKey;

  const outcome = await run();

  expect(outcome).toMatchObject({ status: "PASSED", secondsToDenied: 4 });
});

test("a new key that IAM does not know yet proves nothing, inactive or not", async () => {
  timeline.push([2, deactivate]);
  answer = (second) => (second < 8 ? unknownKey : second < 12 ? accepted : unknownKey);

  expect(await run()).toMatchObject({ status: "PASSED", secondsToDenied: 12 });
});

test("a key that IAM does not know though it is active proves nothing", async () => {
  answer = () => unknownKey;

  expect(await run()).toMatchObject({ status: "FAILED", secondsToDenied: null });
});

test("goes on when a call as the user is not answered", async () => {
  answer = (second) => (second < 4 ? new Error("socket hang up") : denied);

  expect(await run()).toMatchObject({ status: "PASSED", secondsToDenied: 4 });
});

test("creates nobody who could not be announced", async () => {
  iam.on(TagRoleCommand).rejects(iamError("AccessDenied", "no", 403));

  const outcome = await run();

  expect(outcome).toMatchObject({
    status: "FAILED",
    userName: "",
    failed: [{ step: "announce the user", error: "AccessDenied: no" }],
  });
  expect(iam.commandCalls(CreateUserCommand)).toHaveLength(0);
});

test("creates nobody while IAM does not show the announcement", async () => {
  iam.on(ListRoleTagsCommand).resolves({ Tags: [{ Key: DRILL_TAG, Value: "drill-of-before nobody" }] });

  const outcome = await run();

  expect(outcome.failed).toMatchObject([{ step: "announce the user" }]);
  expect(iam.commandCalls(CreateUserCommand)).toHaveLength(0);
});

test("a user that cannot be created is a failed drill", async () => {
  iam.on(CreateUserCommand).rejects(iamError("LimitExceeded", "5000 users", 409));

  expect(await run()).toMatchObject({
    status: "FAILED",
    userName: "",
    failed: [{ step: "create the user", error: "LimitExceeded: 5000 users" }],
  });
});

test("without a key, containment is measured all the same, and the drill fails", async () => {
  iam.on(CreateAccessKeyCommand).rejects(iamError("LimitExceeded", "no", 409));

  expect(await run()).toMatchObject({
    status: "FAILED",
    secondsToContained: 3,
    failed: [{ step: "create the access key" }],
  });
  expect(users.size).toBe(0);
});

test("with less time, the response gets less, and the user is removed all the same", async () => {
  timeline = [];
  answer = () => accepted;

  const outcome = await run("nobody", 120_000);

  expect(outcome.status).toBe("FAILED");
  expect(users.size).toBe(0);
  expect(now).toBeLessThan(START + 120_000 - 60_000);
});

test("a user who cannot be removed is told, and the measures stand", async () => {
  iam.on(DeleteUserCommand).rejects(iamError("AccessDenied", "no", 403));

  expect(await run()).toMatchObject({
    status: "PASSED",
    secondsToDenied: 6,
    failed: [{ step: "remove the user", error: "AccessDenied: no" }],
  });
});

const createdAgo = (seconds: number, path = "/quarantine-drill/") =>
  fakeUser({ path, createdAt: new Date(START - seconds * 1_000), policies: new Set([POLICY_ARN]) });

test("removes what earlier drills left behind, and touches nobody else", async () => {
  users.set("drill-old", createdAgo(301)).set("alice", createdAgo(299, "/"));

  const outcome = await run();

  expect(outcome).toMatchObject({ status: "PASSED", leftOvers: ["drill-old"], failed: [] });
  expect([...users.keys()]).toEqual(["alice"]);
});

test.each(["nobody", "people"] as const)(
  "a drill for %s ends at once while another may run, without a mail, and leaves its user alone",
  async (audience) => {
    users.set("drill-running", createdAgo(299));

    const outcome = await run(audience);

    expect(outcome).toMatchObject({
      ...{ status: "SKIPPED", userName: "", alerted: false, failed: [], secondsToDenied: null },
      summary:
        "The drill in account payments (111122223333) was SKIPPED: another drill may be running, with the user drill-running.",
    });
    expect(now).toBe(START);
    expect(iam.commandCalls(TagRoleCommand)).toHaveLength(0);
    expect([...users.keys()]).toEqual(["drill-running"]);
  },
);

/** What IAM shows as the announcement, one read after the other; the last one stays. */
function showInTurn(...values: readonly string[]): void {
  let reads = 0;
  iam.on(ListRoleTagsCommand).callsFake(() => {
    const Value = values[Math.min(reads++, values.length - 1)];
    return { Tags: [{ Key: DRILL_TAG, Value }] };
  });
}

test("an announcement of before the drill's own, which IAM may still show somewhere, is of no other drill", async () => {
  showInTurn("drill-before nobody", `${USER} nobody`, "drill-before nobody");

  expect(await run()).toMatchObject({ status: "PASSED", userName: USER });
});

test("a drill whose announcement another drill has overwritten creates nobody, since the user would be a real alert", async () => {
  showInTurn("drill-before nobody", `${USER} nobody`, "drill-other people");

  expect(await run()).toMatchObject({
    ...{ status: "SKIPPED", userName: "", alerted: false, failed: [] },
    summary: expect.stringContaining("with the user drill-other.") as string,
  });
  expect(iam.commandCalls(CreateUserCommand)).toHaveLength(0);
});

test("what a crashed drill left behind stops drills for no longer than a drill lasts", async () => {
  users.set("drill-crashed", createdAgo(299));

  const first = await run();
  now += 2_000;
  const second = await run();

  expect([first.status, second.status]).toEqual(["SKIPPED", "PASSED"]);
  expect(second.leftOvers).toEqual(["drill-crashed"]);
});

test("a left-over that cannot be removed is told by name, and stops nothing", async () => {
  users.set("drill-old", fakeUser({ path: "/quarantine-drill/", createdAt: new Date(0) }));
  iam.on(DeleteUserCommand, { UserName: "drill-old" }).rejects(iamError("AccessDenied", "no", 403));

  expect(await run()).toMatchObject({
    status: "PASSED",
    leftOvers: [],
    failed: [{ step: "remove drill-old, which an earlier drill left behind" }],
  });
});

test("neither outcome nor log has the secret of the key", async () => {
  timeline = [];
  answer = () => new Error("socket hang up");

  const outcome = await run();

  expect(logged).toContain("A call as the user was not answered");
  expect(`${logged}${JSON.stringify(outcome)}`).not.toContain(SECRET);
});
