import { LabClock } from "../../../lab/shared/clock";

const MINUTE_MS = 60_000;

let stopped: AbortController;
let clock: LabClock;

beforeEach(() => {
  stopped = new AbortController();
  clock = new LabClock(stopped.signal);
});

afterEach(() => stopped.abort());

/** Notes when a pause ends, in whole minutes after `start`. */
async function note(log: [string, number][], name: string, minutes: number, start: Date): Promise<void> {
  await clock.sleep(minutes * MINUTE_MS);
  log.push([name, Math.floor((clock.now().getTime() - start.getTime()) / MINUTE_MS)]);
}

describe("advance", () => {
  test("moves the time forward by what it is given", async () => {
    const before = clock.now().getTime();

    await clock.advance(60 * MINUTE_MS);

    const passed = clock.now().getTime() - before;
    expect(passed).toBeGreaterThanOrEqual(60 * MINUTE_MS);
    expect(passed).toBeLessThan(61 * MINUTE_MS);
  });

  test("ends pauses in the order in which they are due, each at its own time", async () => {
    const log: [string, number][] = [];
    const start = clock.now();
    void note(log, "late", 30, start);
    void note(log, "early", 10, start);
    void note(log, "after it", 50, start);

    await clock.advance(40 * MINUTE_MS);

    expect(log).toEqual([
      ["early", 10],
      ["late", 30],
    ]);
  });

  test("ends pauses of what a pause led to, if they are due as well", async () => {
    const log: [string, number][] = [];
    const start = clock.now();
    void note(log, "first", 10, start).then(() => note(log, "second", 10, start));
    void note(log, "between", 15, start);

    await clock.advance(60 * MINUTE_MS);

    expect(log).toEqual([
      ["first", 10],
      ["between", 15],
      ["second", 20],
    ]);
  });

  test("waits for work that a pause led to before it moves on", async () => {
    const start = clock.now();
    let workedAt: Date | undefined;
    void clock.sleep(MINUTE_MS).then(async () => {
      await clock.during(new Promise((resolve) => setTimeout(resolve, 20)));
      workedAt = clock.now();
    });

    await clock.advance(60 * MINUTE_MS);

    expect(workedAt?.getTime()).toBeLessThan(start.getTime() + 2 * MINUTE_MS);
  });

  test("moves one step after the other when it is asked for two at once", async () => {
    const before = clock.now().getTime();

    await Promise.all([clock.advance(MINUTE_MS), clock.advance(MINUTE_MS)]);

    expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(2 * MINUTE_MS);
  });

  test("brings pauses that are not due yet nearer", async () => {
    const pause = clock.sleep(10 * MINUTE_MS);

    await clock.advance(10 * MINUTE_MS - 30);

    await expect(pause).resolves.toBeUndefined();
  });
});

describe("a stopped clock", () => {
  test("ends no pause", async () => {
    const ended = jest.fn();
    void clock.sleep(MINUTE_MS).then(ended);

    stopped.abort();
    await clock.advance(60 * MINUTE_MS);

    expect(ended).not.toHaveBeenCalled();
  });
});
