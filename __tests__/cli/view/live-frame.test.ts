import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import pc from "picocolors";
import type { StackProgress, StackState } from "../../../cli/rollout/progress";
import { liveFrame } from "../../../cli/view/live-frame";
import { NOW, stackAt } from "../../support/cli/stacks";

const PLAIN = pc.createColors(false);
const COLORED = pc.createColors(true);
const WIDE = { columns: 200, rows: 50 };

const planning: StackState = { kind: "working", step: "planning" };
const applied: StackState = { kind: "ended", result: { outcome: "applied" } };
const failed: StackState = { kind: "ended", result: { outcome: "failed", cause: "AccessDenied:\n  denied" } };
const waiting: StackState = {
  kind: "waiting",
  step: "planning",
  cause: "Rate exceeded",
  againAt: NOW + 4_200,
};

const frame = (stacks: StackProgress[], size = WIDE) => liveFrame(stacks, NOW, size, PLAIN);
const wave = (name: string, ...states: StackState[]) =>
  states.map((state, index) => stackAt(`${name}-${index + 1}`, name, state));

test("each wave is shown with its counts, and below it the accounts that run, wait or have failed", () => {
  const stacks = [
    stackAt("security", undefined, applied),
    ...wave("canary", applied, planning, waiting, failed, { kind: "pending" }),
    ...wave("production", { kind: "pending" }, { kind: "pending" }),
  ];

  expect(frame(stacks)).toEqual([
    "security account  1 of 1 done  0:45",
    "canary  1 of 5 done, 1 failed  1:00",
    "  canary-2  1:00  planning",
    "  canary-3  1:00  planning again in 5 s: Rate exceeded",
    "  canary-4  0:45  failed: AccessDenied: denied",
    "production  2 pending",
  ]);
});

test("a wave that has ended shows how long it took, and no longer runs", () => {
  const later = NOW + 3_600_000;

  expect(liveFrame(wave("canary", applied, failed), later, WIDE, PLAIN)[0]).toBe(
    "canary  1 of 2 done, 1 failed  0:45",
  );
});

test("what does not fit is counted", () => {
  const stacks = wave("canary", ...Array<StackState>(40).fill(planning));

  const lines = frame(stacks, { columns: 80, rows: 10 });

  expect(lines).toHaveLength(9);
  expect(lines.at(-2)).toContain("canary-7");
  expect(lines.at(-1)).toBe("  and 33 more");
});

test("a line that is too long is cut, since a wrapped one could not be drawn over", () => {
  const [line] = frame(wave("canary", planning), { columns: 20, rows: 10 });

  expect(line).toBe("canary  0 of 1 done…");
});

test("colours take no room", () => {
  const stacks = wave("canary", planning, failed);
  const plain = liveFrame(stacks, NOW, WIDE, PLAIN);
  const columns = Math.max(...plain.map(({ length }) => length));

  const colored = liveFrame(stacks, NOW, { columns, rows: 10 }, COLORED);

  expect(colored.map(stripVTControlCharacters)).toEqual(plain);
  expect(colored.join("\n")).not.toEqual(plain.join("\n"));
});

const state = fc.constantFrom<StackState>({ kind: "pending" }, planning, applied, failed, waiting);

test("every frame fits, no colour leaves its line, and no account is missing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(state, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 14, max: 120 }),
      fc.integer({ min: 6, max: 40 }),
      (waves, columns, rows) => {
        const stacks = waves.flatMap((states, index) => wave(`wave${index}`, ...states));

        const lines = liveFrame(stacks, NOW, { columns, rows }, COLORED);

        expect(lines.length).toBeLessThan(rows);
        for (const line of lines) {
          expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
          expect(line).not.toContain("\n");
          const codes = line.match(/\u001b\[\d+m/g) ?? [];
          // Each colour that begins ends: 1 and 2 end with 22, 31 and 33 with 39.
          expect(codes.length % 2).toBe(0);
        }
        const names = lines.map((line) => stripVTControlCharacters(line));
        expect(waves.every((_states, index) => names.some((line) => line.startsWith(`wave${index}  `)))).toBe(
          true,
        );
      },
    ),
    { numRuns: 60 },
  );
});
