import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import type { Channel } from "../../../functions/security-notifier/channel";
import { notify } from "../../../functions/security-notifier/notify";
import { ReportedRefusals } from "../../../functions/security-notifier/reported-refusals";
import { SilenceWatch } from "../../../functions/security-notifier/silence-watch";
import { createLog } from "../../../functions/shared/log";
import { compileFilterPattern } from "../../../lab/cloudwatch/filter-pattern";
import { apiCallEvent, MEMBER, sessionOf, userNamed } from "../../support/functions/api-call-event";
import { drillEnded, drillUserCreated } from "../../support/functions/drill-events";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("central-events/quarantined");
const invocation = { remaining: () => 30_000 };
let lines: string[];
const log = createLog((line) => lines.push(line));
beforeEach(() => (lines = []));

const deploymentRoleOf = (accountId: string) => `arn:aws:iam::${accountId}:role/ci/Deployer`;

const logs = mockClient(CloudWatchLogsClient);
beforeEach(() => logs.reset());

function tell(payload: unknown, told: Channel, refusals = reportedRefusals()): Promise<void> {
  const ownRolesOf = (accountId: string) => [deploymentRoleOf(accountId)];
  const watch = new SilenceWatch({
    ...{ logs: new CloudWatchLogsClient({}), auditLog: "/audit", clock: () => NOW },
    ...{ print: (line: string) => lines.push(line), securityAccountId: "111122223333" },
    deploymentRoleOf,
  });
  return notify(payload, { channel: told, refusals, watch, ownRolesOf, log }, invocation);
}

/** Of the check for silent accounts: ten minutes past an hour. */
const NOW = Date.parse("2026-11-26T18:10:00Z");

/** What one environment of the function remembers. */
function reportedRefusals(): ReportedRefusals {
  return new ReportedRefusals({ logs: new CloudWatchLogsClient({}), auditLog: "/audit", clock: Date.now });
}

/** A channel that keeps what it got. */
function channel(name: string, fails = false): Channel & { readonly got: string[] } {
  const got: string[] = [];
  return {
    name,
    got,
    wants: ({ kind }) => kind !== "alarm",
    send: async ({ kind, sender }) => {
      if (fails) {
        return Promise.reject(new Error("down"));
      }
      got.push(`${kind} of ${sender}`);
      return Promise.resolve();
    },
  };
}

test("the channel gets the notice", async () => {
  const mail = channel("mail");

  await tell(event, mail);

  expect(mail.got).toEqual(["outcome of 777788889999"]);
  expect(lines.join("")).toContain("777788889999");
});

test("a channel that fails is named in the error, by which Lambda tries that channel again", async () => {
  await expect(tell(event, channel("chat", true))).rejects.toMatchObject({
    name: "ChannelError",
    message: "Nobody was told by chat: down",
  });
});

test("a notice that the channel does not want is no failure, and the log says so", async () => {
  const chat = channel("chat");

  await tell(loadFixture("central-events/alarm"), chat);

  expect(chat.got).toEqual([]);
  expect(lines.join("")).toContain("The notice is not for this channel");
});

describe("a change of the rollout's parts", () => {
  const change = (userIdentity: unknown, accountId = MEMBER) =>
    apiCallEvent({
      service: "events",
      eventName: "DisableRule",
      requestParameters: { name: "security-response-create-user" },
      userIdentity,
      accountId,
    });
  const deployer = deploymentRoleOf(MEMBER);

  test("by the deployment role is mailed to nobody, and says so in the log", async () => {
    const mail = channel("mail");

    await tell(change(sessionOf(deployer)), mail);

    expect(mail.got).toEqual([]);
    expect(lines.join("")).toContain("A change by the project itself is mailed to nobody");
  });

  test.each([
    ["a user", userNamed("mallory")],
    ["another role", sessionOf(`arn:aws:iam::${MEMBER}:role/Admin`)],
    ["a session with the deployment role's name", sessionOf(`arn:aws:iam::${MEMBER}:role/Admin`, "Deployer")],
    ["a role of that name in another path", sessionOf(`arn:aws:iam::${MEMBER}:role/Deployer`)],
    ["a role of that name in another account", sessionOf(deploymentRoleOf("999999999999"))],
    ["a user with the ARN of the role", { type: "IAMUser", arn: deployer }],
    [
      "an identity that names the role and is no session of it",
      { type: "IAMUser", sessionContext: { sessionIssuer: { arn: deployer } } },
    ],
    ["a session without issuer", { type: "AssumedRole", arn: deployer }],
    ["nobody", null],
    ["a list", []],
  ])("by %s is mailed", async (_, userIdentity) => {
    const mail = channel("mail");

    await tell(change(userIdentity), mail);

    expect(mail.got).toEqual([`change of ${MEMBER}`]);
  });

  test("in another account by this account's deployment role is mailed", async () => {
    const mail = channel("mail");

    await tell(change(sessionOf(deployer), "999999999999"), mail);

    expect(mail.got).toEqual(["change of 999999999999"]);
  });
});

