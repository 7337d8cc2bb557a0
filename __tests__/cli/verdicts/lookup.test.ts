import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from "@aws-sdk/client-cloudtrail";
import { mockClient } from "aws-sdk-client-mock";
import { Lookup, readCreations } from "../../../cli/verdicts/lookup";
import { RecordCache } from "../../../cli/verdicts/record-cache";
import { uncovered } from "../../../cli/verdicts/time-windows";

const ACCOUNT = "444455556666";
const START = Date.parse("2026-11-30T12:00:00Z");
const HOUR = 3_600_000;

const cloudTrail = mockClient(CloudTrailClient);
let folder: string;
let now: number;
let sentAt: number[];

beforeEach(() => {
  cloudTrail.reset();
  folder = path.join(mkdtempSync(path.join(tmpdir(), "replay-")), "cache");
  now = START;
  sentAt = [];
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

/** The event history of an account: events by hours before the start. Pages of two. */
function history(hours: readonly number[], account = ACCOUNT): void {
  cloudTrail
    .on(LookupEventsCommand)
    .callsFake(({ StartTime, EndTime, NextToken }: LookupEventsCommandInput) => {
      sentAt.push(now);
      const all = hours
        .map((hour) => ({ id: `e${hour}`, at: START - hour * HOUR }))
        .filter(({ at }) => at <= Number(EndTime ?? Infinity) && at >= Number(StartTime ?? 0))
        .sort((a, b) => b.at - a.at);
      const from = Number(NextToken ?? 0);
      return {
        Events: all.slice(from, from + 2).map(({ id, at }) => ({
          EventTime: new Date(at),
          CloudTrailEvent: JSON.stringify({
            eventID: id,
            eventName: "CreateUser",
            eventTime: new Date(at).toISOString(),
            recipientAccountId: account,
          }),
        })),
        ...(all.length > from + 2 && { NextToken: String(from + 2) }),
      };
    });
}

async function read(days = 90): Promise<unknown[]> {
  const timing = {
    clock: () => now,
    random: () => 0,
    sleep: (ms: number) => {
      now += ms;
      return Promise.resolve();
    },
  };
  const lookup = new Lookup(new CloudTrailClient({ region: "us-east-1" }), ACCOUNT, "us-east-1", timing);
  const cache = new RecordCache(folder);
  cache.open();
  const records = await readCreations(lookup, ACCOUNT, days, cache);
  return records.map(({ eventID }) => eventID).sort();
}

const inputs = () => cloudTrail.commandCalls(LookupEventsCommand).map(({ args }) => args[0].input);

test("all pages are read, at most two a second", async () => {
  history([1, 2, 3, 4, 5]);

  expect(await read()).toEqual(["e1", "e2", "e3", "e4", "e5"]);
  expect(sentAt).toHaveLength(3);
  expect((sentAt.at(-1) ?? 0) - (sentAt[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  expect(inputs()[0]).toEqual({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateUser" }],
    EndTime: new Date(START),
  });
});

test("what CloudTrail throttles is asked again, later and later", async () => {
  history([1]);
  const throttled = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
  cloudTrail.on(LookupEventsCommand).rejectsOnce(throttled).rejectsOnce(throttled).resolves({ Events: [] });

  await read();

  expect(inputs()).toHaveLength(3);
  expect(now - START).toBeGreaterThanOrEqual(500 + 1_000);
});

test("what the role may not read is an error at once", async () => {
  cloudTrail
    .on(LookupEventsCommand)
    .rejects(Object.assign(new Error("no"), { name: "AccessDeniedException" }));

  await expect(read()).rejects.toThrow("no");
  expect(inputs()).toHaveLength(1);
});

test("a record of another account is an error", async () => {
  history([1], "777788889999");

  await expect(read()).rejects.toThrow("a record of another account, 777788889999");
});

test("a run that was stopped goes on where it was", async () => {
  history([1, 2, 3, 4, 5]);
  const whole = cloudTrail.on(LookupEventsCommand);
  const stopped = Object.assign(new Error("stopped"), { name: "AccessDeniedException" });
  whole.resolvesOnce({
    Events: [1, 2].map((hour) => ({
      EventTime: new Date(START - hour * HOUR),
      CloudTrailEvent: JSON.stringify({
        eventID: `e${hour}`,
        eventTime: new Date(START - hour * HOUR).toISOString(),
        recipientAccountId: ACCOUNT,
      }),
    })),
    NextToken: "2",
  });
  whole.rejectsOnce(stopped);
  await expect(read()).rejects.toThrow("stopped");

  history([1, 2, 3, 4, 5]);
  cloudTrail.resetHistory();

  expect(await read()).toEqual(["e1", "e2", "e3", "e4", "e5"]);
  expect(inputs().map(({ EndTime }) => EndTime)).toContainEqual(new Date(START - 2 * HOUR));
});

test("a later run reads what is new, and the last minutes before again", async () => {
  history([1, 2]);
  await read();
  cloudTrail.resetHistory();
  history([1, 2, -0.5, 0.1]);
  now = START + HOUR;

  expect(await read()).toEqual(["e-0.5", "e0.1", "e1", "e2"]);
  expect(inputs()).toHaveLength(1);
  expect(Number(inputs()[0]?.StartTime)).toBeLessThanOrEqual(START - 15 * 60_000);
});

test("only the days that were asked for are judged, from the cache too", async () => {
  history([1, 30]);
  await read();

  expect(await read(1)).toEqual(["e1"]);
});

test("only the owner may read the cache, and a folder that others may read is refused", async () => {
  history([1]);
  await read();

  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(folder, `${ACCOUNT}.jsonl`)).mode & 0o777).toBe(0o600);
  chmodSync(folder, 0o755);
  await expect(read()).rejects.toThrow(/only you can read \(mode 0700\), found mode 0755/);
});

test("a line that was written in part is read again", async () => {
  history([1, 2, 3]);
  await read();
  const file = path.join(folder, `${ACCOUNT}.jsonl`);
  const [first = ""] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, `${first}\n{"window":{"fro`);

  expect(await read()).toEqual(["e1", "e2", "e3"]);
  expect(
    readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => typeof JSON.parse(line)),
  ).not.toContain("undefined");
});

test.each([
  ["nothing is covered", [], [{ from: 0, to: 10 }]],
  ["all is covered", [{ from: -5, to: 15 }], []],
  [
    "the newest and the oldest are missing",
    [{ from: 3, to: 6 }],
    [
      { from: 6, to: 10 },
      { from: 0, to: 3 },
    ],
  ],
  [
    "windows that touch leave nothing between",
    [
      { from: 3, to: 6 },
      { from: 6, to: 10 },
    ],
    [{ from: 0, to: 3 }],
  ],
])("windows: %s", (_case, covered, expected) => {
  expect(uncovered({ from: 0, to: 10 }, covered)).toEqual(expected);
});
