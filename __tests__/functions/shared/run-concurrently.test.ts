import { runConcurrently } from "../../../functions/shared/run-concurrently";

test("results keep the order of the items, and no more run at once than the limit allows", async () => {
  let running = 0;
  let most = 0;
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5 - item));
    running--;
    return item * 10;
  };

  expect(await runConcurrently([1, 2, 3, 4, 5], 2, work)).toEqual([10, 20, 30, 40, 50]);
  expect(most).toBe(2);
});

test("nothing new begins after an error", async () => {
  const begun: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    await Promise.resolve();
    if (item === 1) {
      throw new Error("throttled");
    }
  };

  await expect(runConcurrently([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow("throttled");
  await new Promise((resolve) => setTimeout(resolve, 5));

  expect(begun.length).toBeLessThan(4);
});