describe("refused attempts", () => {
  interface Attempt {
    readonly eventID?: string;
    readonly eventTime?: string;
    readonly userIdentity?: unknown;
    readonly accountId?: string;
  }
  const attempt = (changes: Attempt = {}) =>
    apiCallEvent({
      service: "iam",
      eventName: "DetachUserPolicy",
      errorCode: "AccessDenied",
      errorMessage: "no",
      eventID: "b",
      ...changes,
    });
  const audited = (...events: unknown[]) =>
    logs
      .on(FilterLogEventsCommand)
      .resolves({ events: events.map((each) => ({ message: JSON.stringify(each) })) });

  test("the first of a caller is mailed", async () => {
    const mail = channel("mail");
    audited(attempt());

    await tell(attempt(), mail);

    expect(mail.got).toEqual([`refusal of ${MEMBER}`]);
  });

  test.each<[string, Attempt]>([
    ["earlier in that hour", { eventTime: "2026-11-24T17:00:00Z", eventID: "z" }],
    ["in the same second, and first by its id", { eventID: "a" }],
    [
      "in another session of the same role",
      { eventID: "a", userIdentity: sessionOf("arn:aws:iam::777788889999:role/Admin", "one") },
    ],
  ])("another is mailed to nobody when the audit log has one %s", async (_, earlier) => {
    const mail = channel("mail");
    const { userIdentity } = earlier;
    audited("no JSON", attempt(earlier));

    await tell(
      attempt(userIdentity ? { userIdentity: sessionOf("arn:aws:iam::777788889999:role/Admin") } : {}),
      mail,
    );

    expect(mail.got).toEqual([]);
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toEqual({
      logGroupName: "/audit",
      startTime: Date.parse("2026-11-24T17:00:00Z"),
      filterPattern: `{ ($.account = "${MEMBER}") && ($.detail.errorCode = "*") }`,
      nextToken: undefined,
    });
  });

  test.each<[string, unknown]>([
    ["of another caller", attempt({ eventID: "a", userIdentity: userNamed("eve") })],
    ["of another account", attempt({ eventID: "a", accountId: "999999999999" })],
    ["of the hour before", attempt({ eventTime: "2026-11-24T16:59:59Z" })],
    ["that came later", attempt({ eventTime: "2026-11-24T17:59:59Z" })],
    ["that an account made up", { ...attempt({ eventID: "a" }), source: "lambda" }],
    ["that was not refused", apiCallEvent({ service: "iam", eventName: "DetachUserPolicy", eventID: "a" })],
    ["that is no event", 5],
  ])("one is mailed when the audit log has only one %s", async (_, other) => {
    const mail = channel("mail");
    audited(other);

    await tell(attempt(), mail);

    expect(mail.got).toEqual([`refusal of ${MEMBER}`]);
  });

  test("the audit log is read to its end, and pages may be empty", async () => {
    const mail = channel("mail");
    logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({ events: [], nextToken: "2" })
      .resolves({ events: [{ message: JSON.stringify(attempt({ eventID: "a" })) }] });

    await tell(attempt(), mail);

    expect(mail.got).toEqual([]);
  });

  test("the audit log is asked once for a caller whom this environment mailed about", async () => {
    const mail = channel("mail");
    const refusals = reportedRefusals();
    audited();

    await tell(attempt(), mail, refusals);
    await tell(attempt({ eventID: "c" }), mail, refusals);

    expect(mail.got).toHaveLength(1);
    expect(logs.commandCalls(FilterLogEventsCommand)).toHaveLength(1);
  });

  test("what was not mailed is not remembered as if it were", async () => {
    const refusals = reportedRefusals();
    const mail = channel("mail");
    audited();

    await expect(tell(attempt(), channel("mail", true), refusals)).rejects.toThrow("down");
    await tell(attempt(), mail, refusals);

    expect(mail.got).toHaveLength(1);
  });

  test.each([
    [
      "the audit log cannot be read",
      () => logs.on(FilterLogEventsCommand).rejects(new Error("AccessDenied")),
    ],
    ["the audit log never ends", () => logs.on(FilterLogEventsCommand).resolves({ nextToken: "again" })],
  ])("people are told when %s", async (_, arrange) => {
    const mail = channel("mail");
    arrange();

    await tell(attempt(), mail);

    expect(mail.got).toHaveLength(1);
  });

  test("one without a readable time is mailed", async () => {
    const mail = channel("mail");

    await tell(attempt({ eventTime: "yesterday" }), mail);

    expect(mail.got).toHaveLength(1);
  });
});

