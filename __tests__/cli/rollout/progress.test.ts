import { Progress, type StackProgress } from "../../../cli/rollout/progress";
import { phaseName, phasesOf, type StackTarget } from "../../../cli/stack-target";
import { GUARD, organization } from "../../support/cli/rollout";

const [security, canary] = organization({ canary: 1 }) as [StackTarget, StackTarget];

function start() {
  let time = 1_000;
  const progress = new Progress(organization({ canary: 1 }), () => time);
  return { progress, at: (now: number) => (time = now) };
}

test("everything is pending at first, in the order of the rollout", () => {
  const { progress } = start();

  expect(progress.all.map(({ target, state }) => [target.name, state.kind])).toEqual([
    ["security", "pending"],
    ["canary-1", "pending"],
  ]);
});

test("a stack's time runs from its first step to its end, waiting included", () => {
  const { progress, at } = start();

  at(2_000);
  progress.set(security, { kind: "working", step: "planning" });
  at(3_000);
  progress.set(security, { kind: "waiting", step: "planning", cause: "Rate exceeded", againAt: 5_000 });
  at(5_000);
  progress.set(security, { kind: "working", step: "planning" });
  at(9_000);
  progress.end(security, { outcome: "unchanged" });

  expect(progress.of(security)).toMatchObject({ startedAt: 2_000, endedAt: 9_000, retries: 1 });
});

test("what was never started took no time", () => {
  const { progress } = start();

  progress.end(canary, { outcome: "not-started", cause: "stopped by SIGINT" });

  expect(progress.of(canary)).toMatchObject({ startedAt: undefined, endedAt: 1_000 });
});

test("listeners get every change", () => {
  const { progress } = start();
  const seen: StackProgress[] = [];
  progress.onChange((stack) => seen.push(stack));

  progress.set(canary, { kind: "planned", counts: { add: 1, change: 0, remove: 0 } });
  progress.end(canary, { outcome: "declined" });

  expect(seen.map(({ state }) => state.kind)).toEqual(["planned", "ended"]);
  expect(progress.resultOf(canary)).toEqual({ outcome: "declined" });
  expect(progress.resultOf(security)).toBeUndefined();
});

test("a stack of another rollout is refused", () => {
  const { progress } = start();
  const stranger = { name: "payments", accountId: "777788889999", wave: "canary" };

  expect(() => progress.end(stranger, { outcome: "applied" })).toThrow(
    "payments is not a stack of this rollout",
  );
});

test("phases keep the order of the rollout", () => {
  const targets = [...organization({ canary: 1, production: 2 }), GUARD];

  const phases = phasesOf(targets, (target) => target);

  expect(phases.map(({ phase, stacks }) => [phaseName(phase), stacks.length])).toEqual([
    ["security account", 1],
    ["canary", 1],
    ["production", 2],
    ["management account", 1],
  ]);
});
