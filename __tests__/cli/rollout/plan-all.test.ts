import { organization, Scenario } from "../../support/cli/rollout";
import { CREATE, DENIED, THROTTLED } from "../../support/cli/terraform";

test("every account is planned, even if others fail", async () => {
  const scenario = new Scenario({
    targets: organization({ canary: 2, production: 2 }),
    concurrency: 5,
    scripts: {
      security: { plan: [{ fails: DENIED }] },
      "canary-1": { plan: [{ fails: DENIED }] },
      "canary-2": { plan: [{ changes: [] }] },
    },
  });

  const planned = await scenario.plan();

  expect(scenario.clock.elapsed).toBe(2_000);
  expect(scenario.outcomes()).toEqual({
    security: "failed",
    "canary-1": "failed",
    "canary-2": "unchanged",
    "production-1": "changed",
    "production-2": "changed",
  });
  expect(planned.map(({ target }) => target.name)).toEqual(["production-1", "production-2"]);
  expect(scenario.terraform.began("apply")).toEqual([]);
});

test("plans come in the order of the rollout, and are kept to be shown", async () => {
  const scenario = new Scenario({
    targets: organization({ canary: 2 }),
    scripts: { security: { plan: [{ takesMs: 9_000 }] }, "canary-1": { plan: [{ takesMs: 5_000 }] } },
  });

  const planned = await scenario.plan();

  expect(planned.map(({ plan }) => plan.file)).toEqual([
    "security/plan.tfplan",
    "canary-1/plan.tfplan",
    "canary-2/plan.tfplan",
  ]);
  expect(scenario.terraform.files.size).toBe(3);
});

test("the way to plan reaches Terraform, for the rest of a plan too", async () => {
  const planning = { destroy: true, lock: false };
  const scripts = { security: { apply: [{ fails: THROTTLED }] } };
  const scenario = new Scenario({ targets: organization({}), scripts, planning });

  await scenario.rollOut();

  expect(scenario.terraform.planOptions).toEqual([planning, planning]);
});

test("after an interrupt, the remaining accounts are not planned", async () => {
  const scenario = new Scenario({ targets: organization({ canary: 2 }), concurrency: 1 });
  scenario.stopAfter(2_500);

  await scenario.plan();

  expect(scenario.outcomes()).toEqual({
    security: "changed",
    // It was being initialized.
    "canary-1": "not-started",
    "canary-2": "not-started",
  });
});

test("what has changed is counted", async () => {
  const scenario = new Scenario({
    targets: organization({}),
    scripts: {
      security: { plan: [{ changes: [CREATE, { address: "aws_kms_key.key", action: "replace" }] }] },
    },
  });

  await scenario.plan();

  expect(scenario.result("security").counts).toEqual({ add: 2, change: 0, remove: 1 });
});