describe("the hourly check for silent accounts", () => {
  const request = {
    ...{ kind: "silent-accounts", everyHours: 24, part: 1, parts: 1 },
    accounts: [`${MEMBER} research`, "444455556666 sandbox"],
  };
  /** Pages of the audit log, each of events that came at one time. */
  const audited = (...pages: readonly { readonly at: string; readonly events: readonly unknown[] }[]) =>
    pages.reduce(
      (mock, { at, events }, index) =>
        mock.resolvesOnce({
          events: events.map((each) => ({ message: JSON.stringify(each), ingestionTime: Date.parse(at) })),
          ...(index < pages.length - 1 && { nextToken: `page-${index + 1}` }),
        }),
      logs.on(FilterLogEventsCommand),
    );
  const drill = (accountId: string, at: string) => ({
    at,
    events: [drillUserCreated({ accountId, createdAt: at }), drillEnded({}, { accountId, createdAt: at })],
  });

  test("tells of those from which no drill that passed has come, on whatever page of the log", async () => {
    const mail = channel("mail");
    audited(
      drill(MEMBER, "2026-11-24T17:41:20Z"),
      { at: "2026-11-25T00:00:00Z", events: [] },
      drill("444455556666", "2026-11-26T17:41:20Z"),
    );

    await tell(request, mail);

    expect(mail.got).toEqual(["silence of 111122223333"]);
    expect(lines.join("")).toContain('"SilentAccounts":1');
    expect(lines.join("")).toContain(`"silent":["${MEMBER}"]`);
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toMatchObject({
      logGroupName: "/audit",
      startTime: Date.parse("2026-11-23T16:00:00Z"),
    });
  });

  test("calls nobody silent, and writes no metric, when the audit log has nothing of drills", async () => {
    const mail = channel("mail");
    audited({ at: "2026-11-26T17:41:20Z", events: [] });

    await tell(request, mail);

    expect(mail.got).toEqual([]);
    expect(lines.join("")).not.toContain("SilentAccounts");
  });

  test("tells nobody when all were heard of, and writes the metric all the same", async () => {
    const mail = channel("mail");
    audited(drill(MEMBER, "2026-11-26T02:00:00Z"), drill("444455556666", "2026-11-26T17:41:20Z"));

    await tell(request, mail);

    expect(mail.got).toEqual([]);
    expect(lines.join("")).toContain('"SilentAccounts":0');
  });

  // Each check would have to read hundreds of megabytes within its time, and fail for all accounts.
  test.each([
    ["drills", { ...request, sign: undefined }],
    ["sweeps", { ...request, sign: "sweep", accounts: [] }],
  ])("leaves an account that floods the audit log out of it, as silent: %s", async (_, asked) => {
    const mail = channel("mail");
    const at = "2026-11-26T17:41:20Z";
    const padding = "x".repeat(250_000);
    const flood = [
      { ...(drillEnded({}, { createdAt: at }) as object), padding },
      { source: "quarantine-sweep", account: MEMBER, padding },
    ];
    const events = [
      ...Array.from({ length: 40 }, () => flood).flat(),
      ...drill("444455556666", at).events,
    ].map((each) => JSON.stringify(each));
    logs.on(FilterLogEventsCommand).callsFake(({ filterPattern = "" }: FilterLogEventsCommandInput) => ({
      events: events
        .filter(compileFilterPattern(filterPattern))
        .map((message) => ({ message, ingestionTime: Date.parse(at) })),
    }));

    await tell(asked, mail);

    expect(lines.join("")).toContain(`"flooding":["${MEMBER}"]`);
    expect(lines.join("")).toContain(`"silent":["${MEMBER}"]`);
    expect(lines.join("")).toContain('"SilentAccounts":1');
    expect(logs.commandCalls(FilterLogEventsCommand)).toHaveLength(2);
  });

  test("fails without a metric when the audit log cannot be read: nobody may be called silent by that", async () => {
    const mail = channel("mail");
    logs.on(FilterLogEventsCommand).rejects(new Error("denied"));

    await expect(tell(request, mail)).rejects.toThrow("denied");

    expect(mail.got).toEqual([]);
    expect(lines.join("")).not.toContain("SilentAccounts");
  });

  test("with a list that cannot be read is mailed as it is", async () => {
    const mail = channel("mail");

    await tell({ ...request, accounts: ["research"] }, mail);

    expect(mail.got).toEqual(["unreadable of unknown"]);
  });
});
