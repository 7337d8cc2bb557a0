import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  GetAccountAuthorizationDetailsCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAccessKeysCommand,
  type UserDetail,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { QUARANTINE_DOCUMENT } from "../../../functions/contract";
import type { SweepSettings } from "../../../functions/quarantine-sweep/settings";
import { sweep } from "../../../functions/quarantine-sweep/sweep";
import type { SweepRequest } from "../../../functions/security-response/sweep-request";
import { createLog } from "../../../functions/shared/log";
import type { Pause } from "../../../functions/shared/pause";
import { POLICY_ARN, SETTINGS } from "../../support/functions/responder";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const MINUTE = 60_000;
const DEPLOYED = NOW - 30 * 86_400_000;
const DENIED = { AttachedManagedPolicies: [{ PolicyName: "x", PolicyArn: POLICY_ARN }] };

const ago = (minutes: number) => new Date(NOW - minutes * MINUTE);
const user = (UserName: string, minutes: number, parts: UserDetail = {}): UserDetail => ({
  UserName,
  UserId: `AIDA${UserName.toUpperCase().padEnd(16, "0")}`,
  Arn: `arn:aws:iam::111122223333:user/${UserName}`,
  CreateDate: ago(minutes),
  ...parts,
});
const tags = (status: string, more: Record<string, string> = {}) => ({
  Tags: Object.entries({ SecurityStatus: status, QuarantineTime: ago(60).toISOString(), ...more }).map(
    ([Key, Value]) => ({ Key, Value }),
  ),
});
const quarantined = (name: string, minutes = 60) =>
  user(name, minutes, { ...DENIED, ...tags("QUARANTINED", { QuarantineMethod: "managed-policy" }) });

const recordOf = ({ UserName, UserId, CreateDate }: UserDetail, creator = "intruder") => ({
  eventID: `event-of-${UserName}`,
  eventSource: "iam.amazonaws.com",
  eventName: "CreateUser",
  eventTime: CreateDate?.toISOString(),
  awsRegion: "us-east-1",
  recipientAccountId: "111122223333",
  userIdentity: { type: "IAMUser", arn: `arn:aws:iam::111122223333:user/${creator}` },
  requestParameters: { userName: UserName },
  responseElements: { user: { userName: UserName, userId: UserId } },
});

interface Account {
  readonly users?: readonly UserDetail[];
  readonly records?: readonly object[];
  /** Ids of users for whom the responder's log has an answer. */
  readonly answered?: readonly (string | undefined)[];
  readonly settings?: Partial<SweepSettings>;
  readonly keys?: "Active" | "Inactive";
  readonly document?: object;
  /** Lookups that CloudTrail refuses before it answers. */
  readonly throttled?: number;
  /** Milliseconds until Lambda ends the function. */
  readonly time?: number;
  readonly isLogDenied?: boolean;
  /** Lines of the responder's log, and how many minutes ago they were written, besides `answered`. */
  readonly log?: readonly (readonly [minutes: number, line: object])[];
  /** What the responder's own environment states; an error where it cannot be read. */
  readonly pause?: Pause | Error;
}

