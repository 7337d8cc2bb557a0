import {
  AttachUserPolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  ListUserTagsCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
} from "@aws-sdk/client-iam";
import { PublishCommand } from "@aws-sdk/client-sns";
import { QUARANTINE_DOCUMENT } from "../../../functions/contract";
import { isDenyAll } from "../../../functions/security-response/containment/deny-document";
import { HOLD_MS, WAITS_MS } from "../../../functions/security-response/containment/durations";
import { fakeUser, USER_ID, type FakeUser } from "../../support/functions/fake-iam";
import { iamError, noSuchUser } from "../../support/functions/iam-error";
import {
  createResponder,
  HOLD_TOPIC_ARN,
  POLICY_ARN,
  START,
  type Responder,
  type ResponderOptions,
} from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";
import { eventOf, type Call } from "../../support/undoing-calls";

const BREAK_GLASS = "arn:aws:iam::111122223333:role/security/BreakGlass";
const SETTINGS = {
  holdTopicArn: HOLD_TOPIC_ARN,
  mayUndo: [
    { arn: BREAK_GLASS },
    { arn: "arn:aws:iam::111122223333:role/attack-simulation", path: "/attack-simulation/" },
  ],
};
const KEY = "AKIAIOSFODNN7EXAMPLE";
const userName = "mallory";
const DETACH: Call = ["DetachUserPolicy", { userName, policyArn: POLICY_ARN }];
const ALL = "managed-policy inline-policy permissions-boundary";

/** Mallory, quarantined by the responder; then the clock goes on for five minutes. */
async function quarantined(options: ResponderOptions = {}): Promise<Responder> {
  let isQuarantined = false;
  const onSleep = () => void (isQuarantined && options.onSleep?.());
  const responder = createResponder({ ...options, onSleep });
  await responder.respond(loadFixture("events/by-iam-user"));
  await responder.advance(5 * 60_000);
  responder.sns.resetHistory();
  responder.iam.resetHistory();
  isQuarantined = true;
  return responder;
}

/** A call a moment ago. */
function called(responder: Responder, call: Call): Record<string, unknown> {
  return change(eventOf(call), "detail.eventTime", timeIn(responder, -2_000));
}

/** ISO 8601; so many milliseconds from now. */
function timeIn(responder: Responder, ms: number): string {
  return new Date(START + responder.slept() + ms).toISOString();
}

