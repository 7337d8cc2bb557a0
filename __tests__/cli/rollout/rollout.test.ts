import { phaseName, type StackTarget } from "../../../cli/stack-target";
import { TerraformError } from "../../../cli/terraform/fault";
import { GUARD, organization, Scenario } from "../../support/cli/rollout";
import { DENIED, THROTTLED } from "../../support/cli/terraform";

describe("order", () => {
  test("the security account, then wave after wave, none before the one before it has ended", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2, production: 3 }),
      scripts: { "canary-1": { apply: [{ takesMs: 60_000 }] } },
    });

    await scenario.rollOut();

    const phases = [/security/, /canary/, /production/].map((name) =>
      scenario.terraform.calls.filter(({ stack }) => name.test(stack)),
    );
    const [security, canary, production] = phases.map((calls) => ({
      from: Math.min(...calls.map(({ from }) => from)),
      until: Math.max(...calls.map(({ until }) => until)),
    }));
    expect(canary?.from).toBe(security?.until);
    expect(production?.from).toBe(canary?.until);
    expect(Object.values(scenario.outcomes())).toEqual(Array(6).fill("applied"));
  });

  test("where nobody is asked, each plan with changes is announced before it is applied", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2 }),
      scripts: { "canary-2": { plan: [{ changes: [] }] } },
    });
    const announced: [name: string, applied: number][] = [];
    const applied = (name: string) =>
      scenario.terraform.calls.filter(({ stack, step }) => stack === name && step === "apply").length;

    await scenario.rollOut({ announce: ({ target: { name } }) => announced.push([name, applied(name)]) });

    expect(announced).toEqual([
      ["security", 0],
      ["canary-1", 0],
    ]);
    expect(applied("canary-1")).toBe(1);
  });

  test("the guard is asked for and applied last, and not at all when a wave fails", async () => {
    const targets = [...organization({ canary: 1 }), GUARD];
    const asked: string[] = [];
    const good = new Scenario({ targets });
    const bad = new Scenario({ targets, scripts: { "canary-1": { apply: [{ fails: DENIED }] } } });

    await good.rollOut({
      approve: (phase) => {
        asked.push(phaseName(phase));
        return Promise.resolve(true);
      },
    });
    await bad.rollOut({ maxFailures: 0 });

    expect(asked).toEqual(["security account", "canary", "management account"]);
    expect(good.terraform.began("apply")).toEqual(["security", "canary-1", "management"]);
    expect(bad.outcomes()).toMatchObject({ management: "not-started" });
  });

  test("the guard must not fail, whatever --max-failures says", async () => {
    const scenario = new Scenario({
      targets: [...organization({ canary: 1 }), GUARD],
      scripts: { management: { apply: [{ fails: DENIED }] } },
    });

    await scenario.rollOut({ maxFailures: 5 });

    expect(scenario.outcomes()).toMatchObject({ "canary-1": "applied", management: "failed" });
    expect(scenario.stop.reason).toBe("the management account failed");
  });

  test("within a wave, an account is applied as soon as it is planned", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2 }),
      scripts: { "canary-1": { plan: [{ takesMs: 60_000 }] } },
    });

    await scenario.rollOut();

    expect(scenario.terraform.of("apply", "canary-2")[0]?.until).toBeLessThan(60_000);
  });

  test("no more Terraform processes run at once than there are slots, and no slot is idle", async () => {
    const scenario = new Scenario({ targets: organization({ production: 10 }), concurrency: 3 });

    await scenario.rollOut();

    expect(scenario.terraform.mostWorking).toBe(3);
    // 3 s each, initialize, plan and apply: security alone, then ten in four rounds.
    expect(scenario.clock.elapsed).toBe(3_000 + 4 * 3_000);
  });

  test("what is up to date is planned and left as it is", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 1 }),
      scripts: { "canary-1": { plan: [{ changes: [] }] } },
    });

    await scenario.rollOut();

    expect(scenario.outcomes()).toEqual({ security: "applied", "canary-1": "unchanged" });
    expect(scenario.terraform.began("apply")).toEqual(["security"]);
  });

  test("an empty rollout is not an error", async () => {
    const scenario = new Scenario({ targets: [] });

    await scenario.rollOut();

    expect(scenario.terraform.calls).toEqual([]);
  });
});