/** Sweeps a fake account. CloudTrail finds records by user name or event name. */
async function run(account: Account) {
  const { users = [], records = [], answered = [], settings = {}, keys, throttled = 0 } = account;
  const asked: SweepRequest[] = [];
  const lines: Record<string, unknown>[] = [];
  const lookups: number[] = [];
  let now = NOW;
  const iam = new IAMClient({ region: "us-east-1" });
  const iamMock = mockClient(iam);
  iamMock.on(GetAccountAuthorizationDetailsCommand).callsFake(({ Marker = "0" }: { Marker?: string }) => {
    const first = Number(Marker);
    const isMore = first + 2 < users.length;
    return {
      UserDetailList: users.slice(first, first + 2),
      IsTruncated: isMore,
      ...(isMore && { Marker: String(first + 2) }),
    };
  });
  iamMock
    .on(GetPolicyCommand)
    .resolves({ Policy: { CreateDate: new Date(DEPLOYED), DefaultVersionId: "v1" } });
  const Document = encodeURIComponent(JSON.stringify(account.document ?? QUARANTINE_DOCUMENT));
  iamMock.on(GetPolicyVersionCommand).resolves({ PolicyVersion: { Document } });
  iamMock.on(ListAccessKeysCommand).resolves({
    AccessKeyMetadata: keys ? [{ AccessKeyId: "AKIAIOSFODNN7EXAMPLE", Status: keys }] : [],
  });
  const cloudTrail = new CloudTrailClient({ region: "us-east-1" });
  mockClient(cloudTrail)
    .on(LookupEventsCommand)
    .callsFake(({ LookupAttributes, StartTime, EndTime }: LookupEventsCommand["input"]) => {
      lookups.push(now);
      if (lookups.length <= throttled) {
        throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
      }
      const [{ AttributeKey, AttributeValue } = {}] = LookupAttributes ?? [];
      const found = (records as ReturnType<typeof recordOf>[]).filter(
        (record) =>
          (AttributeKey === "EventName" ? record.eventName : record.requestParameters.userName) ===
            AttributeValue &&
          Date.parse(record.eventTime ?? "") >= Number(StartTime) &&
          Date.parse(record.eventTime ?? "") <= Number(EndTime ?? now),
      );
      return { Events: found.map((record) => ({ CloudTrailEvent: JSON.stringify(record) })) };
    });
  const logs = new CloudWatchLogsClient({ region: "us-east-1" });
  const log = mockClient(logs).on(FilterLogEventsCommand);
  if (account.isLogDenied) {
    log.rejects(new Error("no"));
  } else {
    log.callsFake(({ startTime = 0 }: FilterLogEventsCommand["input"]) => ({
      events: [
        ...answered.map((userId) => ({ message: JSON.stringify({ userId, status: "x" }), timestamp: NOW })),
        ...(account.log ?? []).map(([minutes, line]) => ({
          message: JSON.stringify(line),
          timestamp: ago(minutes).getTime(),
        })),
      ].filter(({ timestamp }) => timestamp >= startTime),
    }));
  }
  const tools = {
    ...{ iam, cloudTrail, logs, clock: () => now, random: () => 0 },
    ask: (request: SweepRequest) => {
      asked.push(request);
      return Promise.resolve();
    },
    pause: () =>
      account.pause instanceof Error ? Promise.reject(account.pause) : Promise.resolve(account.pause),
    sleep: (ms: number) => {
      now += ms;
      return Promise.resolve();
    },
    log: createLog((line) => lines.push(JSON.parse(line) as Record<string, unknown>)),
  };
  const all = { ...SETTINGS, everyMinutes: 15, unknownCreator: "alert" as const, ...settings };
  const report = await sweep(all, tools, () => (account.time ?? 290_000) - (now - NOW));
  return {
    report,
    asked,
    lines,
    lookups,
    calls: iamMock.calls().map(({ args }) => args[0].constructor.name),
  };
}

const whoIs = (asked: readonly SweepRequest[]) =>
  asked.map((request) => {
    switch (request.found) {
      case "event":
        return `event ${String((request.event["detail"] as { eventID: string }).eventID)}`;
      case "policy":
        return "policy";
      case "gap":
      case "unknown-creator":
        return `${request.found} ${request.user.userName}`;
    }
  });

