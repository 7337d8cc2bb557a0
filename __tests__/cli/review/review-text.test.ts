import { EXIT } from "../../../cli/exit-codes";
import type { AccountStatus, LiveReading, Review, ReviewedAccount } from "../../../cli/review/review";
import { reviewMarkdown } from "../../../cli/review/review-markdown";
import { reviewExitCode, reviewText } from "../../../cli/review/review-text";
import { colorsFor } from "../../../cli/shell";
import { reviewedAccount, reviewOf } from "../../support/cli/review";

const PLAIN = colorsFor({ write: () => undefined }, { env: {} });
const MODE = {
  address: "aws_lambda_function.responder",
  attribute: "environment.0.variables.QUARANTINE_MODE",
  expected: "enforce",
  found: "observe",
};
const deployed = (resources: number): NonNullable<ReviewedAccount["deployed"]> => ({
  ...{ version: "0.3.0", mode: "enforce", functions: [], resources, serial: 1 },
  appliedAt: "2026-11-01T08:00:00.000Z",
});
const uncovered = reviewedAccount({
  ...{
    id: "888877776666",
    name: "New Shop",
    kind: "uncovered",
    wave: null,
    mode: null,
    guard: "not-covered",
  },
  ...{ status: "uncovered", trust: "", problems: ["rollout.yaml does not list it."] },
});
const differing = reviewedAccount({
  ...{ id: "444455556666", name: "payments", deployed: deployed(52), status: "differs" },
  ...{ problems: ["Its mode is observe instead of enforce."], differences: [MODE] },
});
const many = (count: number, facts: Partial<ReviewedAccount> = {}) =>
  Array.from({ length: count }, (_, index) =>
    reviewedAccount({
      name: `a-${index}`,
      id: String(index).padStart(12, "0"),
      deployed: deployed(52),
      ...facts,
    }),
  );

test.each<[string, AccountStatus[], number]>([
  ["everything is as configured", ["as-configured"], EXIT.done],
  ["an account differs", ["differs", "as-configured"], EXIT.changes],
  ["nobody covers an account", ["uncovered"], EXIT.changes],
  ["an account has left", ["left"], EXIT.changes],
  ["an account could not be read", ["unreadable"], EXIT.failed],
  ["both: differences may be missing", ["unreadable", "differs"], EXIT.failed],
])("the exit code when %s", (_name, statuses, code) => {
  expect(reviewExitCode(reviewOf(statuses.map((status) => reviewedAccount({ status }))))).toBe(code);
});

test("the table is worst first, and accounts that stand alike share a row", () => {
  const text = reviewText(reviewOf([uncovered, differing, ...many(1_000)]), PLAIN);

  expect(text.split("\n").at(-1)).toBe(
    "1,002 accounts: 1 uncovered, 1 different, 1,000 as configured (with --organization, without --drift, without --live)",
  );
  expect(text.split("\n").length).toBeLessThan(40);
  expect(text).toMatchSnapshot();
});

test("where the table is wider than the terminal, the same is a list", () => {
  const review = reviewOf([uncovered, differing, ...many(3)]);
  const table = reviewText(review, PLAIN);
  const width = table.indexOf("\n");

  expect(reviewText(review, PLAIN, width)).toBe(table);
  expect(reviewText(review, PLAIN, width - 1)).toMatchInlineSnapshot(`
    "uncovered: guard not covered
      New Shop
      888877776666
      /Workloads/Prod
      rollout.yaml does not list it.
    differs: production, enforce, 0.3.0, guard attached
      payments
      444455556666
      /Workloads/Prod
      Its mode is observe instead of enforce.
      aws_lambda_function.responder environment.0.variables.QUARANTINE_MODE: is observe, expected enforce
      applied at 2026-11-01T08:00:00.000Z
      Trusts nobody.
    as configured: production, enforce, 0.3.0, guard attached
      3 accounts
      a-0 (000000000000)
      a-1 (000000000001)
      a-2 (000000000002)
    5 accounts: 1 uncovered, 1 different, 3 as configured (with --organization, without --drift, without --live)"
  `);
});

test("values that accounts do not share are left out of their row", () => {
  const other = {
    ...differing,
    id: "777788889999",
    name: "research",
    differences: [{ ...MODE, found: "off" }],
  };

  const text = reviewText(reviewOf([differing, other]), PLAIN);

  expect(text).toContain("2 accounts");
  expect(text).toContain("expected enforce");
  expect(text).not.toContain("is off");
});

test("what is wrong is red, and what is not is not", () => {
  const colors = colorsFor({ write: () => undefined, isTTY: true }, { env: {} });

  expect(reviewText(reviewOf([differing]), colors)).toContain(colors.red("differs"));
  expect(reviewText(reviewOf([reviewedAccount()]), colors)).not.toContain("\u001b[31m");
});

