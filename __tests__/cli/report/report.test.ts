import { hostname } from "node:os";
import { exitCodeFor, finishedIn, makeReport, parseReport, type Report } from "../../../cli/report/report";
import { Progress } from "../../../cli/rollout/progress";
import { organization } from "../../support/cli/rollout";

const EFFECT = { setting: "mail", kind: "added", after: "soc@example.com", weakens: false } as const;
const START = Date.UTC(2026, 0, 5, 8);

/** A run in which the security account is applied, one account has failed and the others are under way. */
function report(status: Report["status"] = "running"): Report {
  const targets = organization({ canary: 4 });
  let time = START;
  const progress = new Progress(targets, () => (time += 1_000));
  const [security, failed, working, waiting] = targets;
  for (const target of [security, failed, working, waiting]) {
    if (target) {
      progress.set(target, { kind: "working", step: "planning" });
    }
  }
  if (security && failed && waiting) {
    progress.end(security, {
      outcome: "applied",
      counts: { add: 3, change: 0, remove: 0 },
      effects: [EFFECT],
      unconfirmed: ["soc@example.com"],
    });
    progress.end(failed, { outcome: "failed", cause: "AccessDenied", advice: "Check the role." });
    progress.set(waiting, { kind: "waiting", step: "planning", cause: "Rate exceeded", againAt: 0 });
  }
  const facts = {
    command: "rollout",
    startedAt: START,
    terraformVersion: "1.11.4",
    resumed: ["payments"],
    sha256Of: (name: string) => `hash of ${name}`,
    modeOf: (accountId: string) => (accountId === "444455556666" ? ("observe" as const) : undefined),
  };
  return makeReport(facts, progress.all, status);
}

test("says what was done in every account", () => {
  expect(report()).toEqual({
    schemaVersion: 1,
    command: "rollout",
    status: "running",
    startedAt: "2026-01-05T08:00:00.000Z",
    host: hostname(),
    pid: process.pid,
    terraformVersion: "1.11.4",
    resumed: [{ name: "payments", stackSha256: "hash of payments" }],
    stacks: [
      {
        name: "security",
        accountId: "111122223333",
        wave: null,
        outcome: "applied",
        changes: { add: 3, change: 0, remove: 0 },
        effects: [EFFECT],
        unconfirmed: ["soc@example.com"],
        retries: 0,
        startedAt: "2026-01-05T08:00:01.000Z",
        endedAt: "2026-01-05T08:00:05.000Z",
        stackSha256: "hash of security",
      },
      expect.objectContaining({
        name: "canary-1",
        wave: "canary",
        mode: "observe",
        outcome: "failed",
        cause: "AccessDenied",
        advice: "Check the role.",
      }),
      expect.objectContaining({ name: "canary-2", outcome: "working", retries: 0 }),
      expect.objectContaining({ name: "canary-3", outcome: "working", retries: 1 }),
      {
        name: "canary-4",
        accountId: "444455556669",
        wave: "canary",
        outcome: "pending",
        retries: 0,
        stackSha256: "hash of canary-4",
      },
    ],
  });
});

test("is read as it was written", () => {
  for (const status of ["running", "done", "failed", "interrupted"] as const) {
    const written = report(status);
    expect(parseReport(JSON.stringify(written))).toEqual(written);
  }
});

test("has an end only when the run has", () => {
  expect(report("running").endedAt).toBeUndefined();
  expect(report("interrupted").endedAt).toBeDefined();
});

test.each([
  ["nothing", ""],
  ["half of it", JSON.stringify(report()).slice(0, 200)],
  ["another file", '{ "stacks": [] }'],
  ["a later report", JSON.stringify({ ...report(), schemaVersion: 2 })],
  ["an outcome that is none", JSON.stringify(report()).replace('"applied"', '"perhaps"')],
])("%s is no report", (_name, text) => {
  expect(parseReport(text)).toBeUndefined();
});

describe("what a resumed run skips", () => {
  const same = (name: string) => `hash of ${name}`;

  test("what was finished, and what the runs before it had finished", () => {
    expect(finishedIn(report("failed"), same)).toEqual(["payments", "security"]);
  });

  test("nothing whose stack has changed since", () => {
    expect(finishedIn(report("failed"), (name) => (name === "security" ? "other" : same(name)))).toEqual([
      "payments",
    ]);
    expect(finishedIn(report("failed"), () => "other")).toEqual([]);
  });

  test("nothing that is not selected", () => {
    expect(finishedIn(report("failed"), () => undefined)).toEqual([]);
  });
});

test.each([
  ["done", 0],
  ["failed", 1],
  ["interrupted", 130],
] as const)("a run that ends %s exits %d", (status, code) => {
  expect(exitCodeFor({ status } as Report)).toBe(code);
});
