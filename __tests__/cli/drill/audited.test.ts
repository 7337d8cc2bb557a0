import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { openAuditLog } from "../../../cli/drill/audited";
import { compileFilterPattern } from "../../../lab/cloudwatch/filter-pattern";
import { parseRollout } from "../../../stacks/config/load";
import { MEMBER } from "../../support/functions/api-call-event";
import { drillUserCreated, drillUserQuarantined } from "../../support/functions/drill-events";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const logs = mockClient(CloudWatchLogsClient);
beforeEach(() => logs.reset());

const CREATED_AT = "2026-11-24T17:41:20Z";
const FIELDS = { userName: "drill-1", createdAt: CREATED_AT };
const DRILL = { accountId: MEMBER, userName: "drill-1", startedAt: Date.parse(CREATED_AT) };
const entry = (event: unknown, seconds: number) => ({
  message: JSON.stringify(event),
  ingestionTime: DRILL.startedAt + seconds * 1_000,
});

/** The audit log, the pauses in which it was waited for, and what was said of it. */
async function open() {
  const pauses: number[] = [];
  const said: string[] = [];
  const rollout = parseRollout("rollout.yaml", SAMPLE_YAML, "/project");
  const log = await openAuditLog(
    rollout,
    (why) => said.push(why),
    (ms) => Promise.resolve(pauses.push(ms)),
    new AbortController().signal,
  );
  return { log, pauses, said };
}

test("the response is waited for until it comes", async () => {
  logs
    .on(FilterLogEventsCommand)
    .resolvesOnce({ events: [entry(drillUserCreated(FIELDS), 5)] })
    .resolves({ events: [entry(drillUserCreated(FIELDS), 5), entry(drillUserQuarantined(FIELDS), 11.5)] });
  const { log, pauses } = await open();

  expect(await log.secondsTo(DRILL)).toBe(11.5);
  expect(pauses).toEqual([5_000]);
});

test("a response of another user or account does not count, and the wait ends", async () => {
  logs.on(FilterLogEventsCommand).resolves({
    events: [
      entry(drillUserCreated(FIELDS), 5),
      entry(drillUserQuarantined({ userName: "drill-2" }), 6),
      entry(drillUserQuarantined({ ...FIELDS, accountId: "444455556666" }), 6),
    ],
  });
  const { log, pauses, said } = await open();

  expect(await log.secondsTo(DRILL)).toBeUndefined();
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(100_000);
  expect(said).toEqual([]);
});

test("a log that cannot be read is asked once for all accounts", async () => {
  logs.on(FilterLogEventsCommand).rejects(new Error("no"));
  const { log, said } = await open();

  expect(await log.secondsTo(DRILL)).toBeUndefined();
  expect(await log.secondsTo(DRILL)).toBeUndefined();

  expect(said).toHaveLength(1);
  expect(logs.commandCalls(FilterLogEventsCommand)).toHaveLength(1);
});

test("the filter lets through both events of the drill, and no others", async () => {
  logs.on(FilterLogEventsCommand).rejects(new Error("no"));
  const { log } = await open();
  await log.secondsTo(DRILL);
  const pattern = logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input.filterPattern ?? "";
  const matches = (event: unknown) => compileFilterPattern(pattern)(JSON.stringify(event));

  expect([drillUserCreated(FIELDS), drillUserQuarantined(FIELDS)].map(matches)).toEqual([true, true]);
  expect(matches(drillUserCreated({ userName: "drill-2" }))).toBe(false);
  expect(matches(drillUserCreated({ ...FIELDS, accountId: "444455556666" }))).toBe(false);
});
