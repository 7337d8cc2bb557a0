import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetAccountAuthorizationDetailsCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { readLive, unhealthyBecause } from "../../../cli/review/live";
import type { LiveReading } from "../../../cli/review/review";
import { TAG_KEYS } from "../../../functions/contract";
import { DRILL_FACTS } from "../../../functions/security-notifier/drill-facts";
import { parseRollout } from "../../../stacks/config/load";
import { apiCallEvent, sessionOf } from "../../support/functions/api-call-event";
import { drillEnded, drillUserCreated } from "../../support/functions/drill-events";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const HOUR_MS = 3_600_000;
const NOW = Date.parse("2026-11-30T12:00:00Z");
const ID = "777788889999";
const iam = mockClient(IAMClient);
const logs = mockClient(CloudWatchLogsClient);
const lambda = mockClient(LambdaClient);

beforeEach(() => {
  jest.spyOn(Date, "now").mockReturnValue(NOW);
  iam.reset();
  iam.on(GetAccountAuthorizationDetailsCommand).resolves({ UserDetailList: [] });
  lambda.reset();
  lambda.on(GetFunctionConfigurationCommand).resolves({});
  logs.reset();
  audited();
});
afterEach(() => jest.restoreAllMocks());

const hoursAgo = (hours: number) => new Date(NOW - hours * HOUR_MS).toISOString();

/** What the audit log has: events, and how many hours ago they came. */
function audited(...events: readonly (readonly [event: unknown, hoursAgo: number])[]): void {
  logs.on(FilterLogEventsCommand).resolves({
    events: events.map(([event, hours]) => ({
      message: JSON.stringify(event),
      ingestionTime: NOW - hours * HOUR_MS,
    })),
  });
}
const drill = (hours: number, changes: Parameters<typeof drillEnded>[0] = {}) => {
  const fields = { accountId: ID, userName: `drill-${hours}`, createdAt: hoursAgo(hours) };
  return [[drillUserCreated(fields), hours] as const, [drillEnded(changes, fields), hours] as const];
};

/** What AWS says of one account. */
async function read({ everyHours = 24, account = "payments" } = {}) {
  const rollout = parseRollout("rollout.yaml", `${SAMPLE_YAML}drill: { everyHours: ${everyHours} }\n`, "/");
  const accounts = rollout.accounts.filter(({ name }) => name === account);
  const all = await readLive(rollout, accounts, 2);
  expect([...all.keys()]).toEqual(accounts.map(({ id }) => id));
  return [...all.values()][0]!;
}

test("an account whose quarantine is paused is unhealthy until the end", async () => {
  const Variables = { QUARANTINE_PAUSE: "until 2026-11-30T14:00:00Z by alice" };
  lambda.on(GetFunctionConfigurationCommand).resolves({ Environment: { Variables } });

  const { unhealthy } = await read({ everyHours: 0 });
  jest.spyOn(Date, "now").mockReturnValue(NOW + 2 * HOUR_MS);
  const after = await read({ everyHours: 0 });

  expect(unhealthy).toEqual(["PAUSED until 2026-11-30T14:00:00Z by alice: nobody new is denied."]);
  expect(after.unhealthy).toEqual([]);
});

test("that nobody may say whether it is paused is a problem", async () => {
  const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
  lambda.on(GetFunctionConfigurationCommand).rejects(denied);

  const { live } = await read({ everyHours: 0 });

  expect(live.problems).toEqual(["Whether it is paused is not known: AccessDenied: not authorized."]);
});

test("quarantined users are shown with what they lack, and each gap is a problem", async () => {
  iam.on(GetAccountAuthorizationDetailsCommand).resolves({
    UserDetailList: [
      { UserName: "alice", Arn: `arn:aws:iam::${ID}:user/alice` },
      {
        UserName: "eve",
        Arn: `arn:aws:iam::${ID}:user/eve`,
        Tags: [
          { Key: TAG_KEYS.status, Value: "RELEASED" },
          { Key: TAG_KEYS.time, Value: "2026-11-29T08:00:00Z" },
        ],
      },
      {
        UserName: "mallory",
        Arn: `arn:aws:iam::${ID}:user/mallory`,
        Tags: [{ Key: TAG_KEYS.status, Value: "QUARANTINED" }],
      },
    ],
  });

  const { live, unhealthy } = await read({ everyHours: 0 });

  expect(live.users).toEqual([
    { userName: "eve", status: "RELEASED", since: "2026-11-29T08:00:00Z", gap: [] },
    { userName: "mallory", status: "QUARANTINED", since: "", gap: ["nothing denies the user"] },
  ]);
  expect(unhealthy).toEqual(["User mallory: nothing denies the user."]);
  // What the mock does not answer could not be read.
  expect(live.problems).toContainEqual(expect.stringMatching(/^User mallory: read access keys: .*\.$/));
  expect(logs.calls()).toEqual([]);
});

