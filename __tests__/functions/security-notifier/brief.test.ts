import { OUTCOME_STATUSES } from "../../../functions/contract";
import { briefOf, isPassedOn, type Severity } from "../../../functions/security-notifier/channels/brief";
import type { Notice } from "../../../functions/security-notifier/notice";
import { RUNBOOK_SECTIONS } from "../../../functions/shared/alert/runbook";
import { otherNotices, outcomeNotice } from "../../support/functions/notices";

const silence: Notice = {
  ...{ kind: "silence", sender: "111122223333", everyHours: 24, part: 1, parts: 1 },
  accounts: [{ id: "777788889999", name: "research", lastPassed: undefined, lastUnproven: undefined }],
};
const ALL: readonly (readonly [string, Notice])[] = [
  ...OUTCOME_STATUSES.map((status) => [status, outcomeNotice({ status })] as const),
  ["a policy put back", outcomeNotice({ status: "RESTORED", userName: "" })],
  ["a policy that could not be put back", outcomeNotice({ status: "FAILED", userName: "" })],
  ...Object.entries(otherNotices()),
  ["silence", silence],
];

test.each(ALL)("%s names a section of the runbook", (_, notice) => {
  expect(RUNBOOK_SECTIONS).toContain(briefOf(notice, "aws").section);
});

test("silence says which sign of life is missing", () => {
  expect(briefOf(silence, "aws").summary).toBe("No drill that passed has come from 777788889999.");
  expect(briefOf({ ...silence, sign: "sweep" }, "aws").summary).toBe(
    "No report of a sweep has come from 777788889999.",
  );
});

describe("a thread", () => {
  const threadOf = (notice: Notice) => briefOf(notice, "aws").thread;

  test("follows a user through another name", () => {
    const userId = "AIDACKCEVSQ6C2EXAMPLE";

    expect(threadOf(outcomeNotice({ userId }))).toBe(`user/777788889999/${userId}`);
    expect(threadOf(outcomeNotice({ userId, userName: "renamed" }))).toBe(`user/777788889999/${userId}`);
  });

  test.each([undefined, 5, "short", "AIDA CKCEVSQ6C2EXAMPLE", "../../../etc/passwd-and-more"])(
    "of a user whose id %j is none goes by the name",
    (userId) => {
      expect(threadOf(outcomeNotice({ userId }))).toBe("user/777788889999/eve");
    },
  );

  test("is of the account that sent it, whatever account that calls itself", () => {
    expect(threadOf(outcomeNotice({ accountId: "111122223333" }))).toBe("user/777788889999/eve");
  });

  test("that would be long, or has other characters, is short and still its own", () => {
    const [one, two] = ["a", "b"].map((end) =>
      threadOf(otherNotices(`${"ü".repeat(240)}${end}`)["alarm"] as Notice),
    );

    expect(one).toMatch(/^alarm\/777788889999\/[0-9a-f]{16}$/);
    expect(two).not.toBe(one);
  });
});

describe("what a channel passes on", () => {
  const isPassed = (notice: Notice, minimum: Severity) => isPassedOn(notice, briefOf(notice, "aws"), minimum);

  test.each([
    ["LOW", "MEDIUM", false],
    ["MEDIUM", "MEDIUM", true],
    ["HIGH", "MEDIUM", true],
    ["HIGH", "CRITICAL", false],
    ["CRITICAL", "CRITICAL", true],
    ["LOW", "LOW", true],
  ] as const)("a %s outcome with the minimum %s: %j", (severity, minimum, isWanted) => {
    expect(isPassed(outcomeNotice({ severity }), minimum)).toBe(isWanted);
  });

  test("the release of a user always", () => {
    expect(isPassed(outcomeNotice({ status: "RELEASED", severity: "LOW" }), "CRITICAL")).toBe(true);
  });

  test.each(["people", "nobody"])("no user of a drill for %s, however severe", (drill) => {
    expect(isPassed(outcomeNotice({ drill, severity: "CRITICAL" }), "LOW")).toBe(false);
  });

  test("a drill that failed", () => {
    expect(isPassed(otherNotices()["drill"] as Notice, "HIGH")).toBe(true);
  });
});

test("steps are few, and the message says where all are", () => {
  expect(briefOf(outcomeNotice(), "aws").next).toEqual([
    expect.stringMatching(/^Ask /),
    expect.stringMatching(/release the user/),
    "  npm run quarantine -- release 777788889999 eve --reason TEXT --approved-by WHO",
    "The mail has all steps.",
  ]);
});
