import {
  DRILL_FACTS,
  readDrillFact,
  SWEEP_FACTS,
  type FactRoles,
} from "../../../functions/security-notifier/drill-facts";
import {
  findSilence,
  checkTime,
  readSilenceRequest,
  readSince,
  silenceMetrics,
  type SilenceCheck,
} from "../../../functions/security-notifier/silence";
import { compileFilterPattern } from "../../../lab/cloudwatch/filter-pattern";
import { apiCallEvent, MEMBER, sessionOf } from "../../support/functions/api-call-event";
import { drillEnded, drillUserCreated, drillUserQuarantined } from "../../support/functions/drill-events";

const SECURITY = "111122223333";
const OTHER = "444455556666";
const HOUR_MS = 3_600_000;
const NOON = Date.parse("2026-11-26T12:00:00Z");
const roles: FactRoles = {
  securityAccountId: SECURITY,
  deploymentRoleOf: (accountId) => `arn:aws:iam::${accountId}:role/ci/Deployer`,
};
const request = (...accounts: readonly string[]) => ({
  kind: "silent-accounts",
  everyHours: 24,
  part: 1,
  parts: 1,
  accounts: accounts.length > 0 ? accounts : [`${MEMBER} research`],
});
const check = (...accounts: readonly string[]) => readSilenceRequest(request(...accounts)) as SilenceCheck;

/** What one entry of the audit log says that was written some hours before noon. */
const fact = (hoursBefore: number, event: unknown) => {
  const ingestedAt = NOON - hoursBefore * HOUR_MS;
  const read = readDrillFact({ event: event as Record<string, unknown>, ingestedAt }, roles);
  return read === undefined ? [] : [read];
};
const isoBefore = (hoursBefore: number, seconds = 0) =>
  new Date(NOON - hoursBefore * HOUR_MS - seconds * 1_000).toISOString();

/** A drill that passed, and what else came of it, some hours before noon. */
function passed(hoursBefore: number, accountId = MEMBER) {
  const fields = { accountId, userName: `drill-${hoursBefore}`, createdAt: isoBefore(hoursBefore, 40) };
  return [
    ...fact(hoursBefore, drillUserCreated(fields)),
    ...fact(hoursBefore + 20 / 3_600, drillUserQuarantined(fields)),
    ...fact(hoursBefore, drillEnded({}, fields)),
  ];
}

/** A drill whose user this role created. */
const createdBy = (role: string) => [
  ...fact(1, drillUserCreated({ createdAt: isoBefore(1) }, sessionOf(role))),
  ...fact(1, drillEnded()),
];

const failed = (hoursBefore: number) =>
  fact(hoursBefore, drillEnded({ status: "FAILED" }, { userName: `drill-${hoursBefore}` }));

/** A rollout created the account's drill. */
const deployed = (hoursBefore: number, role = roles.deploymentRoleOf(MEMBER), heard = hoursBefore) =>
  fact(
    heard,
    apiCallEvent({
      eventTime: isoBefore(hoursBefore),
      ...{ service: "lambda", eventName: "CreateFunction20150331", userIdentity: sessionOf(role) },
      requestParameters: { functionName: "quarantine-drill" },
    }),
  );

/** A rollout changed the list of accounts in the security account. */
const listed = (hoursBefore: number, accountId = SECURITY, heard = hoursBefore) =>
  fact(
    heard,
    apiCallEvent({
      eventTime: isoBefore(hoursBefore),
      ...{ service: "events", eventName: "PutTargets", accountId },
      userIdentity: sessionOf(roles.deploymentRoleOf(accountId)),
      requestParameters: { rule: "security-events-silent-accounts-1", targets: [] },
    }),
  );

