import { conclude } from "../../../bench/synth/conclude";

const ACCOUNTS = { few: 10, some: 100, many: 1_000, usualFew: 2, usualMany: 12 };

/** Runs of a second each, plus so many milliseconds an account. */
function subjects({ below = 5, above = 5, usual = 300 }) {
  const subject = (name: string, time: number) => ({
    name,
    metrics: {
      time: { value: time, unit: "ms" },
      cpu: { value: time, unit: "ms" },
      peak: { value: 140 + time / 100, unit: "MB" },
    },
  });
  const some = 1_000 + 100 * below;
  return {
    few: subject("10", 1_000 + 10 * below),
    some: subject("100", some),
    many: subject("1,000", some + 900 * above),
    usualFew: subject("usual 2", 3_000 + 2 * usual),
    usualMany: subject("usual 12", 3_000 + 12 * usual),
  };
}

function target(goal: string, runs: ReturnType<typeof subjects>) {
  return conclude(ACCOUNTS, runs).targets.find((each) => each.goal.includes(goal));
}

test("what a run costs anyway is taken off the cost of an account", () => {
  const result = conclude(ACCOUNTS, subjects({}));

  const rows = result.subjects.filter(({ name }) => name.includes("each further account"));
  expect(rows.map(({ metrics }) => metrics["time"])).toEqual([
    { value: 5, unit: "ms" },
    { value: 300, unit: "ms" },
  ]);
});

test("the usual way is compared by what each further account costs", () => {
  expect(target("faster", subjects({}))).toMatchObject({ measured: 60, limit: 25, met: true });
  expect(target("faster", subjects({ usual: 100 }))).toMatchObject({ measured: 20, met: false });
});

test("time that grows faster than the number of accounts misses the target", () => {
  expect(target("linear", subjects({}))).toMatchObject({ measured: 1, met: true });
  expect(target("linear", subjects({ above: 7 }))).toMatchObject({ measured: 1.4, met: false });
});

test("the largest run is held against ten seconds and 400 MB", () => {
  const slow = subjects({ below: 10, above: 30 });

  expect(target("1,000 accounts, seconds", slow)).toMatchObject({ measured: 29, limit: 10, met: false });
  expect(target("peak memory", slow)).toMatchObject({ measured: 430, limit: 400, met: false });
  expect(target("1,000 accounts, seconds", subjects({}))).toMatchObject({ measured: 6, met: true });
});