const HOSTILE = reviewedAccount({
  ...{ kind: "uncovered", status: "uncovered", wave: null, unit: "/\u001b[2J", trust: "\u001b[1A" },
  ...{ name: "a|`<img src=x>`\u202E@all\n# x", problems: ["<b>|@all #1\u001b[0m"] },
  differences: [{ address: "a|b", attribute: "`c`", expected: "<script>|", found: "@all\n" }],
  live: {
    users: [{ userName: "_a_|@all\u001b[2J", status: "<b>|\u202E", since: "`|", gap: [] }],
    ...{ lastDrill: null, problems: [] },
  },
});

test("nothing that others have written moves the cursor", () => {
  expect(reviewText(reviewOf([HOSTILE]), PLAIN)).not.toMatch(/[\u001b\u202E]/);
});

describe.each([
  ["the table", (review: Review) => reviewText(review, PLAIN)],
  ["Markdown", (review: Review) => reviewMarkdown(review)],
])("with --live, %s", (_name, written) => {
  const user = (userName: string) => ({
    ...{ userName, status: "QUARANTINED", since: "2026-11-30T21:50:17.377Z", gap: [] },
  });
  const lastDrill = {
    ...{ at: "2026-11-29T08:00:00.000Z", isPassed: true, containedSeconds: 2.14, deniedSeconds: 4 },
  };
  const live = (facts: Partial<LiveReading> = {}) => ({
    live: { users: [], lastDrill: null, problems: [], ...facts },
  });

  test("shows quarantined users without a gap, in a row of their account", () => {
    const held = reviewedAccount({ name: "held", ...live({ users: [user("mallory")] }) });

    const text = written(reviewOf([held, ...many(3, live())]));

    expect(text.replaceAll("&#58;", ":")).toContain(
      "User mallory: QUARANTINED since 2026-11-30T21:50:17.377Z",
    );
    expect(text).toContain("3 accounts");
  });

  test("shows some of many users, and counts the others", () => {
    const users = Array.from({ length: 40 }, (_, index) => user(`user-${index}`));

    const text = written(reviewOf([reviewedAccount(live({ users }))]));

    expect(text.match(/User user-/g)).toHaveLength(6);
    expect(text).toContain("and 34 more users");
  });

  test("shows the last drill of an account, and the oldest of a group", () => {
    const others = many(3).map((each, day) => ({
      ...each,
      ...live({ lastDrill: { ...lastDrill, at: `2026-11-0${day + 2}T08:00:00.000Z` } }),
    }));
    const alone = reviewedAccount({ name: "alone", status: "differs", ...live({ lastDrill }) });

    const text = written(reviewOf([alone, ...others])).replaceAll("&#58;", ":");

    expect(text).toContain("Drill passed at 2026-11-29T08:00:00.000Z, contained in 2.1 s");
    expect(text).toContain("3 last drills passed, the oldest at 2026-11-02T08:00:00.000Z");
  });
});

describe("as Markdown", () => {
  test("the same rows", () => {
    expect(reviewMarkdown(reviewOf([uncovered, differing, ...many(1_000)]))).toMatchSnapshot();
  });

  test("names of others add no cell, no markup and no mention", () => {
    const lines = reviewMarkdown(reviewOf([HOSTILE])).split("\n");

    const row = lines.at(-1) ?? "";
    expect(row.split("|")).toHaveLength(9);
    // GitHub looks for nothing in code.
    expect(row.replaceAll(/`[^`]*`/g, "")).not.toMatch(/<(?!code>|\/code>|br>)|@|[\u001b\u202E]/);
    expect(lines).toHaveLength(9);
  });

  test("is cut to GitHub's limit, worst first, and says what was cut", () => {
    const alone = many(1_000, { status: "differs" }).map((each, index) => ({
      ...each,
      problems: [`Problem ${index} ${"x".repeat(200)}`],
    }));

    const markdown = reviewMarkdown(reviewOf([uncovered, ...alone, ...many(20)]));

    expect(markdown.length).toBeLessThanOrEqual(65_536);
    expect(markdown.length).toBeGreaterThan(60_000);
    const cut = /Not shown, because GitHub takes no longer comment: .*?([\d,]+) different, 20 as configured/;
    const left = Number(cut.exec(markdown)?.[1]?.replace(",", ""));
    expect(markdown.match(/Problem/g)).toHaveLength(1_000 - left);
    expect(markdown).toContain("New Shop");
  });
});

test("a review of no account says so", () => {
  const text = "0 accounts (with --organization, without --drift, without --live)";

  expect(reviewText(reviewOf([]), PLAIN)).toBe(text);
  expect(reviewMarkdown(reviewOf([]))).toContain("**0 accounts**");
});
