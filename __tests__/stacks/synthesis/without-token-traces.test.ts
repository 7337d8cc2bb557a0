import { withoutTokenTraces } from "../../../stacks/synthesis/without-token-traces";

function captured(): string {
  const target = { stack: "" };
  Error.captureStackTrace(target);
  return target.stack;
}

test("a trace captured into a plain object is empty, as CDKTF's are", () => {
  expect(withoutTokenTraces(captured)).toBe("");
});

test("a real error keeps its trace", () => {
  const error = withoutTokenTraces(() => new Error("real"));

  expect(error.stack).toMatch(/^Error: real\n\s+at /);
});

test("stack traces are captured again afterwards, also when the synthesis fails", () => {
  const failing = () =>
    withoutTokenTraces(() => {
      throw new Error("failed");
    });

  expect(failing).toThrow("failed");
  expect(captured()).toContain("captured");
});
