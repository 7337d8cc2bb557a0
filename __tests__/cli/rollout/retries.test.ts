import { Retries } from "../../../cli/rollout/retry";
import type { TerraformFault } from "../../../cli/terraform/fault";
import { organization, Scenario } from "../../support/cli/rollout";
import { DENIED, fault, LOCKED, THROTTLED, type Attempt } from "../../support/cli/terraform";

const always = (fails: TerraformFault): Attempt[] => Array<Attempt>(1_000).fill({ fails });
const ONE = organization({});

describe("a transient fault", () => {
  test.each(["throttled", "network", "role-not-assumable", "lock-held"] as const)(
    "%s: the step is retried",
    async (kind) => {
      const scenario = new Scenario({
        targets: ONE,
        scripts: { security: { plan: [{ fails: fault(kind) }, { fails: fault(kind) }] } },
      });

      await scenario.rollOut();

      expect(scenario.outcomes()).toEqual({ security: "applied" });
      expect(scenario.progress.all[0]?.retries).toBe(2);
    },
  );

  test("waits twice as long each time, half a minute at most", async () => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { plan: always(LOCKED) } },
      lockTimeoutMs: 150_000,
    });

    await scenario.rollOut();

    const plans = scenario.terraform.of("plan");
    const waits = plans.slice(1).map(({ from }, index) => (from - (plans[index]?.until ?? 0)) / 1_000);
    expect(waits.slice(0, 6)).toEqual([2, 4, 8, 16, 30, 30]);
  });

  test("gives up when its time is over, after one last attempt", async () => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { plan: always(THROTTLED) } },
      retryForMs: 10_000,
    });

    await scenario.rollOut();

    const [first, ...others] = scenario.terraform.of("plan");
    expect(scenario.result("security")).toEqual({ outcome: "failed", cause: "Rate exceeded" });
    expect((others.at(-1)?.from ?? 0) - (first?.until ?? 0)).toBe(10_000);
  });

  test("is not retried with no time to do so", async () => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { plan: always(THROTTLED) } },
      retryForMs: 0,
    });

    await scenario.rollOut();

    expect(scenario.terraform.of("plan")).toHaveLength(1);
  });

  test("a lock has a time of its own, and its holder is named when it is over", async () => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { plan: always(LOCKED) } },
      retryForMs: 0,
      lockTimeoutMs: 60_000,
    });

    await scenario.rollOut();

    expect(scenario.result("security")).toEqual({ outcome: "failed", cause: "held by alice@laptop" });
    expect(scenario.clock.elapsed).toBeGreaterThan(60_000);
    expect(scenario.clock.elapsed).toBeLessThan(70_000);
  });

  test("each step has its own time limit", async () => {
    const throttledFor8s = [THROTTLED, THROTTLED, THROTTLED].map((fails) => ({ fails }));
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { initialize: throttledFor8s, plan: throttledFor8s } },
      retryForMs: 20_000,
    });

    await scenario.rollOut();

    expect(scenario.outcomes()).toEqual({ security: "applied" });
  });

  test("others work in its place while it waits, and it goes before those that have not begun", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 4 }),
      concurrency: 1,
      scripts: { "canary-1": { plan: [{ fails: THROTTLED }] } },
    });

    await scenario.rollOut();

    expect(scenario.terraform.began("apply")).toEqual([
      "security",
      "canary-2",
      "canary-1",
      "canary-3",
      "canary-4",
    ]);
    expect(scenario.terraform.mostWorking).toBe(1);
  });

  test("while waiting, a stop ends the account at once, with the fault as its cause", async () => {
    const scenario = new Scenario({ targets: ONE, scripts: { security: { plan: always(LOCKED) } } });
    // Initialized and planned in vain after 2 s, again after 4 s; then waits until 9 s.
    scenario.stopAfter(5_500);

    await scenario.rollOut();

    expect(scenario.clock.elapsed).toBe(5_500);
    expect(scenario.result("security")).toEqual({ outcome: "failed", cause: "held by alice@laptop" });
  });

  test("after a stop, a fault is not waited for", async () => {
    const scenario = new Scenario({ targets: ONE, scripts: { security: { plan: always(LOCKED) } } });
    scenario.stopAfter(1_500);

    await scenario.rollOut();

    expect(scenario.clock.elapsed).toBe(2_000);
    expect(scenario.outcomes()).toEqual({ security: "failed" });
  });
});

test.each(["other", "wrong-account", "already-exists", "backend-changed", "interrupted"] as const)(
  "%s is not tried again",
  async (kind) => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { apply: [{ fails: fault(kind) }] } },
    });

    await scenario.rollOut();

    expect(scenario.terraform.of("apply")).toHaveLength(1);
    expect(scenario.outcomes()).toEqual({ security: "failed" });
  },
);

describe("an apply that failed half-way", () => {
  test("is planned again, and what is left is applied", async () => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { apply: [{ fails: THROTTLED }] } },
    });

    await scenario.rollOut();

    expect(scenario.terraform.calls.map(({ step }) => step)).toEqual([
      "initialize",
      "plan",
      "apply",
      "plan",
      "apply",
    ]);
    expect(scenario.outcomes()).toEqual({ security: "applied" });
  });

  test("has nothing left to apply when the new plan is empty", async () => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { apply: [{ fails: THROTTLED }], plan: [{}, { changes: [] }] } },
    });

    await scenario.rollOut();

    expect(scenario.terraform.of("apply")).toHaveLength(1);
    expect(scenario.outcomes()).toEqual({ security: "applied" });
  });

  test("fails when the new plan cannot be made", async () => {
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { apply: [{ fails: THROTTLED }], plan: [{}, { fails: DENIED }] } },
    });

    await scenario.rollOut();

    expect(scenario.result("security").cause).toBe("AccessDenied");
  });
});

test("a stale plan is made again", async () => {
  const scenario = new Scenario({
    targets: ONE,
    scripts: { security: { apply: [{ fails: fault("stale-plan", "Saved plan is stale") }] } },
  });

  await scenario.rollOut();

  expect(scenario.outcomes()).toEqual({ security: "applied" });
  expect(scenario.terraform.of("plan")).toHaveLength(2);
});

test("delays are random between half and all of the time", () => {
  const delay = (random: number) =>
    new Retries({ lockTimeoutMs: 0, retryForMs: 60_000, random: () => random }).delayAfter(THROTTLED, 0);

  expect([delay(0), delay(0.5), delay(1)]).toEqual([1_000, 1_500, 2_000]);
});