describe("a creation whose event was lost", () => {
  const eve = user("eve", 20);

  test("is handed to the responder as EventBridge would have brought it", async () => {
    const record = recordOf(eve);

    const { asked, report } = await run({ users: [eve], records: [record] });

    expect(asked).toEqual([
      {
        kind: "sweep",
        found: "event",
        answered: false,
        event: {
          ...{ version: "0", id: record.eventID, "detail-type": "AWS API Call via CloudTrail" },
          ...{ source: "aws.iam", account: "111122223333", time: record.eventTime, region: "us-east-1" },
          resources: [],
          detail: record,
        },
      },
    ]);
    expect(report).toMatchObject({ candidates: 1, recovered: 1, unknown: 0, gaps: 0, left: 0 });
  });

  test.each<[string, UserDetail, string[]]>([
    ["is not looked for while its event may still come", user("eve", 4), []],
    ["is looked for when its event must have come", user("eve", 5), ["event event-of-eve"]],
    ["is looked for within a week", user("eve", 7 * 24 * 60 - 1), ["event event-of-eve"]],
    ["is not looked for after a week", user("eve", 7 * 24 * 60), []],
    ["of a user who is denied everything is answered", quarantined("eve", 20), []],
    [
      "is looked for whatever tags its creator wrote",
      user("eve", 20, tags("RELEASED", { QuarantineReleasedUntil: "2099-01-01T00:00:00Z" })),
      ["event event-of-eve"],
    ],
  ])("%s", async (_, created, expected) => {
    const { asked } = await run({ users: [created], records: [recordOf(created)] });

    expect(whoIs(asked)).toEqual(expected);
  });

  // The user may make such a call itself.
  test.each(["IGNORED", "VANISHED"])(
    "is looked for though the log has a line %s about another call",
    async (status) => {
      const old = user("eve", 120);
      const line = { userId: old.UserId, status, rule: "not-quarantined" };

      const { asked, report } = await run({ users: [old], records: [recordOf(old)], log: [[110, line]] });

      expect(asked).toMatchObject([{ found: "event", answered: false }]);
      expect(report.recovered).toBe(1);
    },
  );

  // Somebody may keep Lambda's concurrency for so long that the event is a dead letter, and no sweep runs.
  test.each([
    [23, false],
    [25, true],
    [100, true],
  ])(
    "is looked for after %d hours; people may have released it, whose answer the log does not show: %s",
    async (hours, answered) => {
      const old = user("eve", hours * 60);

      const { asked } = await run({ users: [old], records: [recordOf(old)] });

      expect(asked).toMatchObject([{ found: "event", answered }]);
    },
  );

  test("is found under the name of before a rename, and by its id among others of that moment", async () => {
    const others = [recordOf(user("mallory", 20)), recordOf({ ...eve, UserName: "zoe" })];

    const { asked } = await run({ users: [eve], records: others });

    expect(whoIs(asked)).toEqual(["event event-of-zoe"]);
  });

  test("is not another user's of the same name", async () => {
    const before = recordOf({ ...eve, UserId: "AIDAANOTHERUSER12345" });

    const { asked } = await run({ users: [eve], records: [before] });

    expect(whoIs(asked)).toEqual(["unknown-creator eve"]);
  });
});

describe("a gap is handed on with the record of who made it", () => {
  const eve = user("eve", 60, tags("QUARANTINED"));
  const call = (eventName: string, minutes: number, requestParameters: object = {}, role = "Intruder") => ({
    ...recordOf(eve),
    ...{ eventID: `${eventName} by ${role}`, eventName, eventTime: ago(minutes).toISOString() },
    userIdentity: {
      type: "AssumedRole",
      sessionContext: { sessionIssuer: { arn: `arn:aws:iam::111122223333:role/${role}` } },
    },
    requestParameters: { userName: "eve", ...requestParameters },
  });
  const detach = (minutes: number, role?: string) =>
    call("DetachUserPolicy", minutes, { policyArn: POLICY_ARN }, role);
  const eventOf = async (records: readonly object[], throttled = 0) => {
    const { asked } = await run({ users: [eve], records, throttled });
    const [request] = asked;
    expect(request).toMatchObject({ found: "gap", user: { userName: "eve" } });
    return request?.found === "gap" ? request.event?.["id"] : undefined;
  };

  test.each([
    ["the last one that took a deny off", [call("CreateAccessKey", 5), detach(10), detach(20, "Other")]],
    ["which is not the responder's", [detach(5, "security-response"), detach(10)]],
    [
      "nor one that concerns another policy",
      [call("DetachUserPolicy", 5, { policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }), detach(10)],
    ],
    ["nor one that cannot be read", [call("DetachUserPolicy", 5), detach(10)]],
    ["nor one of before the quarantine", [detach(10), detach(120, "Earlier")]],
  ])("%s", async (_, records) => {
    expect(await eventOf(records)).toBe("DetachUserPolicy by Intruder");
  });

  test("or the last that may have undone it, when none took a deny off", async () => {
    expect(await eventOf([call("CreateAccessKey", 5), call("CreateAccessKey", 10, {}, "Other")])).toBe(
      "CreateAccessKey by Intruder",
    );
  });

  test("and without one when CloudTrail has none, or refuses", async () => {
    expect(await eventOf([detach(120)])).toBeUndefined();
    expect(await eventOf([detach(10)], 1_000)).toBeUndefined();
  });

  test("of twenty users at most", async () => {
    const users = Array.from({ length: 25 }, (_, index) => user(`u${index}`, 2_000, tags("QUARANTINED")));

    const { asked, lookups } = await run({ users });

    expect(asked).toHaveLength(25);
    expect(lookups).toHaveLength(20);
  });
});

