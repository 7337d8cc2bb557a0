import { colorsFor } from "../../../cli/shell";
import { describeCounts, describeReport, describeResult, describeState } from "../../../cli/view/describe";
import { NOW, reportOf, stackAt } from "../../support/cli/stacks";

test.each([
  [{ add: 3, change: 0, remove: 0 }, "3 to add", "3 added"],
  [
    { add: 1, change: 2, remove: 3 },
    "1 to add, 2 to change, 3 to destroy",
    "1 added, 2 changed, 3 destroyed",
  ],
  [{ add: 0, change: 0, remove: 0 }, "outputs only", "outputs only"],
])("%j", (counts, planned, done) => {
  expect(describeCounts(counts, false)).toBe(planned);
  expect(describeCounts(counts, true)).toBe(done);
});

const counts = { add: 1, change: 0, remove: 0 };

test.each([
  [{ outcome: "unchanged" }, "no changes"],
  [{ outcome: "changed", counts }, "1 to add"],
  [{ outcome: "applied", counts }, "1 added"],
  [{ outcome: "failed", cause: "AccessDenied" }, "failed: AccessDenied"],
  [{ outcome: "declined", counts }, "not approved"],
  [{ outcome: "not-started", cause: "stopped by SIGINT" }, "not started: stopped by SIGINT"],
] as const)("%j", (result, text) => {
  expect(describeResult(result)).toBe(text);
});

test.each([
  [reportOf("payments", { outcome: "pending" }), "pending"],
  [reportOf("payments", { outcome: "working" }), "working"],
  [reportOf("payments", { outcome: "applied", changes: counts }), "1 added"],
  [reportOf("payments", { outcome: "failed", cause: "AccessDenied" }), "failed: AccessDenied"],
])("a report says the same", (report, text) => {
  expect(describeReport(report)).toBe(text);
});

test.each([
  [{ kind: "pending" }, "pending"],
  [{ kind: "working", step: "planning" }, "planning"],
  [{ kind: "working", step: "applying", detail: "3 of 38 resources" }, "applying, 3 of 38 resources"],
  [{ kind: "planned", counts }, "planned, 1 to add"],
  [
    { kind: "waiting", step: "planning", cause: "locked", againAt: NOW + 1_001 },
    "planning again in 2 s: locked",
  ],
  [
    { kind: "waiting", step: "planning", cause: "locked", againAt: NOW - 5_000 },
    "planning again in 0 s: locked",
  ],
  [{ kind: "ended", result: { outcome: "unchanged" } }, "no changes"],
] as const)("%j", (state, text) => {
  expect(describeState(stackAt("payments", "canary", state), NOW)).toBe(text);
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { NO_COLOR: "1" }, false],
  [{ isTTY: true }, { NO_COLOR: "" }, true],
  [{}, { FORCE_COLOR: "1" }, false],
])("on %j with %j, colour is %j", (output, env, colored) => {
  expect(colorsFor({ write: () => undefined, ...output }, { env }).isColorSupported).toBe(colored);
});
