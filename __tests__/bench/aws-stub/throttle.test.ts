import { Throttle } from "../../../bench/aws-stub/throttle";

test("takes as many calls of an action as a second brings, and then as time brings them", () => {
  let now = 0;
  const throttle = new Throttle(15, () => now);
  const admitted = (action: string) =>
    Array.from({ length: 20 }, () => throttle.admits(action)).filter(Boolean).length;

  expect(admitted("GetUser")).toBe(15);
  expect(admitted("TagUser")).toBe(15);
  now = 200;
  expect(admitted("GetUser")).toBe(3);
  now = 10_000;
  expect(admitted("GetUser")).toBe(15);
});