describe("a user of whose creation CloudTrail has no record", () => {
  test("is left to CloudTrail for a quarter of an hour", async () => {
    const { asked, report } = await run({ users: [user("eve", 14)] });

    expect(asked).toEqual([]);
    expect(report.candidates).toBe(1);
  });

  test("is handed on with what the settings say", async () => {
    const { asked, report } = await run({
      users: [user("eve", 16)],
      settings: { unknownCreator: "quarantine" },
    });

    expect(asked).toMatchObject([{ found: "unknown-creator", action: "quarantine" }]);
    expect(report).toMatchObject({ recovered: 0, unknown: 1 });
  });

  test("is handed on once", async () => {
    const eve = user("eve", 16);

    const { asked } = await run({ users: [eve], answered: [eve.UserId] });

    expect(asked).toEqual([]);
  });
});

describe("a user whom the responder's log calls answered", () => {
  const eve = user("eve", 20);
  const account = { users: [eve], records: [recordOf(eve)], answered: [eve.UserId] };

  test("is handed on all the same when its record calls for a quarantine: a line in a log can be forged", async () => {
    const { asked, report } = await run(account);

    expect(whoIs(asked)).toEqual(["event event-of-eve"]);
    expect(report.recovered).toBe(0);
  });

  test("is left alone when the record is trusted", async () => {
    const trust = { creators: [{ arn: "arn:aws:iam::111122223333:user/intruder" }], users: [] };

    const { asked } = await run({ ...account, settings: { trust } });

    expect(asked).toEqual([]);
  });

  test("is not looked up where the account observes, nor for longer than two sweeps", async () => {
    const observed = await run({ ...account, settings: { mode: "observe" } });
    const older = user("eve", 60);
    const late = await run({ users: [older], records: [recordOf(older)], answered: [older.UserId] });

    expect([...observed.lookups, ...late.lookups]).toEqual([]);
  });

  test("counts for nothing when the log cannot be read", async () => {
    const { asked, report, lines } = await run({ ...account, isLogDenied: true });

    expect(whoIs(asked)).toEqual(["event event-of-eve"]);
    expect(report.recovered).toBe(0);
    expect(lines[0]).toMatchObject({ level: "warn", message: "The responder's log cannot be read" });
  });
});

