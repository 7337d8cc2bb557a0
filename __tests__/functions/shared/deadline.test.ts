import { Deadline } from "../../../functions/shared/deadline";
import { TimeUpError } from "../../../functions/shared/errors";

test("gives up and aborts a call that hangs", async () => {
  const deadline = new Deadline(Date.now, Date.now() + 30);
  let aborted = false;
  const hang = deadline.run(({ abortSignal }) => {
    abortSignal.addEventListener("abort", () => (aborted = true));
    return new Promise(() => undefined);
  });

  await expect(hang).rejects.toThrow(TimeUpError);

  expect(aborted).toBe(true);
});

test("starts no call when no time is left", async () => {
  const deadline = new Deadline(() => 1_000, 1_000);
  const work = jest.fn();

  await expect(deadline.run(work)).rejects.toThrow("no time was left");

  expect(work).not.toHaveBeenCalled();
});

test("shares what is left", () => {
  const deadline = new Deadline(() => 1_000, 9_000);

  const half = deadline.share(0.5);

  expect(half.remaining()).toBe(4_000);
  expect(deadline.remaining()).toBe(8_000);
});

test("is brought forward, never put off", () => {
  const deadline = new Deadline(() => 1_000, 9_000);

  expect(deadline.within(3_000).remaining()).toBe(3_000);
  expect(deadline.within(30_000).remaining()).toBe(8_000);
});
