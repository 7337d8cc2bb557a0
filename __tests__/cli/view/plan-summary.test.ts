import pc from "picocolors";
import type { PlannedStack } from "../../../cli/rollout/rollout";
import { planSummary } from "../../../cli/view/plan-summary";
import { planOf } from "../../support/cli/terraform";

const planned = (name: string, ...changes: [action: string, address: string][]): PlannedStack => ({
  target: { name, accountId: "444455556666", wave: "canary" },
  plan: planOf(changes.map(([action, address]) => ({ action, address }))),
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
  expect(text).toContain("\n    + c");
});
