import { retry } from "../../../functions/shared/retry";

const PASSING = new Error("passes by itself");

/** Time that passes by sleeping alone. */
function timing(random = 1) {
  const waits: number[] = [];
  const clock = (): number => waits.reduce((sum, wait) => sum + wait, 0);
  const sleep = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  return { waits, clock, sleep, random: () => random };
}

const failing =
  (...errors: Error[]) =>
  (): Promise<string> => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve("done");
  };

const plan = { when: (error: unknown) => error === PASSING, budget: 60_000 };

test("an error that passes by itself is tried again", async () => {
  const result = await retry(failing(PASSING, PASSING), plan, timing());

  expect(result).toBe("done");
});

test("any other error is thrown at once", async () => {
  const time = timing();

  await expect(retry(failing(new Error("stays")), plan, time)).rejects.toThrow("stays");

  expect(time.waits).toEqual([]);
});

test("waits double up to two seconds", async () => {
  const time = timing();

  await retry(failing(PASSING, PASSING, PASSING, PASSING, PASSING, PASSING), plan, time);

  expect(time.waits).toEqual([200, 400, 800, 1_600, 2_000, 2_000]);
});

test("half of a wait is random", async () => {
  const time = timing(0);

  await retry(failing(PASSING, PASSING), plan, time);

  expect(time.waits).toEqual([100, 200]);
});

test("the last error is thrown when the next wait exceeds the budget", async () => {
  const time = timing();
  const errors = [PASSING, PASSING, new Error("the last")];

  const retrying = retry(failing(...errors), { when: () => true, budget: 700 }, time);

  await expect(retrying).rejects.toThrow("the last");
  expect(time.waits).toEqual([200, 400]);
});
