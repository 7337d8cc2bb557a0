import { Command } from "commander";
import { addRunOptions, type RunOptions } from "../../../cli/run/options";

const parse = (...args: string[]): RunOptions => {
  const command = addRunOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  return command.parse(args, { from: "user" }).opts();
};

test("the defaults: at least two accounts at once, five minutes for a lock, one for other faults", () => {
  const { concurrency, ...others } = parse();

  expect(concurrency).toBeGreaterThanOrEqual(2);
  expect(concurrency).toBeLessThanOrEqual(16);
  expect(others).toEqual({ lockTimeout: 300_000, retryFor: 60_000, output: "cdktf.out" });
});

test.each([
  ["90s", 90_000],
  ["0s", 0],
  ["10m", 600_000],
  ["1h", 3_600_000],
])("a time of %s", (text, ms) => {
  expect(parse("--lock-timeout", text, "--retry-for", text)).toMatchObject({
    lockTimeout: ms,
    retryFor: ms,
  });
});

test.each(["90", "1.5m", "-1s", "5 m", "m", "1d", ""])("%j is not a time", (text) => {
  expect(() => parse(`--lock-timeout=${text}`)).toThrow("Expected a time such as 90s, 5m or 1h.");
});

test.each(["0", "-1", "two", "1.5", "1e3", ""])("%j accounts at once is refused", (text) => {
  expect(() => parse(`--concurrency=${text}`)).toThrow("Expected a whole number from 1.");
});
