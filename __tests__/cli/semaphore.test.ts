import { setImmediate as settle } from "node:timers/promises";
import { Semaphore } from "../../cli/semaphore";

function work() {
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { done, finish };
}

test("first come, first served", async () => {
  const semaphore = new Semaphore(1);
  const begun: string[] = [];

  await Promise.all(
    ["first", "second", "third"].map((name) =>
      semaphore.run(() => {
        begun.push(name);
        return settle();
      }),
    ),
  );

  expect(begun).toEqual(["first", "second", "third"]);
});

test("a slot is free again after a failure", async () => {
  const semaphore = new Semaphore(1);

  await expect(semaphore.run(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");

  expect(await semaphore.run(() => Promise.resolve("next"))).toBe("next");
});

test("a pause lends the slot out, and ends only when one is free again", async () => {
  const semaphore = new Semaphore(1);
  const pause = work();
  const other = work();
  const steps: string[] = [];

  const paused = semaphore.run(async () => {
    await semaphore.pause(pause.done);
    steps.push("paused one goes on");
  });
  const between = semaphore.run(() => other.done.then(() => void steps.push("other done")));
  const last = semaphore.run(() => Promise.resolve(steps.push("last")));
  await settle();
  pause.finish();
  await settle();
  expect(steps).toEqual([]);
  other.finish();
  await Promise.all([paused, between, last]);

  expect(steps).toEqual(["other done", "paused one goes on", "last"]);
});