// More than an hour after its quarantine, the attacker renames the user, takes deny and tags off, and renames
// it again, so that no event has its present name.
describe("a user who was denied, and has neither deny nor tags any more,", () => {
  const HOURS = 60;
  const eve = user("eve", 30 * HOURS);
  const line = (status: string, rule = "default") => ({ userId: eve.UserId, status, rule });
  const account = { users: [eve], records: [recordOf(eve)] };
  const QUARANTINED = [29 * HOURS, line("QUARANTINED")] as const;

  test.each(["QUARANTINED", "RESTORED", "HELD", "ABANDONED"])(
    "as the line %s says, is judged again",
    async (status) => {
      const { asked, report } = await run({ ...account, log: [[29 * HOURS, line(status)]] });

      expect(asked).toMatchObject([{ found: "event", answered: true }]);
      expect(report.recovered).toBe(0);
    },
  );

  test.each([
    ["people have released it", line("RELEASED"), []],
    ["its release was noticed by a late event", line("IGNORED", "released"), []],
    ["a role that may undo a quarantine has freed it", line("IGNORED", "may-undo"), []],
    ["its creator is trusted since", line("TRUSTED", "creators[0]"), []],
    ["another call was ignored", line("IGNORED", "not-quarantined"), ["event event-of-eve"]],
    ["it was not found once", line("VANISHED"), ["event event-of-eve"]],
  ])("unless the log says what explains it: %s", async (_, later, expected) => {
    // In either order: the lines come from several streams.
    const runs = [
      await run({ ...account, log: [QUARANTINED, [28 * HOURS, later]] }),
      await run({ ...account, log: [[28 * HOURS, later], QUARANTINED] }),
    ];

    expect(runs.map(({ asked }) => whoIs(asked))).toEqual([expected, expected]);
  });

  test("is judged again though it was released before it was denied again", async () => {
    const { asked } = await run({ ...account, log: [[29.5 * HOURS, line("RELEASED")], QUARANTINED] });

    expect(whoIs(asked)).toEqual(["event event-of-eve"]);
  });

  test("is left alone while its tags say that it has been released, and where nobody is denied", async () => {
    const free = user("eve", 30 * HOURS, tags("RELEASED"));
    const PAUSED = { until: NOW + HOURS * MINUTE, by: "alice" };

    const runs = [
      await run({ ...account, users: [free], log: [QUARANTINED] }),
      await run({ ...account, settings: { mode: "observe" }, log: [QUARANTINED] }),
      await run({ ...account, pause: PAUSED, log: [QUARANTINED] }),
    ];

    expect(runs.map(({ asked }) => asked)).toEqual([[], [], []]);
  });
});

describe("a user whom a pause has left alone", () => {
  const HOURS = 60;
  const eve = user("eve", 20 * HOURS);
  const left = { userId: eve.UserId, status: "OBSERVED", rule: "paused" };
  const account = { users: [eve], records: [recordOf(eve)], log: [[19 * HOURS, left]] as const };
  const PAUSED = { until: NOW + HOURS * MINUTE, by: "alice" };

  test("is handed on after the end, at an age at which others that were answered are not looked up", async () => {
    const { asked, report } = await run(account);

    expect(whoIs(asked)).toEqual(["event event-of-eve"]);
    expect(report).toMatchObject({ candidates: 1, afterPause: 1, recovered: 0 });
  });

  test("waits while the pause lasts, and is not alerted again and again", async () => {
    const young = user("zoe", 20);
    const line = { userId: young.UserId, status: "OBSERVED", rule: "paused" };

    const { asked, lookups } = await run({
      ...{ users: [eve, young], records: [recordOf(eve), recordOf(young)], pause: PAUSED },
      log: [...account.log, [10, line]],
    });

    expect(asked).toEqual([]);
    expect(lookups).toEqual([]);
  });

  test("is handed on after days of one pause after the other", async () => {
    const old = user("eve", 6 * 24 * HOURS);

    const { asked } = await run({
      users: [old],
      records: [recordOf(old)],
      log: [[6 * 24 * HOURS - 1, left]],
    });

    expect(whoIs(asked)).toEqual(["event event-of-eve"]);
  });

  test.each([
    ["who is released since", { status: "RELEASED", rule: "TagUser" }, []],
    ["who is trusted since", { status: "TRUSTED", rule: "creators[0]" }, []],
    ["who is released by people", { status: "IGNORED", rule: "released" }, []],
    [
      "who has called IAM itself, which was ignored",
      { status: "IGNORED", rule: "not-quarantined" },
      ["event event-of-eve"],
    ],
    ["who was not found once", { status: "VANISHED", rule: "default" }, ["event event-of-eve"]],
    ["whom another pause has left alone", { status: "OBSERVED", rule: "paused" }, ["event event-of-eve"]],
  ])("and %s is looked up or not", async (_, line, expected) => {
    // In either order: the lines come from several streams.
    const later = [18 * HOURS, { userId: eve.UserId, ...line }] as const;

    const runs = [
      await run({ ...account, log: [...account.log, later] }),
      await run({ ...account, log: [later, ...account.log] }),
    ];

    expect(runs.map(({ asked }) => whoIs(asked))).toEqual([expected, expected]);
  });

  test("and who was answered before a second creation event in the pause is looked up", async () => {
    const answered = { userId: eve.UserId, status: "TRUSTED", rule: "creators[0]" };

    const { asked } = await run({ ...account, log: [[20 * HOURS, answered], ...account.log] });

    expect(whoIs(asked)).toEqual(["event event-of-eve"]);
  });

  test("is asked about again when CloudTrail has no record of it", async () => {
    const { asked, report } = await run({
      ...{ ...account, records: [], settings: { unknownCreator: "quarantine" } },
    });

    expect(asked).toMatchObject([{ found: "unknown-creator", action: "quarantine" }]);
    expect(report).toMatchObject({ unknown: 0, afterPause: 1 });
  });
});