describe("accounts of several waves together", () => {
  const targets = organization({ canary: 2, production: 2 }).filter(({ wave }) => wave !== undefined);

  test("are asked about once, when all of them are planned", async () => {
    const scenario = new Scenario({ targets });
    const asked: string[][] = [];

    await scenario.rollOut({
      together: true,
      approve: (_, stacks) => {
        asked.push(stacks.map(({ target }) => target.name));
        expect(scenario.terraform.began("apply")).toEqual([]);
        return Promise.resolve(true);
      },
    });

    expect(asked).toEqual([["canary-1", "canary-2", "production-1", "production-2"]]);
    expect(Object.values(scenario.outcomes())).toEqual(Array(4).fill("applied"));
  });

  test("stop when more of them have failed than may", async () => {
    const fails = { plan: [{ fails: DENIED }] };
    const scenario = new Scenario({
      ...{ targets, concurrency: 1 },
      scripts: { "canary-1": fails, "canary-2": fails },
    });

    await scenario.rollOut({ together: true, maxFailures: 1 });

    expect(scenario.outcomes()).toMatchObject({ "canary-2": "failed", "production-1": "not-started" });
    expect(scenario.stop.reason).toBe("2 accounts failed in the selection (--max-failures 1)");
  });
});

describe("failures", () => {
  const failing = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, { apply: [{ fails: DENIED }] }]));

  test("a failed account stops what has not started", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 5, production: 1 }),
      concurrency: 2,
      scripts: { "canary-1": { plan: [{ fails: DENIED }] }, "canary-2": { plan: [{ takesMs: 1_500 }] } },
    });

    await scenario.rollOut({ maxFailures: 0 });

    expect(scenario.outcomes()).toEqual({
      security: "applied",
      "canary-1": "failed",
      // It was being planned when the other failed: its apply had not begun.
      "canary-2": "not-started",
      "canary-3": "not-started",
      "canary-4": "not-started",
      "canary-5": "not-started",
      "production-1": "not-started",
    });
    expect(scenario.result("production-1").cause).toBe("1 account failed in wave canary (--max-failures 0)");
  });

  test("an apply that runs when another account fails is finished", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2 }),
      scripts: { ...failing("canary-1"), "canary-2": { apply: [{ takesMs: 60_000 }] } },
    });

    await scenario.rollOut();

    expect(scenario.outcomes()).toMatchObject({ "canary-1": "failed", "canary-2": "applied" });
  });

  test.each([
    { failed: 1, maxFailures: 1, next: "applied" },
    { failed: 2, maxFailures: 1, next: "not-started" },
    { failed: 3, maxFailures: 3, next: "applied" },
    { failed: 4, maxFailures: 3, next: "not-started" },
  ])("$failed failures with --max-failures $maxFailures: $next", async ({ failed, maxFailures, next }) => {
    const names = Array.from({ length: failed }, (_, index) => `canary-${index + 1}`);
    const scenario = new Scenario({
      targets: organization({ canary: 4, production: 1 }),
      scripts: failing(...names),
    });

    await scenario.rollOut({ maxFailures });

    expect(scenario.outcomes()["production-1"]).toBe(next);
  });

  test("failures are counted per wave", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2, production: 2, last: 1 }),
      scripts: failing("canary-1", "production-1"),
    });

    await scenario.rollOut({ maxFailures: 1 });

    expect(scenario.outcomes()).toMatchObject({ "production-2": "applied", "last-1": "applied" });
  });

  test("the security account may never fail", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 1 }),
      scripts: { security: { initialize: [{ fails: DENIED }] } },
    });

    await scenario.rollOut({ maxFailures: 99 });

    expect(scenario.result("security")).toEqual({ outcome: "failed", cause: "AccessDenied" });
    expect(scenario.result("canary-1")).toEqual({
      outcome: "not-started",
      cause: "the security account failed",
    });
    expect(scenario.terraform.began("plan")).toEqual([]);
  });

  test("a full disk ends one account like any other failure", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2 }),
      scripts: { "canary-1": { plan: [{ fails: new Error("ENOSPC: no space left on device") }] } },
    });

    await scenario.rollOut({ maxFailures: 1 });

    expect(scenario.result("canary-1").cause).toContain("ENOSPC");
    expect(scenario.outcomes()["canary-2"]).toBe("applied");
  });
});