test("an account that cannot be read says why, and its drill is shown all the same", async () => {
  iam.on(GetAccountAuthorizationDetailsCommand).rejects(new Error("The token is invalid."));
  audited(...drill(5));

  const { live, unhealthy } = await read();

  expect(live.problems).toEqual([
    expect.stringMatching(
      /^Its users are not known: 777788889999: its IAM users could not be listed as .*The token is invalid\.$/,
    ),
  ]);
  expect(live.lastDrill?.isPassed).toBe(true);
  expect(unhealthy).toEqual([]);
});

describe("the last drill", () => {
  test("is the latest of the account in the audit log, three periods back", async () => {
    const other = { accountId: "444455556666", userName: "drill-1", createdAt: hoursAgo(1) };
    audited(...drill(29), ...drill(5), [drillEnded({}, other), 1], ...drill(53));

    const { live, unhealthy } = await read();

    expect(live.lastDrill).toEqual({
      ...{ at: hoursAgo(5), isPassed: true, containedSeconds: 6.5, deniedSeconds: 9.2 },
    });
    expect({ unhealthy, problems: live.problems }).toEqual({ unhealthy: [], problems: [] });
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toMatchObject({
      logGroupName: "/aws/events/security-events",
      // Three periods, and the hour of a drill and of a look.
      startTime: NOW - (3 * 24 + 2) * HOUR_MS,
      filterPattern: DRILL_FACTS,
    });
  });

  test.each([
    ["failed", [...drill(29), [drillEnded({ status: "FAILED" }, { accountId: ID }), 5] as const]],
    ["was reported by the account alone", [...drill(29), [drillEnded({}, { accountId: ID }), 5] as const]],
  ])("that %s has not passed", async (_, events) => {
    audited(...events);

    const { live, unhealthy } = await read();

    expect(live.lastDrill).toMatchObject({ at: hoursAgo(5), isPassed: false });
    expect(unhealthy).toEqual([
      `The drill that ended at ${hoursAgo(5)} failed, or CloudTrail has no record of its user.`,
    ]);
  });

  test("is overdue after two periods", async () => {
    audited(...drill(49));

    expect((await read()).unhealthy).toEqual([
      `No drill has passed for two periods of 24 hours; the last that did ended at ${hoursAgo(49)}.`,
    ]);
    expect((await read({ everyHours: 12 })).unhealthy).toEqual([
      "No drill has passed for two periods of 12 hours; none has for three.",
    ]);
  });

  test("that never came is overdue, but for an account that a rollout gave one just now", async () => {
    expect((await read()).unhealthy).toEqual([
      "No drill has passed for two periods of 24 hours; none has for three.",
    ]);

    const role = `arn:aws:iam::${ID}:role/OrganizationAccountAccessRole`;
    audited([
      apiCallEvent({
        ...{
          service: "lambda",
          eventName: "CreateFunction20150331",
          accountId: ID,
          userIdentity: sessionOf(role),
          eventTime: hoursAgo(1),
        },
        requestParameters: { functionName: "quarantine-drill" },
      }),
      1,
    ]);

    expect(await read()).toMatchObject({ live: { lastDrill: null }, unhealthy: [] });
  });

  test("is not looked for where no account has drills", async () => {
    expect(await read({ account: "research" })).toEqual({
      live: { users: [], lastDrill: null, problems: [] },
      unhealthy: [],
    });
    expect(await read({ everyHours: 0 })).toMatchObject({ live: { lastDrill: null }, unhealthy: [] });
    expect(logs.calls()).toEqual([]);
  });

  test("is not known where the audit log cannot be read, and nobody is called overdue", async () => {
    logs.on(FilterLogEventsCommand).rejects(new Error("refused"));

    const { live, unhealthy } = await read();

    expect(live).toMatchObject({
      lastDrill: null,
      problems: [
        "The last drill is not known: 111122223333: the audit log could not be read as " +
          "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole: Error: refused.",
      ],
    });
    expect(unhealthy).toEqual([]);
  });
});

test("an account is healthy with contained users and a drill that passed, whatever could not be asked", () => {
  const live: LiveReading = {
    users: [{ userName: "mallory", status: "QUARANTINED", since: "", gap: [] }],
    lastDrill: { at: hoursAgo(1), isPassed: true, containedSeconds: 1, deniedSeconds: 2 },
    problems: ["User mallory: read access keys: AccessDenied"],
  };

  expect(unhealthyBecause(live, undefined, 24)).toEqual([]);
});
