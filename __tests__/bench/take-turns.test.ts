import { takeTurns } from "../../bench/take-turns";

const quiet = () => undefined;

test("every subject is measured once a round, in turns", async () => {
  const order: string[] = [];
  const contestant = (name: string, values: number[]) => ({
    name,
    measure: () => {
      order.push(name);
      return Promise.resolve({ time: values.shift() });
    },
  });

  const [ours, others] = await takeTurns({ rounds: 3, log: quiet }, { time: "ms" }, [
    contestant("ours", [1, 9, 2]),
    contestant("others", [30, 10, 20]),
  ]);

  expect(order).toEqual(["ours", "others", "ours", "others", "ours", "others"]);
  expect(ours).toEqual({ name: "ours", metrics: { time: { value: 2, unit: "ms", rounds: [1, 9, 2] } } });
  expect(others.metrics["time"]?.value).toBe(20);
});

test("a metric that a subject does not have is left out of it", async () => {
  const [subject] = await takeTurns({ rounds: 1, log: quiet }, { time: "ms", peak: "MB" }, [
    { name: "program", measure: () => Promise.resolve({ time: 5 }) },
  ]);

  expect(Object.keys(subject.metrics)).toEqual(["time"]);
});