describe("stop", () => {
  test("nothing starts after it, and running accounts finish", async () => {
    const scenario = new Scenario({ targets: organization({ canary: 6 }), concurrency: 2 });
    scenario.stopAfter(5_500);

    await scenario.rollOut();

    expect(scenario.outcomes()).toEqual({
      security: "applied",
      "canary-1": "applied",
      "canary-2": "applied",
      "canary-3": "not-started",
      "canary-4": "not-started",
      "canary-5": "not-started",
      "canary-6": "not-started",
    });
    expect(scenario.result("canary-3").cause).toBe("stopped by SIGINT");
  });

  test("between a plan and its apply, the account is left as it was", async () => {
    const scenario = new Scenario({ targets: organization({}) });
    scenario.stopAfter(1_500);

    await scenario.rollOut();

    expect(scenario.outcomes()).toEqual({ security: "not-started" });
    expect(scenario.terraform.began("apply")).toEqual([]);
  });

  test("a stop while the rest of a plan is planned: the rest is not applied", async () => {
    const scenario = new Scenario({
      targets: organization({}),
      scripts: { security: { apply: [{ fails: THROTTLED }] } },
    });
    // Initialized, planned and applied in vain after 3 s, planned again from 5 s to 6 s.
    scenario.stopAfter(5_500);

    await scenario.rollOut();

    expect(scenario.terraform.of("apply")).toHaveLength(1);
    expect(scenario.result("security")).toEqual({
      outcome: "failed",
      cause: "stopped by SIGINT, before the rest of its plan was applied",
    });
  });

  test("the first reason is reported", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2 }),
      scripts: { security: { plan: [{ fails: DENIED }] } },
    });
    scenario.stopAfter(500, "stopped by SIGTERM");

    await scenario.rollOut();

    expect(scenario.result("canary-2").cause).toBe("stopped by SIGTERM");
  });
});

test("a plan that must not be applied fails its account before the apply, and the others go on", async () => {
  const scenario = new Scenario({ targets: organization({ canary: 2 }), checkPlan: takenIn("canary-1") });

  await scenario.rollOut({ maxFailures: 1 });

  expect(scenario.outcomes()).toEqual({ security: "applied", "canary-1": "failed", "canary-2": "applied" });
  expect(scenario.result("canary-1")).toEqual({ outcome: "failed", cause: "taken", advice: "import it" });
  expect(scenario.terraform.began("apply")).not.toContain("canary-1");
});

test("the rest of a plan is not checked: its names are taken by what the first apply created", async () => {
  const checkPlan = jest.fn(() => Promise.resolve());
  const scripts = { security: { apply: [{ fails: THROTTLED }] } };
  const scenario = new Scenario({ targets: organization({}), scripts, checkPlan });

  await scenario.rollOut();

  expect(scenario.outcomes()).toEqual({ security: "applied" });
  expect(checkPlan).toHaveBeenCalledTimes(1);
});

/** A check that finds a name taken in one account. */
function takenIn(name: string) {
  return (target: StackTarget): Promise<void> =>
    target.name === name
      ? Promise.reject(new TerraformError({ kind: "already-exists", cause: "taken", advice: "import it" }))
      : Promise.resolve();
}