function byRole(event: Record<string, unknown>, arn: string, session = "x"): Record<string, unknown> {
  const name = arn.split("/").at(-1) ?? "";
  return change(event, "detail.userIdentity", {
    type: "AssumedRole",
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/${session}`,
    sessionContext: { sessionIssuer: { type: "Role", arn } },
  });
}

const writes = (responder: Responder) => responder.calls().filter((call) => !/^(Get|List)/.test(call));
const released = (at: string): [string, string][] => [
  ["SecurityStatus", "RELEASED"],
  ["QuarantineReleasedAt", at],
  ["QuarantineReleasedBy", "dana"],
  ["QuarantineApprovedBy", "erin"],
  ["QuarantineReleaseReason", "a new colleague"],
];

test("a deny that was detached is put back by every way at once, and the alert says who did it", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();

  const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(isDenyAll(responder.mallory.inline.get("AutomatedSecurityQuarantine") ?? "")).toBe(true);
  expect(responder.mallory.boundary).toBe(POLICY_ARN);
  expect(responder.mallory.tags.get("QuarantineMethod")).toBe(ALL);
  expect(outcome).toMatchObject({ status: "RESTORED", severity: "CRITICAL", alerted: true, failed: [] });
  expect(outcome.actor).toContain("assumed-role/onboarding");
  expect(outcome.summary).toContain("called DetachUserPolicy, which can undo a quarantine");
  expect(responder.alerts()[0]?.subject).toContain("Quarantine undone and put back: mallory");
  expect(responder.holds()).toHaveLength(1);
});

test("the quarantine keeps the event, the reason and the creator that it had", async () => {
  const responder = await quarantined();
  const before = new Map(responder.mallory.tags);
  responder.mallory.policies.clear();

  await responder.respond(called(responder, DETACH), SETTINGS);

  for (const key of ["QuarantineEventId", "QuarantineReason", "QuarantineCreatedBy", "QuarantineSourceIp"]) {
    expect([key, responder.mallory.tags.get(key)]).toEqual([key, before.get(key)]);
  }
});

test("who untags and detaches is known by the detaching: nobody can detach what is not there", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  responder.mallory.tags.clear();

  const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

  expect(outcome.status).toBe("RESTORED");
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
});

test("a renamed user is found by the name that UpdateUser gave it", async () => {
  const responder = await quarantined();
  responder.users.set("svc-backup", responder.mallory);
  responder.users.delete(userName);
  responder.mallory.policies.clear();

  const outcome = await responder.respond(
    called(responder, ["UpdateUser", { userName, newUserName: "svc-backup" }]),
    SETTINGS,
  );

  expect(outcome).toMatchObject({ status: "RESTORED", userName: "svc-backup" });
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test("a user who is renamed while it is put back is followed, and no alert calls the old name not contained", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  responder.iam.on(AttachUserPolicyCommand).callsFakeOnce(() => {
    responder.users.set("svc-backup", responder.mallory);
    responder.users.delete(userName);
    throw noSuchUser(userName);
  });

  const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

  expect(outcome).toMatchObject({ status: "RESTORED", userName: "svc-backup", failed: [] });
  expect(outcome.done).toContain("followed the user, renamed from mallory to svc-backup");
  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(responder.alerts().map(({ subject }) => subject)).toEqual([
    "[CRITICAL] Quarantine undone and put back: svc-backup in payments",
  ]);
});

test("a user whose name is gone, and whom IAM lists under no other, is not called contained", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  responder.iam.on(AttachUserPolicyCommand).callsFakeOnce(() => {
    responder.users.delete(userName);
    throw noSuchUser(userName);
  });

  await expect(responder.respond(called(responder, DETACH), SETTINGS)).rejects.toThrow("is NOT contained");
});

test("who detaches and renames is found when the new name is known, whichever event comes first", async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    const responder = await quarantined();
    responder.users.set("svc-backup", responder.mallory);
    responder.users.delete(userName);
    responder.mallory.policies.clear();
    responder.mallory.tags.clear();
    const events = [
      called(responder, DETACH),
      called(responder, ["UpdateUser", { userName, newUserName: "svc-backup" }]),
    ];

    for (const index of order) {
      await responder.respond(events[index], SETTINGS);
    }

    expect(responder.mallory.policies).toContain(POLICY_ARN);
  }
});

test("a release whose time was written to make the call look old is none", async () => {
  const responder = await quarantined();
  const event = called(responder, DETACH);
  released(new Date(START + responder.slept()).toISOString()).forEach(([key, value]) =>
    responder.mallory.tags.set(key, value),
  );
  responder.mallory.policies.clear();

  const outcome = await responder.respond(event, SETTINGS);

  expect(outcome.status).toBe("RESTORED");
});

test("a detached deny of a user who is not there any more is alerted", async () => {
  const responder = await quarantined();
  responder.users.clear();

  const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

  expect(outcome).toMatchObject({ status: "VANISHED", alerted: true });
});

// The first may be a decoy.
test("each user who vanishes is named in an alert of its own, also the second one of a caller", async () => {
  const responder = createResponder();
  responder.users.clear();
  const detach = (name: string) =>
    responder.respond(called(responder, ["DetachUserPolicy", { userName: name, policyArn: POLICY_ARN }]));

  await detach("decoy");
  await responder.advance(10 * 60_000);
  const outcome = await detach("real");

  expect(outcome.status).toBe("VANISHED");
  expect(responder.alerts().map(({ subject }) => subject)).toEqual([
    expect.stringContaining("decoy"),
    expect.stringContaining("real"),
  ]);
});

describe("a detached deny of a user who was renamed before the event came", () => {
  async function renamed(policies: readonly string[] = []): Promise<Responder> {
    const responder = await quarantined();
    const { users, mallory } = responder;
    users.delete("mallory");
    users.set("trudy", mallory);
    mallory.policies = new Set(policies);
    return responder;
  }

  test("is put back on whoever is quarantined by its tags alone, and held under the new name", async () => {
    const responder = await renamed();
    responder.users.set("bob", fakeUser({ userId: "AIDABOBBOBBOBBOB" }));

    const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

    expect(isDenyAll(responder.mallory.inline.get("AutomatedSecurityQuarantine") ?? "")).toBe(true);
    expect(outcome).toMatchObject({ status: "RESTORED", userName: "trudy", severity: "CRITICAL" });
    expect(outcome.done[0]).toBe("found trudy by its tags, since the user who was named mallory is gone");
    expect(JSON.stringify(responder.holds())).toContain("trudy");
    expect(responder.users.get("bob")).toEqual(fakeUser({ userId: "AIDABOBBOBBOBBOB" }));
  });

  test("is not looked for again at once; that it vanished is alerted once", async () => {
    const responder = await renamed();
    await responder.respond(called(responder, DETACH), SETTINGS);

    const second = await responder.respond(called(responder, DETACH), SETTINGS);
    const third = await responder.respond(called(responder, DETACH), SETTINGS);

    expect(second).toMatchObject({ status: "VANISHED", alerted: true });
    expect(third).toMatchObject({ status: "VANISHED", alerted: false });
    expect(responder.iam.commandCalls(GetAccountAuthorizationDetailsCommand)).toHaveLength(1);
  });

  test("hides no other user: who is followed is left out of the next search", async () => {
    const responder = await renamed();
    const other = fakeUser({ userId: "AIDABOBBOBBOBBOB", tags: new Map(responder.mallory.tags) });
    await responder.respond(called(responder, DETACH), SETTINGS);
    responder.users.set("bob-renamed", other);
    responder.mallory.policies.clear();
    await responder.advance(HOLD_MS.betweenSearches);

    const call: Call = ["DetachUserPolicy", { userName: "bob", policyArn: POLICY_ARN }];
    const outcome = await responder.respond(called(responder, call), SETTINGS);

    expect(outcome).toMatchObject({ status: "RESTORED", userName: "bob-renamed" });
    expect(other.policies).toContain(POLICY_ARN);
  });

  test("and of a user without a trace is alerted, though another one was found a moment ago", async () => {
    const responder = await renamed();
    await responder.respond(called(responder, DETACH), SETTINGS);
    await responder.advance(HOLD_MS.betweenSearches);

    const call: Call = ["DetachUserPolicy", { userName: "bob", policyArn: POLICY_ARN }];
    const outcome = await responder.respond(called(responder, call), SETTINGS);

    expect(outcome).toMatchObject({ status: "VANISHED", userName: "bob", alerted: true });
  });

  test("is looked for again once a hold may have given up, whatever name the user has by then", async () => {
    const responder = await renamed();
    await responder.respond(called(responder, DETACH), SETTINGS);
    await responder.advance(HOLD_MS.stands);
    responder.mallory.policies.clear();

    const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

    expect(outcome.status).toBe("RESTORED");
    expect(responder.holds()).toHaveLength(2);
  });

  test.each<[string, (responder: Responder) => unknown]>([
    ["whose tags went with it", ({ mallory }) => mallory.tags.clear()],
    ["who has been released", ({ mallory }) => mallory.tags.set("SecurityStatus", "RELEASED")],
    ["who is denied as the tags say", ({ mallory }) => mallory.policies.add(POLICY_ARN)],
    [
      "who was quarantined a moment ago, of whom IAM may list the tags first",
      (responder) => responder.mallory.tags.set("QuarantineTime", timeIn(responder, -WAITS_MS.listing + 1)),
    ],
  ])("is no reason to touch a user %s; the alert says that somebody vanished", async (_, set) => {
    const responder = await renamed();
    set(responder);

    const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

    expect(outcome).toMatchObject({ status: "VANISHED", alerted: true });
    expect(writes(responder)).toEqual([]);
  });

  test("is alerted with the failure when IAM does not list the users", async () => {
    const responder = await renamed();
    responder.iam.on(GetAccountAuthorizationDetailsCommand).rejects(iamError("AccessDenied", "no", 403));

    const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

    expect(outcome).toMatchObject({ status: "VANISHED", alerted: true });
    expect(outcome.failed).toEqual([{ step: "find the user by its tags", error: "AccessDenied: no" }]);
  });

  test("leaves users alone whom the role that detached it may free", async () => {
    const responder = await renamed();
    responder.mallory.arn = "arn:aws:iam::111122223333:user/attack-simulation/trudy";
    const simulation = "arn:aws:iam::111122223333:role/attack-simulation";

    const outcome = await responder.respond(byRole(called(responder, DETACH), simulation), SETTINGS);

    expect(outcome.status).toBe("VANISHED");
    expect(writes(responder)).toEqual([]);
  });
});

describe("the name of an undone quarantine leads to nobody who has got it since", () => {
  const colleague = (parts: Partial<FakeUser> = {}) =>
    fakeUser({ userId: "AIDACKCEVSQ6C2EXAMPLE", ...parts });
  const isFree = ({ policies, tags }: FakeUser) => policies.size + tags.size === 0;

  // 1. The attacker renames a user of its own, tmp, to a name that a pipeline will use, and deletes it.
  // 2. The pipeline, which is trusted, creates its user of that name.
  // 3. The attacker creates tmp again, which is quarantined, takes the deny off and deletes it.
  test("by a rename before the call", async () => {
    const responder = createResponder();
    const renamed = called(responder, ["UpdateUser", { userName: "tmp", newUserName: "svc-deploy" }]);
    responder.users.clear();
    responder.users.set("svc-deploy", responder.mallory);
    await responder.respond(renamed, SETTINGS);
    const innocent = colleague();
    responder.users.set("svc-deploy", innocent);
    await responder.advance(30 * 60_000);

    await responder.respond(
      called(responder, ["DetachUserPolicy", { userName: "tmp", policyArn: POLICY_ARN }]),
      SETTINGS,
    );

    expect(isFree(innocent)).toBe(true);
  });

  test("since it was created after the call, while the user of the call is followed to its new name", async () => {
    const responder = await quarantined();
    const detach = called(responder, DETACH);
    const rename = called(responder, ["UpdateUser", { userName, newUserName: "trudy" }]);
    responder.mallory.policies.clear();
    responder.mallory.tags.clear();
    const innocent = colleague({ createdAt: new Date(START + responder.slept() + 8_000) });
    responder.users.set("trudy", responder.mallory).set(userName, innocent);
    await responder.advance(10_000);

    await responder.respond(detach, SETTINGS);
    const outcome = await responder.respond(rename, SETTINGS);

    expect(outcome).toMatchObject({ status: "RESTORED", userName: "trudy" });
    expect(isFree(innocent)).toBe(true);
  });

  test("and was renamed then", async () => {
    const responder = await quarantined();
    responder.users.clear();
    await responder.respond(called(responder, DETACH), SETTINGS);
    await responder.advance(60_000);
    const innocent = colleague({ createdAt: new Date(START + responder.slept() - 30_000) });
    responder.users.set("svc-deploy", innocent);

    await responder.respond(
      called(responder, ["UpdateUser", { userName, newUserName: "svc-deploy" }]),
      SETTINGS,
    );

    expect(isFree(innocent)).toBe(true);
  });

  test("by the record of the call, which an archive sends again", async () => {
    const responder = createResponder({ mallory: { createdAt: new Date(START) } });
    const replayed = change(eventOf(DETACH), "detail.eventTime", timeIn(responder, -60_000));

    const outcome = await responder.respond(replayed, SETTINGS);

    expect(isFree(responder.mallory)).toBe(true);
    expect(outcome.status).toBe("VANISHED");
  });
});

// More than an hour after the quarantine, the attacker takes tags and deny off mallory, renames it, and gives
// the name to a colleague, who is older than all this.
describe("a user whose name a colleague has got since its quarantine was undone", () => {
  const UNTAG: Call = ["UntagUser", { userName, tagKeys: ["SecurityStatus", "QuarantineTime"] }];
  const AWAY: Call = ["UpdateUser", { userName, newUserName: "svc-x" }];
  const INTO: Call = ["UpdateUser", { userName: "alice", newUserName: userName }];
  const OUT: Call = ["UpdateUser", { userName, newUserName: "alice" }];
  const LONG_AGO = new Date(START - 300 * 86_400_000);

  /** @param seconds Between two of the calls. */
  async function swapped(seconds = 1) {
    const responder = createResponder();
    const { mallory, users } = responder;
    await responder.respond(loadFixture("events/by-iam-user"), SETTINGS);
    await responder.advance(90 * 60_000);
    mallory.policies.clear();
    mallory.tags.clear();
    const colleague = fakeUser({ userId: "AIDACOLLEAGUE00000001", createdAt: LONG_AGO });
    users.set("svc-x", mallory);
    users.set(userName, colleague);
    const made = [UNTAG, DETACH, AWAY, INTO, OUT].map((call, index) =>
      change(eventOf(call), "detail.eventTime", timeIn(responder, seconds * index * 1_000)),
    );
    await responder.advance(30_000);
    const [untag = {}, detach = {}, away = {}, into = {}, out = {}] = made;
    return { responder, colleague, untag, detach, away, into, out };
  }

  const isDenied = ({ policies, inline }: FakeUser) => policies.size + inline.size > 0;

  test("is followed, and the colleague left alone, once the rename is known", async () => {
    const { responder, colleague, untag, detach, away, into } = await swapped();

    for (const event of [away, into, untag]) {
      await responder.respond(event, SETTINGS);
    }
    const outcome = await responder.respond(detach, SETTINGS);

    expect(outcome).toMatchObject({ status: "RESTORED", userName: "svc-x" });
    expect(isDenied(responder.mallory)).toBe(true);
    expect(isDenied(colleague)).toBe(false);
  });

  test("is followed also when the colleague has its own name back", async () => {
    const { responder, colleague, detach, away, into, out } = await swapped();
    responder.users.delete(userName);
    responder.users.set("alice", colleague);

    for (const event of [out, into, away, detach]) {
      await responder.respond(event, SETTINGS);
    }

    expect(isDenied(responder.mallory)).toBe(true);
    expect(isDenied(colleague)).toBe(false);
  });

  test.each([
    ["in different seconds", 1],
    ["in one second", 0],
  ])("is found when the rename is heard of last, of calls %s", async (_, seconds) => {
    const { responder, untag, detach, into, away } = await swapped(seconds);

    for (const event of [untag, detach, into, away]) {
      await responder.respond(event, SETTINGS);
    }

    expect(isDenied(responder.mallory)).toBe(true);
  });

  test("is found in whatever order the events arrive, also after a second rename", async () => {
    for (const order of permutations([0, 1, 2, 3])) {
      const { responder, detach, away, into } = await swapped();
      const again = change(
        eventOf(["UpdateUser", { userName: "svc-x", newUserName: "svc-y" }]),
        "detail.eventTime",
        timeIn(responder, -20_000),
      );
      responder.users.delete("svc-x");
      responder.users.set("svc-y", responder.mallory);
      const events = [detach, away, into, again];

      for (const index of order) {
        await responder.respond(events[index], SETTINGS);
      }

      expect([order, isDenied(responder.mallory)]).toEqual([order, true]);
    }
  });

  test("and who was released before it was renamed stays free", async () => {
    const responder = await quarantined();
    const detach = called(responder, DETACH);
    responder.mallory.policies.clear();
    await responder.respond(detach, SETTINGS);
    await responder.advance(10 * 60_000);
    const { mallory, users } = responder;
    mallory.tags = new Map([...mallory.tags, ...released(timeIn(responder, -60_000))]);
    mallory.policies.clear();
    mallory.inline.clear();
    mallory.boundary = undefined;
    users.delete(userName);
    users.set("svc-x", mallory);

    const outcome = await responder.respond(called(responder, AWAY), SETTINGS);

    expect(outcome.status).toBe("IGNORED");
    expect(isDenied(mallory)).toBe(false);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

// CloudTrail leaves the parameters out where they have more than 100 KB: nobody is named.
describe("an inline policy so long that its record names nobody", () => {
  const PADDED: Call = ["PutUserPolicy", { reason: "requestParameters too large", omitted: true }];

  test("has the user found by the tags whose deny it took", async () => {
    const responder = await quarantined();
    responder.mallory.policies.clear();
    responder.users.set("bob", fakeUser({ userId: "AIDABOBBOBBOBBOB" }));

    const outcome = await responder.respond(called(responder, PADDED), SETTINGS);

    expect(outcome).toMatchObject({ status: "RESTORED", userName: "mallory", severity: "CRITICAL" });
    expect(outcome.done[0]).toBe("found mallory by its tags, since the record of the call names nobody");
    expect(responder.mallory.policies).toContain(POLICY_ARN);
    expect(responder.users.get("bob")).toEqual(fakeUser({ userId: "AIDABOBBOBBOBBOB" }));
  });

  test("is looked into though there was a search a moment ago", async () => {
    const responder = await quarantined();
    await responder.respond(called(responder, PADDED), SETTINGS);
    responder.mallory.policies.clear();

    const outcome = await responder.respond(called(responder, PADDED), SETTINGS);

    expect(outcome.status).toBe("RESTORED");
  });

  test("touches nobody and mails nobody where every quarantine is whole", async () => {
    const responder = await quarantined();
    const before = writes(responder).length;

    const outcome = await responder.respond(called(responder, PADDED), SETTINGS);

    expect(outcome).toMatchObject({ status: "IGNORED", alerted: false });
    expect(writes(responder)).toHaveLength(before);
  });

  test("of a role that may undo a quarantine is left alone", async () => {
    const responder = await quarantined();
    responder.mallory.policies.clear();

    const outcome = await responder.respond(byRole(called(responder, PADDED), BREAK_GLASS), SETTINGS);

    expect(outcome.status).toBe("IGNORED");
    expect(responder.mallory.policies.size).toBe(0);
  });

  test("is repeated by Lambda where IAM does not list the users", async () => {
    const responder = await quarantined();
    responder.iam.on(GetAccountAuthorizationDetailsCommand).rejects(iamError("AccessDenied", "no", 403));

    await expect(responder.respond(called(responder, PADDED), SETTINGS)).rejects.toThrow(
      "could not be looked at",
    );
  });
});

test("a user named undefined, who vanished, has nobody else denied", async () => {
  const responder = createResponder();
  const { mallory: colleague } = responder;
  const detached: Call = ["DetachUserPolicy", { userName: "undefined", policyArn: POLICY_ARN }];
  await responder.respond(called(responder, detached), SETTINGS);

  const outcome = await responder.respond(called(responder, ["CreateAccessKey", { userName }]), SETTINGS);

  expect(outcome).toMatchObject({ status: "IGNORED", verdict: { rule: "not-quarantined" } });
  expect(colleague.policies).not.toContain(POLICY_ARN);
});

test("a claim on the event beside a release that came with the user is a forgery", async () => {
  const responder = createResponder({ mallory: { tags: new Map([["SecurityStatus", "RELEASED"]]) } });
  const tags = [{ key: "QuarantineEventId", value: "0123/x" }];
  responder.mallory.tags.set("QuarantineEventId", "0123/x");

  const outcome = await responder.respond(called(responder, ["TagUser", { userName, tags }]), SETTINGS);

  expect(outcome).toMatchObject({ status: "RESTORED", severity: "CRITICAL" });
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test("other tags on a user who is released are nobody's business", async () => {
  const responder = createResponder({ mallory: { tags: new Map([["SecurityStatus", "RELEASED"]]) } });
  const tags = [{ key: "Owner", value: "payments" }];

  const outcome = await responder.respond(called(responder, ["TagUser", { userName, tags }]), SETTINGS);

  expect(outcome.status).toBe("IGNORED");
});

test("one hold is ordered of a user who is renamed, not one for each name", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  await responder.respond(called(responder, DETACH), SETTINGS);
  responder.users.delete("mallory");
  responder.users.set("trudy", responder.mallory);
  responder.mallory.policies.clear();

  const call: Call = ["DetachUserPolicy", { userName: "trudy", policyArn: POLICY_ARN }];
  const outcome = await responder.respond(called(responder, call), SETTINGS);

  expect(outcome.status).toBe("RESTORED");
  expect(responder.holds()).toHaveLength(1);
});

test("a new key is set inactive; the deny is left as it is, and the alert is one lower", async () => {
  const responder = await quarantined();
  responder.mallory.keys.set(KEY, "Active");

  const outcome = await responder.respond(called(responder, ["CreateAccessKey", { userName }]), SETTINGS);

  expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
  expect(responder.mallory.inline.size).toBe(0);
  expect(outcome).toMatchObject({ status: "RESTORED", severity: "HIGH", alerted: true });
  expect(responder.holds()).toEqual([]);
});

test("a key of the creation itself, whose event comes after the quarantine, mails nobody again", async () => {
  const responder = await quarantined();
  responder.mallory.keys.set(KEY, "Active");
  const early = change(
    eventOf(["CreateAccessKey", { userName }]),
    "detail.eventTime",
    "2025-03-04T05:06:07Z",
  );

  const outcome = await responder.respond(early, SETTINGS);

  expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
  expect(outcome).toMatchObject({ status: "HELD", alerted: false });
});

test("a key of the creation itself, whose event comes before the tags are written, mails nobody", async () => {
  const policies = new Set([POLICY_ARN]);
  const responder = createResponder({ mallory: { policies, keys: new Map([[KEY, "Active"]]) } });

  const outcome = await responder.respond(called(responder, ["CreateAccessKey", { userName }]), SETTINGS);

  expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
  expect(outcome).toMatchObject({ status: "HELD", alerted: false });
});

test("a key of the creation itself is no fight, though IAM shows the new tags and not yet the deny", async () => {
  const responder = createResponder();
  await responder.respond(loadFixture("events/by-iam-user"));
  responder.sns.resetHistory();
  responder.mallory.policies.clear();
  const early = change(
    eventOf(["CreateAccessKey", { userName }]),
    "detail.eventTime",
    "2025-03-04T05:06:07Z",
  );

  const outcome = await responder.respond(early, SETTINGS);

  expect([...responder.mallory.policies]).toEqual([POLICY_ARN]);
  expect(responder.mallory.inline.size).toBe(0);
  expect(outcome).toMatchObject({ status: "HELD", alerted: false });
  expect(responder.holds()).toEqual([]);
});

test("a deny that is off is a fight, whatever time somebody wrote for the quarantine", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  responder.mallory.tags.set("QuarantineTime", "2099-01-01T00:00:00.000Z");

  const outcome = await responder.respond(called(responder, ["CreateAccessKey", { userName }]), SETTINGS);

  expect(outcome).toMatchObject({ status: "RESTORED", severity: "CRITICAL", alerted: true });
});

test("tags that were taken off a denied user are written again, and mailed", async () => {
  const responder = await quarantined();
  responder.mallory.tags.clear();
  const untag: Call = ["UntagUser", { userName, tagKeys: ["SecurityStatus", "QuarantineTime"] }];

  const outcome = await responder.respond(called(responder, untag), SETTINGS);

  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
  expect(outcome).toMatchObject({ status: "RESTORED", alerted: true });
});

test.each<[string, Call]>([
  ["a key", ["CreateAccessKey", { userName }]],
  ["a boundary", ["DeleteUserPermissionsBoundary", { userName }]],
  ["tags that are gone", ["UntagUser", { userName, tagKeys: ["SecurityStatus"] }]],
])("%s of a user who was never quarantined changes nothing and mails nobody", async (_, call) => {
  const responder = createResponder({ mallory: { keys: new Map([[KEY, "Active"]]) } });

  const outcome = await responder.respond(called(responder, call), SETTINGS);

  expect(outcome).toMatchObject({ status: "IGNORED", alerted: false });
  expect(outcome.verdict.rule).toBe("not-quarantined");
  expect(writes(responder)).toEqual([]);
});

test("a user whom IAM does not show is not taken for one that is not quarantined: Lambda repeats the event", async () => {
  const responder = await quarantined();
  responder.iam.on(ListUserTagsCommand).rejects(iamError("Throttling", "Rate exceeded"));
  responder.mallory.policies.clear();

  const responding = responder.respond(called(responder, ["CreateAccessKey", { userName }]), SETTINGS);

  await expect(responding).rejects.toThrow("mallory could not be looked at: Throttling: Rate exceeded");
  expect(responder.alerts()).toEqual([]);
});

describe("who may undo", () => {
  test("is known by the role behind the session", async () => {
    const responder = await quarantined();
    responder.mallory.policies.clear();

    const outcome = await responder.respond(byRole(called(responder, DETACH), BREAK_GLASS), SETTINGS);

    expect(outcome).toMatchObject({ status: "IGNORED", alerted: false });
    expect(writes(responder)).toEqual([]);
  });

  test.each([
    ["the same name in another path", "arn:aws:iam::111122223333:role/BreakGlass", "x"],
    ["another role whose session has the name", "arn:aws:iam::111122223333:role/Developer", "BreakGlass"],
  ])("is nobody with %s", async (_, arn, session) => {
    const responder = await quarantined();
    responder.mallory.policies.clear();

    const outcome = await responder.respond(byRole(called(responder, DETACH), arn, session), SETTINGS);

    expect(outcome.status).toBe("RESTORED");
  });

  test.each([
    ["below its path, where it deletes the user", "/attack-simulation/", true, "IGNORED"],
    ["below its path, where the user stays", "/attack-simulation/", false, "RESTORED"],
    ["elsewhere", "/", false, "RESTORED"],
  ])("is, of the simulation, a matter of the user's path: %s", async (_, path, isDeleted, status) => {
    const responder = await quarantined({
      onSleep: () => void (isDeleted && responder.users.delete(userName)),
    });
    responder.mallory.policies.clear();
    responder.mallory.arn = `arn:aws:iam::111122223333:user${path}mallory`;
    const event = byRole(called(responder, DETACH), "arn:aws:iam::111122223333:role/attack-simulation");

    const outcome = await responder.respond(event, SETTINGS);

    expect(outcome.status).toBe(status);
  });
});

describe("a release", () => {
  const tags = (at: string) => released(at).map(([key, value]) => ({ key, value }));

  test("by who may is announced, with who, whose approval and why", async () => {
    const responder = await quarantined();
    const at = new Date(START + responder.slept() - 2_000).toISOString();
    released(at).forEach(([key, value]) => responder.mallory.tags.set(key, value));
    const event = called(responder, ["TagUser", { userName, tags: tags(at) }]);

    const outcome = await responder.respond(byRole(event, BREAK_GLASS), SETTINGS);

    expect(outcome).toMatchObject({ status: "RELEASED", severity: "LOW", alerted: true });
    expect(outcome.done).toEqual(["released by dana, approved by erin: a new colleague"]);
    expect(writes(responder)).toEqual([]);
  });

  test("by anybody else is none: the tags are ours again, and the user is denied by every way", async () => {
    const responder = await quarantined();
    const at = new Date(START + responder.slept()).toISOString();
    released(at).forEach(([key, value]) => responder.mallory.tags.set(key, value));
    responder.mallory.policies.clear();

    const outcome = await responder.respond(
      called(responder, ["TagUser", { userName, tags: tags(at) }]),
      SETTINGS,
    );

    expect(outcome).toMatchObject({ status: "RESTORED", severity: "CRITICAL" });
    expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
    expect(responder.mallory.policies).toContain(POLICY_ARN);
  });

  test("stands, whatever copies of older events arrive", async () => {
    const responder = await quarantined();
    const old = [
      called(responder, DETACH),
      called(responder, ["TagUser", { userName, tags: tags("2025-03-04T05:06:08Z") }]),
      loadFixture("events/by-iam-user"),
    ];
    await responder.advance(3 * 60_000);
    released(new Date(START + responder.slept()).toISOString()).forEach(([key, value]) =>
      responder.mallory.tags.set(key, value),
    );
    responder.mallory.policies.clear();

    const outcomes = [];
    for (const event of old) {
      outcomes.push(await responder.respond(event, SETTINGS));
    }

    expect(outcomes.map(({ verdict }) => verdict.rule)).toEqual(["released", "released", "released"]);
    expect(writes(responder)).toEqual([]);
  });

  test("that has ended does not stand", async () => {
    const responder = await quarantined();
    released(new Date(START + responder.slept()).toISOString()).forEach(([key, value]) =>
      responder.mallory.tags.set(key, value),
    );
    responder.mallory.tags.set("QuarantineReleasedUntil", new Date(START).toISOString());
    responder.mallory.policies.clear();

    const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

    expect(outcome.status).toBe("RESTORED");
  });
});

// The sweep reads the id: CloudTrail's record of the call does not state it.
test.each([
  ["a restored quarantine", "RESTORED", "DetachUserPolicy"],
  ["a call of a role that may undo it", "IGNORED", "may-undo"],
])("the line about %s has the id of the user", async (_, status, rule) => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  const detach = called(responder, DETACH);

  await responder.respond(status === "IGNORED" ? byRole(detach, BREAK_GLASS) : detach, SETTINGS);

  expect(responder.logLines.at(-1)).toMatchObject({ status, rule, userId: USER_ID });
});

test("a fight mails once per caller, and orders one look at a time", async () => {
  const responder = await quarantined();
  const outcomes = [];
  for (let round = 0; round < 5; round++) {
    responder.mallory.policies.clear();
    outcomes.push(await responder.respond(called(responder, DETACH), SETTINGS));
  }

  expect(outcomes.map(({ alerted }) => alerted)).toEqual([true, false, false, false, false]);
  expect(responder.alerts()).toHaveLength(1);
  expect(responder.holds()).toHaveLength(1);
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test("an undone quarantine whose alert was not published is alerted by Lambda's repetition", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  responder.sns.on(PublishCommand).rejectsOnce(new Error("SNS is down"));
  await expect(responder.respond(called(responder, DETACH), SETTINGS)).rejects.toThrow("SNS is down");

  const outcome = await responder.respond(called(responder, DETACH), SETTINGS);

  expect(outcome).toMatchObject({ status: "RESTORED", alerted: true });
});

test("a fight does not become a bill: after a hundred times, one alert says what helps", async () => {
  const responder = await quarantined();
  const outcomes = [];
  for (let round = 0; round < 103; round++) {
    responder.mallory.policies.clear();
    outcomes.push(await responder.respond(called(responder, DETACH), SETTINGS));
  }

  expect(outcomes.slice(98).map(({ status, alerted }) => [status, alerted])).toEqual([
    ["RESTORED", false],
    ["RESTORED", false],
    ["ABANDONED", true],
    ["ABANDONED", false],
    ["ABANDONED", false],
  ]);
  expect(responder.alerts().at(-1)?.email).toContain("Only the guard");
});

test("a deny that cannot be put back is a failure that Lambda repeats", async () => {
  const responder = await quarantined();
  responder.mallory.policies.clear();
  responder.iam.rejects(iamError("AccessDenied", "a service control policy says no", 403));

  await expect(responder.respond(called(responder, DETACH), SETTINGS)).rejects.toThrow("is NOT contained");
  expect(responder.alerts()[0]?.json).toMatchObject({ status: "FAILED", severity: "CRITICAL" });
});

describe("a changed quarantine policy", () => {
  const CHANGED: Call = ["SetDefaultPolicyVersion", { policyArn: POLICY_ARN, versionId: "v2" }];
  const encoded = (document: unknown) => encodeURIComponent(JSON.stringify(document));

  async function tampered(): Promise<Responder> {
    const responder = await quarantined();
    responder.users.set("zoe", fakeUser({ userId: "AIDAZOEZOEZOEZOE", boundary: POLICY_ARN }));
    responder.users.set("bob", fakeUser({ userId: "AIDABOBBOBBOBBOB" }));
    responder.iam.on(GetPolicyCommand).resolves({ Policy: { DefaultVersionId: "v2" } });
    responder.iam
      .on(GetPolicyVersionCommand)
      .resolves({ PolicyVersion: { Document: encoded({ Statement: [] }) } })
      .on(GetPolicyVersionCommand, { PolicyArn: POLICY_ARN, VersionId: "v1" })
      .resolves({ PolicyVersion: { Document: encoded(QUARANTINE_DOCUMENT) } });
    responder.iam
      .on(ListPolicyVersionsCommand)
      .resolves({ Versions: [{ VersionId: "v2" }, { VersionId: "v1" }] });
    return responder;
  }

  test("denies every user that it quarantined inline, nobody else, and is set right", async () => {
    const responder = await tampered();

    const outcome = await responder.respond(called(responder, CHANGED), SETTINGS);

    expect(responder.mallory.inline.size).toBe(1);
    expect(responder.users.get("zoe")?.inline.size).toBe(1);
    expect(responder.users.get("bob")?.inline.size).toBe(0);
    expect(responder.iam.commandCalls(SetDefaultPolicyVersionCommand)[0]?.args[0].input).toEqual({
      PolicyArn: POLICY_ARN,
      VersionId: "v1",
    });
    expect(outcome).toMatchObject({ status: "RESTORED", severity: "CRITICAL", alerted: true, userName: "" });
    expect(outcome.done).toContain("made v1 the default version of the quarantine policy again");
    expect(outcome.done).toContain("mallory: put the inline policy AutomatedSecurityQuarantine");
  });

  test("without a version that denies everything is left to a deployment, and the alert says so", async () => {
    const responder = await tampered();
    responder.iam.on(ListPolicyVersionsCommand).resolves({ Versions: [{ VersionId: "v2" }] });

    const outcome = await responder.respond(called(responder, CHANGED), SETTINGS);

    expect(outcome.status).toBe("RESTORED");
    expect(outcome.failed).toContainEqual({
      step: "set the quarantine policy right",
      error: "Error: no version of the policy denies everything: deploy the account again",
    });
  });

  test("is a failure while a user of it stays free", async () => {
    const responder = await tampered();
    responder.iam.on(PutUserPolicyCommand).rejects(iamError("AccessDenied", "no", 403));

    await expect(responder.respond(called(responder, CHANGED), SETTINGS)).rejects.toThrow("NOT contained");

    const { email = "", json = {} } = responder.alerts()[0] ?? {};
    expect(json).toMatchObject({ status: "FAILED", userName: "" });
    expect(email).toContain("aws iam set-default-policy-version");
    // There is no one user to deny.
    expect(email).not.toContain("--user-name");
  });

  test("that still denies everything, or that who may has changed, is left alone", async () => {
    const intact = await quarantined();
    const allowed = await tampered();

    const outcomes = [
      await intact.respond(called(intact, CHANGED), SETTINGS),
      await allowed.respond(byRole(called(allowed, CHANGED), BREAK_GLASS), SETTINGS),
    ];

    expect(outcomes.map(({ verdict }) => verdict.rule)).toEqual(["policy-intact", "may-undo"]);
    expect([...writes(intact), ...writes(allowed)]).toEqual([]);
  });
});
