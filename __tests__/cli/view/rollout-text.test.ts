import pc from "picocolors";
import type { Report, StackReport } from "../../../cli/report/report";
import { resultTable } from "../../../cli/view/result-table";
import { describeEnd, describeStart, type RolloutStart } from "../../../cli/view/rollout-text";
import { organization } from "../../support/cli/rollout";
import { testShell } from "../../support/cli/shell";
import { reportOf } from "../../support/cli/stacks";

const all = organization({ canary: 2 });
const report = (stacks: StackReport[], changes: Partial<Report> = {}): Report => ({
  schemaVersion: 1,
  command: "rollout",
  status: "failed",
  startedAt: "2026-01-05T08:00:00.000Z",
  host: "example",
  pid: 1,
  terraformVersion: "1.11.4",
  resumed: [],
  stacks,
  ...changes,
});

describe("before the first account is touched", () => {
  const start = (changes: Partial<RolloutStart>) =>
    describeStart({
      before: undefined,
      all,
      selected: all,
      resumed: [],
      orphaned: [],
      unsaved: [],
      ...changes,
    });

  test("there may be nothing to say", () => {
    expect(start({})).toEqual([]);
    expect(start({ before: report([], { status: "done" }) })).toEqual([]);
  });

  test("a run that was killed is named, with where it was", () => {
    const before = report(
      [
        reportOf("security"),
        reportOf("canary-1", { outcome: "working" }),
        reportOf("canary-2", { outcome: "pending" }),
      ],
      { status: "running" },
    );

    expect(start({ before })).toEqual([
      "The last run, started at 2026-01-05T08:00:00.000Z, was killed before it finished.",
      expect.stringMatching(/^It was working on: canary-1\. .*waits for its state lock/),
      "It had not started: canary-2.",
    ]);
  });

  test("a run that was killed before it did anything left nothing to look for", () => {
    expect(start({ before: report([], { status: "running" }) })).toHaveLength(1);
  });

  test("what is left out is reported, by selection and by --resume", () => {
    expect(start({ selected: all.slice(0, 1), resumed: ["canary-1", "canary-2"] })).toEqual([
      "Selected 1 of 3 stacks; the others are not touched.",
      "Skipped, because the last run finished them and they have not changed since: canary-1, canary-2.",
    ]);
  });

  test("accounts that are no longer in the configuration are always listed", () => {
    expect(start({ unsaved: ["/checkout/.rollout/errored/123456789012.tfstate"] })).toEqual([
      expect.stringContaining("/checkout/.rollout/errored/123456789012.tfstate"),
    ]);
    expect(start({ orphaned: ["123456789012"] })).toEqual([
      expect.stringMatching(/still deployed: 123456789012\. They are not changed\./),
    ]);
  });
});

describe("at the end", () => {
  const { shell } = testShell("/");
  const end = (stacks: StackReport[], changes?: Partial<Report>) =>
    describeEnd(report(stacks, changes), shell);
  const cause = `AccessDenied ${"because ".repeat(20)}of a service control policy`;

  test("every cause in full, with what to do about it", () => {
    const text = end([reportOf("payments", { outcome: "failed", cause, advice: "Check the role." })]);

    expect(text).toContain(`payments (444455556666) failed: ${cause}\n  Check the role.`);
  });

  test("a cause that many accounts share once, with the accounts", () => {
    const failure = (name: string, accountId: string, request: string) =>
      reportOf(name, {
        ...{ accountId, outcome: "failed", advice: "Check the role." },
        cause: `Cannot assume arn:aws:iam::${accountId}:role/Deploy, request ${request}-e29b-41d4-a716-446655440000`,
      });

    const text = end([
      failure("payments", "444455556666", "550e8400"),
      reportOf("ledger", { outcome: "failed", cause: "throttled" }),
      failure("research", "777788889999", "123e4567"),
      failure("shop", "555566667777", "f47ac10b"),
    ]);

    expect(text.match(/, request /g)).toHaveLength(1);
    expect(text).toContain(
      "446655440000\n  Check the role.\n  2 more failed for the same reason: research (777788889999), shop (555566667777)\n\nledger",
    );
  });

  test("advice that names the account for each of them", () => {
    const failed = ["payments", "research"].map((name) =>
      reportOf(name, {
        outcome: "failed",
        cause,
        advice: `Import it: terraform -chdir=stacks/${name} import`,
      }),
    );

    expect(end(failed).match(/Import it/g)).toHaveLength(2);
  });

  test("how to continue, and what --resume would skip", () => {
    const stacks = [
      reportOf("security"),
      reportOf("canary-1", { outcome: "failed", cause }),
      reportOf("canary-2", { outcome: "not-started", cause: "1 account failed in wave canary" }),
    ];
    const resumed = [{ name: "payments", stackSha256: "" }];

    expect(end(stacks, { resumed })).toContain("2 left. To continue, run the same command again");
    expect(end(stacks, { resumed })).toContain("skips the 2 that are done");
  });

  test("nothing of --resume when it would skip nothing", () => {
    const text = end([reportOf("security", { outcome: "failed", cause })]);

    expect(text).toContain("1 left. To continue, run the same command again: it plans every account anew.");
    expect(text).not.toContain("--resume");
  });

  test.each([
    ["when all is done", [reportOf("security")], {}],
    [
      "of a plan, which leaves nothing undone",
      [reportOf("security", { outcome: "failed" })],
      { command: "plan" },
    ],
  ])("nothing of going on %s", (_name, stacks, changes) => {
    expect(end(stacks, changes)).not.toContain("To continue");
  });
});

describe("the table", () => {
  const table = (stacks: StackReport[]) => resultTable(stacks, pc.createColors(false));

  test("one row for each stack: wave, account, id, mode, time, result", () => {
    const rows = table([
      reportOf("security", { wave: null, outcome: "unchanged" }),
      reportOf("payments", { mode: "enforce", changes: { add: 38, change: 0, remove: 0 } }),
      reportOf("research", {
        ...{ mode: "enforce", changes: { add: 0, change: 1, remove: 0 } },
        effects: [{ setting: "mode", kind: "set", before: "observe", after: "enforce", weakens: false }],
      }),
    ]).split("\n");

    expect(
      rows.filter((row) => row.includes("│")).map((row) => row.split("│").map((cell) => cell.trim())),
    ).toEqual([
      ["", "wave", "account", "id", "mode", "time", "result", ""],
      ["", "security account", "security", "444455556666", "", "1:07", "no changes", ""],
      ["", "canary", "payments", "444455556666", "enforce", "1:07", "38 added", ""],
      ["", "canary", "research", "444455556666", "observe → enforce", "1:07", "1 changed", ""],
    ]);
  });

  test("stays narrow, however long a cause is", () => {
    const rows = table([reportOf("payments", { outcome: "failed", cause: "x".repeat(500) })]).split("\n");

    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThan(120);
    expect(rows.join("\n")).toContain("xxx…");
  });

  test("what was not started took no time", () => {
    const stack = reportOf("payments", { outcome: "not-started", cause: "stopped", startedAt: undefined });

    expect(table([stack])).toMatch(/444455556666 │ +│ +│ not started: stopped/);
  });
});
