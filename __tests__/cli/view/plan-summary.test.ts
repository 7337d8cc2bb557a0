import pc from "picocolors";
import type { Effect } from "../../../cli/effects/effect";
import type { PlannedStack } from "../../../cli/rollout/rollout";
import { describePlans, planEffects, planSummary } from "../../../cli/view/plan-summary";
import { planOf } from "../../support/cli/terraform";

const planned = (name: string, ...changes: [action: string, address: string][]): PlannedStack => ({
  target: { name, accountId: "444455556666", wave: "canary" },
  plan: planOf(changes.map(([action, address]) => ({ action, address }))),
});
const MODE: Effect = { setting: "mode", kind: "set", before: "observe", after: "enforce", weakens: false };
const WEAKER: Effect = { setting: "mode", kind: "set", before: "enforce", after: "off", weakens: true };
const meaning = (name: string, ...effects: Effect[]): PlannedStack => ({
  target: { name, accountId: "444455556666", wave: "canary" },
  plan: planOf([{ action: "update", address: "aws_lambda_function.responder" }], "plan.tfplan", effects),
});
const summary = (...stacks: PlannedStack[]) => planSummary(stacks, pc.createColors(false));

test("accounts with the same changes are shown once, in whatever order Terraform named them", () => {
  const text = summary(
    planned("sandbox", ["create", "aws_sns_topic.alerts"], ["delete", "aws_kms_key.old"]),
    planned("payments", ["update", "aws_lambda_function.responder"]),
    planned("research", ["delete", "aws_kms_key.old"], ["create", "aws_sns_topic.alerts"]),
  );

  expect(text).toBe(
    [
      "sandbox (444455556666), research (444455556666)",
      "    - aws_kms_key.old",
      "    + aws_sns_topic.alerts",
      "",
      "payments (444455556666)",
      "    ~ aws_lambda_function.responder",
    ].join("\n"),
  );
});

test("the same resource with another change is another change", () => {
  const text = summary(planned("sandbox", ["update", "a"]), planned("payments", ["replace", "a"]));

  expect(text).toBe("sandbox (444455556666)\n    ~ a\n\npayments (444455556666)\n  -/+ a");
});

test("a plan may change nothing but outputs, and do what has no sign", () => {
  expect(summary(planned("sandbox"))).toBe("sandbox (444455556666)\n  outputs only");
  expect(summary(planned("sandbox", ["forget", "a"]))).toContain("  forget a");
});

test("what is destroyed stands out", () => {
  const colors = pc.createColors(true);
  const text = planSummary([planned("sandbox", ["delete", "a"], ["replace", "b"], ["create", "c"])], colors);

  expect(text).toContain(colors.red("    - a"));
  expect(text).toContain(colors.red("  -/+ b"));
  expect(text).toContain(`\n${colors.dim("    + c")}`);
});

test("what the plan of one account means stands alone, and is empty where it says nothing", () => {
  const colors = pc.createColors(false);

  expect(planEffects(meaning("research", MODE, WEAKER), colors)).toBe(
    ["research (444455556666)", "  ! mode: enforce → off", "    mode: observe → enforce"].join("\n"),
  );
  expect(planEffects(planned("sandbox", ["create", "a"]), colors)).toBe("");
});

test("what a change means comes before the resources", () => {
  expect(summary(meaning("research", MODE))).toBe(
    ["research (444455556666)", "    mode: observe → enforce", "    ~ aws_lambda_function.responder"].join(
      "\n",
    ),
  );
});

test("five hundred accounts that change alike are one line, with their number and some names", () => {
  const stacks = Array.from({ length: 500 }, (_, index) => meaning(`account-${index}`, MODE));

  const text = summary(...stacks);

  expect(text.match(/mode: observe → enforce/g)).toHaveLength(1);
  expect(text).toMatch(
    /^500 accounts: account-0 \(444455556666\), .*account-7 \(444455556666\) and 492 more\n/,
  );
  expect(text.length).toBeLessThan(500);
});

test("what weakens comes first: a line that says so, then its accounts, then its line among theirs", () => {
  const added: Effect = { setting: "mail", kind: "added", after: "soc@example.com", weakens: false };

  const text = summary(meaning("research", MODE), meaning("payments", added, WEAKER));

  expect(text).toBe(
    [
      "This weakens the protection of 1 account, marked with !.",
      "",
      "payments (444455556666)",
      "  ! mode: enforce → off",
      "    mail added: soc@example.com",
      "    ~ aws_lambda_function.responder",
      "",
      "research (444455556666)",
      "    mode: observe → enforce",
      "    ~ aws_lambda_function.responder",
    ].join("\n"),
  );
});

test("every attribute comes after what the plans mean", async () => {
  const terraform = { show: (stack: string) => Promise.resolve(`attributes of ${stack}`) };

  const text = await describePlans([meaning("research", MODE)], terraform, pc.createColors(false), true);

  expect(text).toMatch(/mode: observe → enforce[^]*# research \(444455556666\)\nattributes of research$/);
});