describe("an account is silent", () => {
  const silentIds = (facts: Parameters<typeof findSilence>[0], at = NOON) =>
    findSilence(facts, check(), at).silent.map(({ id }) => id);

  test.each([
    ["passed yesterday", passed(20), false],
    ["passed almost two periods ago", passed(47.9), false],
    ["passed two periods ago", passed(48), true],
    ["passed once the check had begun", passed(-0.1), true],
    ["failed an hour ago", failed(1), true],
    ["failed an hour ago, and passed before", [...failed(1), ...passed(25)], false],
    ["of which nothing was ever heard", [], true],
    ["of which nothing was heard since its drill was rolled out yesterday", deployed(20), false],
    ["of which nothing was heard since its drill was rolled out two periods ago", deployed(48), true],
    // An archive of the account's default bus can put the records there again and again (StartReplay).
    ["whose old record of a rollout is replayed", deployed(60, undefined, 1), true],
    ["and the old record of a changed list is replayed", listed(60, undefined, 1), true],
    ["whose drill somebody else created", deployed(1, `arn:aws:iam::${MEMBER}:role/Admin`), true],
    ["that passed long ago, and whose drill was created again", [...passed(60), ...deployed(1)], true],
    ["of which nothing was heard since the list was changed yesterday", listed(20), false],
    ["of which nothing was heard since the list was changed two periods ago", listed(48), true],
    ["of which nothing was heard, in the hour in which the list is changed", listed(-0.1), false],
    ["of which nothing was heard, in the hour in which its drill is rolled out", deployed(-0.1), false],
    ["whose own administrators say that the list was changed", listed(1, MEMBER), true],
    ["whose last drill passed too long ago, whatever the list is", [...passed(50), ...listed(1)], true],
  ])("whose drill %s: %#", (_, facts, isSilent) => {
    expect(silentIds(facts)).toEqual(isSilent ? [MEMBER] : []);
  });

  test.each(["/", "/security/", "/security/moved/"])(
    "is not silent by a new path of its roles: its drill counts as a role below %s",
    (rolePath) => {
      expect(silentIds(createdBy(`arn:aws:iam::${MEMBER}:role${rolePath}quarantine-drill`))).toEqual([]);
    },
  );

  test.each([
    ["an outcome without CloudTrail's record of its user", fact(1, drillEnded())],
    ["an outcome whose user somebody else created", createdBy(`arn:aws:iam::${MEMBER}:role/Admin`)],
    [
      "an outcome whose user a role named much like the drill's created",
      createdBy(`arn:aws:iam::${MEMBER}:role/my-quarantine-drill`),
    ],
    [
      "an outcome whose user a role of the drill's name in another account created",
      createdBy(`arn:aws:iam::${OTHER}:role/quarantine-drill`),
    ],
    [
      "an outcome whose user the drill of another account created",
      [...fact(1, drillUserCreated({ accountId: OTHER, createdAt: isoBefore(1) })), ...fact(1, drillEnded())],
    ],
    [
      "an outcome of an earlier drill that is sent again",
      [...fact(20, drillUserCreated({ createdAt: isoBefore(20) })), ...fact(1, drillEnded())],
    ],
    [
      "an outcome that names another function",
      [
        ...fact(1, drillUserCreated({ createdAt: isoBefore(1) })),
        ...fact(1, {
          ...drillEnded(),
          account: MEMBER,
          detail: {
            ...drillEnded().detail,
            requestContext: { functionArn: "arn:aws:lambda:us-east-1:1:function:x" },
          },
        }),
      ],
    ],
  ])("also after %s, which its administrators can send", (_, facts) => {
    expect(silentIds(facts)).toEqual([MEMBER]);
  });

  test("says when a drill last passed, and when one last failed", () => {
    const [account] = findSilence([...passed(60), ...failed(2)], check(), NOON).silent;

    expect(account).toEqual({
      id: MEMBER,
      name: "research",
      lastPassed: isoBefore(60),
      lastUnproven: isoBefore(2),
    });
  });
});