describe("in a pause", () => {
  const PAUSED = { until: NOW + 60 * MINUTE, by: "alice" };

  test("a creation whose event was lost is handed on, so that people are alerted", async () => {
    const eve = user("eve", 20);

    const { asked, lines } = await run({ users: [eve], records: [recordOf(eve)], pause: PAUSED });

    expect(whoIs(asked)).toEqual(["event event-of-eve"]);
    expect(lines[0]).toMatchObject({
      level: "warn",
      message: "The quarantine is PAUSED until 2026-06-01T13:00:00Z by alice",
    });
  });

  test("an existing quarantine is kept, and a release that has ended waits", async () => {
    const over = { QuarantineReleasedUntil: ago(5).toISOString() };
    const users = [user("eve", 60, tags("QUARANTINED")), user("zoe", 20_000, tags("RELEASED", over))];

    const paused = await run({ users, pause: PAUSED });
    const after = await run({ users, pause: { ...PAUSED, until: NOW } });

    expect(whoIs(paused.asked)).toEqual(["gap eve"]);
    expect(whoIs(after.asked)).toEqual(["gap eve", "gap zoe"]);
  });

  test("whose end is too far ahead, or that cannot be read, all is as without one", async () => {
    const users = [user("zoe", 20_000, tags("RELEASED", { QuarantineReleasedUntil: ago(5).toISOString() }))];

    const forged = await run({ users, pause: { ...PAUSED, until: Date.parse("9999-01-01T00:00:00Z") } });
    const unread = await run({ users, pause: new Error("no") });

    expect([...whoIs(forged.asked), ...whoIs(unread.asked)]).toEqual(["gap zoe", "gap zoe"]);
    expect(unread.lines[0]).toMatchObject({ message: "Whether the quarantine is paused is not known" });
  });
});

test("users older than the first deployment are never touched, whatever their tags say", async () => {
  const old = { CreateDate: new Date(DEPLOYED - 1_000) };

  const { asked, report } = await run({
    users: [user("eve", 20, { ...old, ...tags("QUARANTINED") }), user("zoe", 20, old)],
  });

  expect(asked).toEqual([]);
  expect(report.users).toBe(0);
});

