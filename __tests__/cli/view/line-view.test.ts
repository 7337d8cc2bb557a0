import { Progress } from "../../../cli/rollout/progress";
import type { StackTarget } from "../../../cli/stack-target";
import { formatDuration } from "../../../cli/view/describe";
import { LineView } from "../../../cli/view/line-view";
import { organization } from "../../support/cli/rollout";

const [security, canary] = organization({ canary: 1 }) as [StackTarget, StackTarget];

function view() {
  let time = 1_000_000;
  const written: string[] = [];
  const progress = new Progress([security, canary], () => time);
  const lines = new LineView(progress, { write: (text) => written.push(text) }, () => time);
  return { progress, lines, written, later: (ms: number) => (time += ms) };
}

test("one line for each change, with the time since the start", () => {
  const { progress, written, later } = view();

  progress.set(canary, { kind: "working", step: "planning" });
  later(7_000);
  progress.set(canary, { kind: "waiting", step: "planning", cause: "Rate exceeded", againAt: 1_009_000 });
  later(2_000);
  progress.set(canary, { kind: "working", step: "planning" });
  later(60_000);
  progress.end(canary, { outcome: "applied", counts: { add: 3, change: 0, remove: 0 } });
  progress.end(security, { outcome: "not-started", cause: "stopped by SIGINT" });

  expect(written).toEqual([
    "  0:00  canary / canary-1: planning\n",
    "  0:07  canary / canary-1: planning again in 2 s: Rate exceeded\n",
    "  0:09  canary / canary-1: planning\n",
    "  1:09  canary / canary-1: 3 added (1:09)\n",
    "  1:09  security account / security: not started: stopped by SIGINT\n",
  ]);
});

test("a long cause is cut: the result has it in full", () => {
  const { progress, written } = view();

  progress.end(canary, { outcome: "failed", cause: "because ".repeat(100) });

  expect(written[0]).toMatch(/canary-1: failed: because .*…\n$/);
  expect(written[0]?.length).toBeLessThan(250);
});

test("single resources do not fill the log", () => {
  const { progress, written } = view();

  for (let done = 1; done <= 30; done++) {
    progress.set(canary, { kind: "working", step: "applying", detail: `${done} of 30 resources` });
  }

  expect(written).toEqual([]);
});

test("shows messages", () => {
  const { lines, written, later } = view();

  later(3_725_000);
  lines.say("Stopping.");

  expect(written).toEqual([" 62:05  Stopping.\n"]);
});

test.each([
  [0, "0:00"],
  [999, "0:00"],
  [59_999, "0:59"],
  [754_000, "12:34"],
])("%d ms are %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
