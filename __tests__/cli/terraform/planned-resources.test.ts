import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { effectsOf, unconfirmedMail } from "../../../cli/effects/effects-of";
import { readPlannedChanges } from "../../../cli/terraform/planned-changes";
import { readPlannedResources } from "../../../cli/terraform/planned-resources";
import { terraformOutput } from "../../support/cli/terraform-output";

const fixture = (name: string) => path.join(__dirname, "../../fixtures/terraform", name);
const PLAN = fixture("enforce-to-observe.tfplan");
const STACK = fixture("enforce-to-observe.tf.json");

test("what a saved plan means is what Terraform shows of it", () => {
  const shown = readPlannedChanges(terraformOutput("enforce-to-observe.json"));

  const resources = readPlannedResources(PLAN, STACK, shown?.changes ?? []) ?? [];

  expect(effectsOf(resources)).toEqual(shown?.effects);
  expect(effectsOf(resources)).toEqual([
    { setting: "mode", kind: "set", before: "enforce", after: "observe", weakens: true },
    { setting: "mail", kind: "added", after: "soc@example.com", weakens: false },
  ]);
  expect(unconfirmedMail(resources)).toEqual(["oncall@example.com", "soc@example.com"]);
  expect(shown?.unconfirmed).toEqual(["oncall@example.com", "soc@example.com"]);
  expect(shown?.counts).toEqual({ add: 1, change: 2, remove: 0 });
});

test("a resource that is replaced is told apart by the action", () => {
  const changes = [{ address: "aws_lambda_function.responder_function", action: "replace" }];

  const effects = effectsOf(readPlannedResources(PLAN, STACK, changes) ?? []);

  expect(effects).toContainEqual({
    ...{ setting: "function", kind: "replaced", after: "security-response", weakens: false },
  });
});

test.each([
  ["a plan in HCP Terraform, which is no zip", '{"remote_plan_format":1,"run_id":"run-1"}'],
  ["an encrypted one", "\u0000\u0001"],
  ["nothing", ""],
])("%s is not read", (_what, text) => {
  const folder = mkdtempSync(path.join(tmpdir(), "plan-"));
  try {
    const file = path.join(folder, "plan.tfplan");
    writeFileSync(file, text);

    expect(readPlannedResources(file, STACK, [])).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