describe("the quarantine of a user", () => {
  test.each<[string, Account, string[]]>([
    ["that is whole is left alone", { users: [quarantined("eve")], keys: "Inactive" }, []],
    ["without its deny has a gap", { users: [user("eve", 60, tags("QUARANTINED"))] }, ["gap eve"]],
    [
      "without one of several denies has a gap",
      {
        users: [
          user("eve", 60, {
            ...DENIED,
            ...tags("QUARANTINED", { QuarantineMethod: "managed-policy inline-policy" }),
          }),
        ],
      },
      ["gap eve"],
    ],
    [
      "that failed has a gap",
      { users: [user("eve", 60, { ...DENIED, ...tags("QUARANTINE_FAILED") })] },
      ["gap eve"],
    ],
    ["without its tags has a gap", { users: [user("eve", 60, DENIED)] }, ["gap eve"]],
    ["with an active key has a gap", { users: [quarantined("eve")], keys: "Active" }, ["gap eve"]],
    [
      "of a moment ago is left to those who make it",
      { users: [user("eve", 3, tags("QUARANTINED", { QuarantineTime: ago(1).toISOString() }))] },
      [],
    ],
    [
      "that is said to begin later has a gap",
      { users: [user("eve", 60, tags("QUARANTINED", { QuarantineTime: ago(-60).toISOString() }))] },
      ["gap eve"],
    ],
    [
      "from which it is released is left alone",
      { users: [user("eve", 20_000, tags("RELEASED", { QuarantineReleasedUntil: ago(-5).toISOString() }))] },
      [],
    ],
    [
      "from which its release has ended is taken up again",
      { users: [user("eve", 2_000, tags("RELEASED", { QuarantineReleasedUntil: ago(5).toISOString() }))] },
      ["gap eve"],
    ],
    [
      "does not matter where the account observes",
      { users: [user("eve", 20_000, tags("QUARANTINED"))], settings: { mode: "observe" } },
      [],
    ],
  ])("%s", async (_, account, expected) => {
    const { asked, report } = await run(account);

    expect(whoIs(asked)).toEqual(expected);
    expect(report.gaps).toBe(expected.length);
  });

  test("rests on a policy: one that denies nothing is handed on once, and not each of its users", async () => {
    const { asked } = await run({
      users: [quarantined("eve"), quarantined("zoe")],
      document: { Statement: [] },
    });

    expect(whoIs(asked)).toEqual(["policy"]);
  });
});

describe("CloudTrail's limit of two lookups a second", () => {
  const many = Array.from({ length: 300 }, (_, index) => user(`user${index}`, 20 + index));

  test("is kept for 300 candidates, in one sweep", async () => {
    const { lookups, report } = await run({ users: many, records: many.map((each) => recordOf(each)) });

    const gaps = lookups.slice(1).map((at, index) => at - (lookups[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
    expect(report).toMatchObject({ candidates: 300, recovered: 300, left: 0 });
  });

  test("is waited out when others use it up", async () => {
    const { asked, report } = await run({
      users: many.slice(0, 2),
      records: many.map((each) => recordOf(each)),
      throttled: 3,
    });

    expect(asked).toHaveLength(2);
    expect(report).toMatchObject({ recovered: 2, left: 0, failures: [] });
  });

  test("ends the lookups of a sweep when it lasts, and the sweep says that it failed", async () => {
    const { report } = await run({ users: many.slice(0, 2), throttled: 1_000 });

    expect(report).toMatchObject({ recovered: 0, left: 2 });
    expect(report.failures).toEqual([expect.stringMatching(/^look creations up: Throttling/)]);
  });
});

test("what a sweep has no time for it leaves, the oldest first, and users without an answer before others", async () => {
  const young = user("young", 20);
  const answered = user("answered", 40);
  const old = user("old", 60);

  const { asked, report } = await run({
    users: [young, answered, old],
    records: [young, answered, old].map((each) => recordOf(each)),
    answered: [answered.UserId],
    // Besides what is kept back, time for two lookups.
    time: 10_000 + 5_000 + 500,
  });

  expect(whoIs(asked)).toEqual(["event event-of-old", "event event-of-young"]);
  expect(report.left).toBe(1);
});

test("a sweep at rest makes four calls of IAM, and none of CloudTrail", async () => {
  const eve = user("eve", 3_000);

  const { calls, lookups } = await run({ users: [eve], answered: [eve.UserId] });

  expect(calls).toEqual([
    "GetPolicyCommand",
    "GetAccountAuthorizationDetailsCommand",
    "GetPolicyCommand",
    "GetPolicyVersionCommand",
  ]);
  expect(lookups).toEqual([]);
});

test("an account without the quarantine policy cannot be swept, and says so", async () => {
  const iam = new IAMClient({ region: "us-east-1" });
  mockClient(iam).on(GetPolicyCommand).resolves({ Policy: {} });
  const tools = { iam, clock: () => NOW } as unknown as Parameters<typeof sweep>[1];
  const settings = { ...SETTINGS, everyMinutes: 15, unknownCreator: "alert" } as const;

  await expect(sweep(settings, tools, () => 60_000)).rejects.toThrow("states no time of the creation");
});
