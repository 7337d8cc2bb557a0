import fc from "fast-check";
import { organization, Scenario } from "../../support/cli/rollout";
import {
  DENIED,
  fault,
  LOCKED,
  THROTTLED,
  type Attempt,
  type StackScript,
} from "../../support/cli/terraform";

const failure = fc.constantFrom(DENIED, LOCKED, THROTTLED, fault("stale-plan"), new Error("ENOSPC"));
const attempt: fc.Arbitrary<Attempt> = fc.record(
  { takesMs: fc.integer({ min: 1, max: 40_000 }), fails: failure },
  { requiredKeys: ["takesMs"] },
);
const attempts = fc.array(attempt, { maxLength: 3 });
const script: fc.Arbitrary<StackScript> = fc.record({
  initialize: attempts,
  plan: attempts,
  apply: attempts,
});

const story = fc
  .record({
    canary: fc.integer({ min: 0, max: 4 }),
    production: fc.integer({ min: 0, max: 6 }),
    concurrency: fc.integer({ min: 1, max: 5 }),
    maxFailures: fc.integer({ min: 0, max: 3 }),
    retryForMs: fc.integer({ min: 0, max: 60_000 }),
    stopAt: fc.option(fc.integer({ min: 0, max: 90_000 })),
    asks: fc.boolean(),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .chain((settings) => {
    const targets = organization({ canary: settings.canary, production: settings.production });
    return fc.array(script, { minLength: targets.length, maxLength: targets.length }).map((scripts) => ({
      ...settings,
      targets,
      scripts: Object.fromEntries(targets.map(({ name }, index) => [name, scripts[index] ?? {}])),
    }));
  });
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** Tells a story to its end, and remembers when the stop was asked for. */
async function tell({ maxFailures, asks, stopAt, random, ...settings }: Story) {
  const scenario = new Scenario({ ...settings, random: () => random });
  const ends: string[] = [];
  scenario.progress.onChange(({ target, state }) => {
    if (state.kind === "ended") {
      ends.push(target.name);
    }
  });
  let stoppedAt = Infinity;
  scenario.stop.signal.addEventListener("abort", () => (stoppedAt = scenario.clock.elapsed));
  if (stopAt !== null) {
    scenario.stopAfter(stopAt);
  }
  await scenario.rollOut({ maxFailures, ...(asks && { approve: () => Promise.resolve(true) }) });
  return { scenario, ends, stoppedAt };
}

const holds = (property: (told: Awaited<ReturnType<typeof tell>>, told_: Story) => void) =>
  fc.assert(
    fc.asyncProperty(story, async (chapter) => property(await tell(chapter), chapter)),
    { numRuns: 40 },
  );

test("every stack ends exactly once", () =>
  holds(({ ends }, { targets }) => {
    expect([...ends].sort()).toEqual(targets.map(({ name }) => name).sort());
  }));

test("slots are never exceeded, and all are given back", () =>
  holds(({ scenario }, { concurrency }) => {
    expect(scenario.terraform.mostWorking).toBeLessThanOrEqual(concurrency);
    expect(scenario.terraform.working).toBe(0);
  }));

test("nothing begins after the stop", () =>
  holds(({ scenario, stoppedAt }) => {
    for (const { from } of scenario.terraform.calls) {
      expect(from).toBeLessThanOrEqual(stoppedAt);
    }
  }));

test("waves never overlap, and the security account is first", () =>
  holds(({ scenario }) => {
    const phases = ["security", "canary", "production"].map((name) =>
      scenario.terraform.calls.filter(({ stack }) => stack.startsWith(name)),
    );
    phases.slice(1).forEach((later, index) => {
      const earlier = phases.slice(0, index + 1).flat();
      const ended = Math.max(0, ...earlier.map(({ until }) => until));
      for (const { from } of later) {
        expect(from).toBeGreaterThanOrEqual(ended);
      }
    });
  }));

test("more failures in a wave than allowed leave the later waves untouched", () =>
  holds(({ scenario }, { maxFailures }) => {
    const outcomes = Object.entries(scenario.outcomes());
    const failedIn = (wave: string) =>
      outcomes.filter(([name, outcome]) => name.startsWith(wave) && outcome === "failed").length;
    if (failedIn("security") > 0 || failedIn("canary") > maxFailures) {
      const later = outcomes.filter(([name]) => name.startsWith("production"));
      expect(later.every(([, outcome]) => outcome === "not-started")).toBe(true);
    }
  }));

test("an account ends as its own last run of Terraform did, regardless of the others", () =>
  holds(({ scenario }) => {
    for (const [stack, outcome] of Object.entries(scenario.outcomes())) {
      const last = scenario.terraform.calls.filter((call) => call.stack === stack).at(-1);
      if (outcome === "applied") {
        expect(last?.failed).toBe(false);
      }
      if (last?.step === "apply" && !last.failed) {
        expect(outcome).toBe("applied");
      }
    }
  }));

test("an account fails only by a fault of its own, and none is silently left half-way", () =>
  holds(({ scenario }) => {
    for (const [stack, outcome] of Object.entries(scenario.outcomes())) {
      const calls = scenario.terraform.calls.filter((call) => call.stack === stack);
      if (outcome === "failed") {
        expect(calls.some(({ failed }) => failed)).toBe(true);
      }
      if (outcome === "not-started") {
        expect(calls.some(({ step }) => step === "apply")).toBe(false);
      }
    }
  }));