describe("an account whose sweep was heard of is silent", () => {
  const bySweep = readSilenceRequest({ ...request(), sign: "sweep", accounts: [] }) as SilenceCheck;
  const reported = (hoursBefore: number, { status = "HEALTHY", account = MEMBER } = {}) =>
    fact(hoursBefore, {
      ...{ source: "quarantine-sweep", "detail-type": "Quarantine Health", account },
      detail: {
        ...{ kind: "health", status, accountName: "research" },
        findings: status === "HEALTHY" ? [] : [{ kind: "rule" }],
      },
    });

  test.each([
    ["reported yesterday", reported(20), false],
    ["reported findings yesterday", reported(20, { status: "UNHEALTHY" }), false],
    ["reported two periods ago", reported(48), true],
    ["reported two periods ago, and yesterday", [...reported(48), ...reported(24)], false],
    ["reported six periods ago", reported(6 * 24), true],
    ["reported so long ago that nobody waits any more", reported(7 * 24), false],
    ["has not reported since, while drills pass", [...reported(60), ...passed(1)], true],
    ["says something that no sweep says", [...reported(60), ...reported(1, { status: "WELL" })], true],
    ["has never reported: it may not be deployed yet", reported(1, { account: OTHER }), false],
  ])("when it %s: %#", (_, facts, isSilent) => {
    const { silent } = findSilence(facts, bySweep, NOON);

    expect(silent.map(({ id }) => id)).toEqual(isSilent ? [MEMBER] : []);
  });

  test("which is told with its own name, and when it was heard of", () => {
    expect(findSilence(reported(60), bySweep, NOON).silent).toEqual([
      { id: MEMBER, name: "research", lastPassed: isoBefore(60), lastUnproven: undefined },
    ]);
    expect(readSince(NOON, bySweep)).toBe(NOON - (7 * 24 + 2) * HOUR_MS);
  });

  test("in the hour in which it falls silent it is news, and not in the next", () => {
    const isNews = (hours: number) => findSilence(reported(47.5), bySweep, NOON + hours * HOUR_MS).isNews;

    expect([0, 1, 2].map(isNews)).toEqual([false, true, false]);
  });

  test("a report says nothing of drills", () => {
    expect(findSilence(reported(1), check(), NOON).silent).toHaveLength(1);
  });

  test("the filter of the audit log lets through what sweeps say alone", () => {
    const matches = compileFilterPattern(SWEEP_FACTS);

    expect(matches(JSON.stringify({ source: "quarantine-sweep", detail: {} }))).toBe(true);
    expect(matches(JSON.stringify(drillEnded()))).toBe(false);
  });
});

describe("people are told", () => {
  const isNews = (facts: Parameters<typeof findSilence>[0], at: number, ...accounts: string[]) =>
    findSilence(facts, check(...accounts), at).isNews;

  test("in the hour in which an account falls silent, and not in the next", () => {
    expect([-1, 0, 1].map((hours) => isNews(passed(47.5), NOON + hours * HOUR_MS))).toEqual([
      false,
      false,
      true,
    ]);
    expect(isNews(passed(47.5), NOON + 2 * HOUR_MS)).toBe(false);
  });

  test("again at the first check of a day while an account is silent", () => {
    const midnight = Date.parse("2026-11-27T00:00:00Z");

    expect(isNews(passed(47.5), midnight)).toBe(true);
    expect(isNews(passed(47.5), midnight + HOUR_MS)).toBe(false);
    expect(isNews(passed(13), midnight)).toBe(false);
  });

  test("when another account falls silent, and not when one is heard of again", () => {
    const two = [`${MEMBER} research`, `${OTHER} payments`];
    const facts = [...passed(60), ...passed(47.5, OTHER)];

    expect(isNews(facts, NOON + HOUR_MS, ...two)).toBe(true);
    expect(isNews([...facts, ...passed(-1.5, OTHER)], NOON + 2 * HOUR_MS, ...two)).toBe(false);
  });

  test("every check finds what the check before it found, whenever in its hour it runs", () => {
    expect([NOON, NOON + 10 * 60_000, NOON + HOUR_MS - 1].map(checkTime)).toEqual([NOON, NOON, NOON]);
    // Three periods, the hour of the check before, and a drill's own time.
    expect(readSince(NOON, check())).toBe(NOON - 74 * HOUR_MS);
  });
});

