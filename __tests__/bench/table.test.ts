import { renderResult } from "../../bench/table";

test("a row a subject, a column a metric with its unit, a line a target; no colour", () => {
  const text = renderResult({
    subjects: [
      {
        name: "ours",
        metrics: { time: { value: 1234.5, unit: "ms" }, size: { value: 61_000, unit: "bytes" } },
      },
      { name: "others", metrics: { time: { value: 9.876, unit: "ms" } } },
    ],
    targets: [
      { goal: "milliseconds", measured: 1234.5, limit: 2_000, met: true },
      { goal: "bytes", measured: 61_000, limit: 60_000, met: false },
    ],
  });

  const cells = text.split("\n").map((line) =>
    line
      .split("│")
      .map((cell) => cell.trim())
      .filter((cell) => cell !== ""),
  );
  expect(cells).toContainEqual(["time (ms)", "size (bytes)"]);
  expect(cells).toContainEqual(["ours", "1,235", "61,000"]);
  expect(cells).toContainEqual(["others", "9.88"]);
  expect(text).toContain("reached  milliseconds: 1,235 (limit 2,000)");
  expect(text).toContain("missed   bytes: 61,000 (limit 60,000)");
  expect(text).not.toContain("\u001b");
});
