import { median, metric, round } from "../../bench/median";

test("of an odd number of values it is the middle one, of an even number the mean of two", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
});

test("values are compared as numbers", () => {
  expect(median([100, 9, 20])).toBe(20);
});

test("nothing measured has no median", () => {
  expect(() => median([])).toThrow("expected one value at least");
});

test("a metric keeps its rounds in order, unless there was one only", () => {
  expect(metric("ms", [3, 1, 2])).toEqual({ value: 2, unit: "ms", rounds: [3, 1, 2] });
  expect(metric("ms", [3])).toEqual({ value: 3, unit: "ms" });
});

test("fractions are rounded to four digits, bytes stay exact", () => {
  expect(round(1234.567)).toBe(1235);
  expect(round(0.0123456)).toBe(0.01235);
  expect(round(1_234_567)).toBe(1_234_567);
});