describe("the metrics of a check", () => {
  const metrics = (facts: Parameters<typeof silenceMetrics>[0], silent = 0) =>
    silenceMetrics(facts, check(), NOON, silent, NOON + 5)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test("count the silent accounts, also when there are none", () => {
    expect(metrics([])).toEqual([
      {
        _aws: {
          Timestamp: NOON + 5,
          CloudWatchMetrics: [
            {
              Namespace: "IamUserQuarantine",
              Dimensions: [[]],
              Metrics: [{ Name: "SilentAccounts", Unit: "Count" }],
            },
          ],
        },
        SilentAccounts: 0,
      },
    ]);
  });

  test("have the seconds of the drills of the last hour, to the audit log by CloudTrail's clock", () => {
    const lines = metrics([...passed(0.5), ...passed(1.5), ...failed(0.2)], 2);

    expect(Object.assign({}, ...lines)).toMatchObject({
      SilentAccounts: 2,
      DrillSecondsToContained: [6.5],
      DrillSecondsToDenied: [9.2],
      DrillSecondsToAudited: [20],
    });
  });

  test("leave out numbers without CloudTrail's record, and those no drill can have", () => {
    const fields = { userName: "x", createdAt: isoBefore(0.5) };
    const impossible = { secondsToContained: -1, secondsToDenied: 1e9 };
    const lines = metrics([
      ...fact(0.5, drillEnded()),
      ...fact(0.5, drillUserCreated(fields)),
      ...fact(0.5, drillEnded(impossible, fields)),
    ]);

    expect(lines).toHaveLength(1);
  });

  test("have at most a hundred values a line, as CloudWatch takes them", () => {
    const drills = Array.from({ length: 250 }, (_, index) => passed(index / 1_000));
    const sizes = metrics(drills.flat()).map(
      (line) => (line["DrillSecondsToDenied"] as [] | undefined)?.length,
    );

    expect(sizes.filter((size) => size !== undefined)).toEqual([100, 100, 50]);
  });
});

test("the filter of the audit log lets through each event that counts, and fits", () => {
  const matches = compileFilterPattern(DRILL_FACTS);
  const create = { service: "lambda", eventName: "CreateFunction20150331" };
  const events: unknown[] = [
    drillEnded(),
    drillUserCreated(),
    drillUserQuarantined(),
    apiCallEvent({ ...create, requestParameters: { functionName: "quarantine-drill" } }),
    apiCallEvent({
      ...{ service: "events", eventName: "PutTargets" },
      requestParameters: { rule: "security-events-silent-accounts-2" },
    }),
  ];

  expect(events.map((event) => matches(JSON.stringify(event)))).toEqual(events.map(() => true));
  expect(matches(JSON.stringify(apiCallEvent({ service: "iam", eventName: "CreateUser" })))).toBe(false);
  // CloudWatch Logs API reference, FilterLogEvents, filterPattern.
  expect(DRILL_FACTS.length).toBeLessThanOrEqual(1_024);
});

describe("the request of the schedule", () => {
  test("is read as it is, and from the record of Lambda's on-failure destination", () => {
    const expected = { accounts: [{ id: MEMBER, name: "research" }], everyHours: 24, part: 1, parts: 1 };

    expect(readSilenceRequest(request())).toMatchObject(expected);
    expect(readSilenceRequest({ requestPayload: request(), responsePayload: {} })).toMatchObject(expected);
  });

  test.each([
    ["an event, whatever stands in it", { ...request(), source: "lambda", account: MEMBER }],
    ["another kind", { ...request(), kind: "silence" }],
    ["no accounts", { ...request(), accounts: [] }],
    ["an account without a name", { ...request(), accounts: [MEMBER] }],
    ["no period", { ...request(), everyHours: 0 }],
    ["text", "silent-accounts"],
  ])("is not %s", (_, payload) => {
    expect(readSilenceRequest(payload)).toBeUndefined();
  });
});
