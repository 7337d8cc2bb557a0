import type { StackReport } from "../../../cli/report/report";
import { nextSteps } from "../../../cli/view/next-steps";
import { parseRollout } from "../../../stacks/config/load";
import { reportOf } from "../../support/cli/stacks";
import { GUARDED_YAML, SAMPLE_YAML } from "../../support/stacks/sample";

const steps = (yaml: string, ...stacks: StackReport[]) =>
  nextSteps({ stacks }, parseRollout("rollout.yaml", yaml, "/project"));
const ENFORCES = reportOf("payments", { mode: "enforce" });
const DRILLED = `${GUARDED_YAML}drill: { everyHours: 24 }\n`;

test("where everything is done, nothing comes next", () => {
  expect(steps(GUARDED_YAML, reportOf("payments", { mode: "enforce", outcome: "unchanged" }))).toEqual([]);
  expect(steps(GUARDED_YAML)).toEqual([]);
});

test("mail that waits is named with its accounts, and how long its link counts", () => {
  const [confirm] = steps(
    SAMPLE_YAML,
    reportOf("security", { unconfirmed: ["soc@example.com"] }),
    reportOf("payments", { unconfirmed: ["soc@example.com", "oncall@example.com"] }),
  );

  expect(confirm).toBe(
    "Have 3 mail subscriptions confirmed, within two days of the mail from AWS: soc@example.com for 2 accounts, " +
      "oncall@example.com for payments. Until then, nothing is mailed there.",
  );
});

test("of an account that failed, nothing was mailed", () => {
  expect(
    steps(SAMPLE_YAML, reportOf("security", { outcome: "failed", unconfirmed: ["a@example.com"] })),
  ).toEqual([]);
});

test("accounts that enforce from now on are proved by a drill", () => {
  expect(steps(DRILLED, ENFORCES)).toEqual(["Test the response in payments: npm run quarantine -- drill"]);
  expect(steps(GUARDED_YAML, ENFORCES)).toEqual([
    expect.stringMatching(/^Test the response regularly: set drill\.everyHours/),
  ]);
});

test("accounts that observe are judged before they enforce", () => {
  expect(steps(GUARDED_YAML, reportOf("a", { mode: "observe" }), reportOf("b", { mode: "observe" }))).toEqual(
    [
      expect.stringMatching(
        /in 2 accounts, before you set it there: npm run quarantine -- replay --days 90 \(docs\/adopt\.md\)$/,
      ),
    ],
  );
});

test("where accounts enforce without the guard, it is missed, whether anything was applied or not", () => {
  const guard = [expect.stringMatching(/^Turn on the guard: payments enforces.*docs\/guard\.md/)];

  expect(steps(SAMPLE_YAML, { ...ENFORCES, outcome: "unchanged" })).toEqual(guard);
  expect(steps(SAMPLE_YAML, reportOf("research", { mode: "off" }))).toEqual([]);
});
