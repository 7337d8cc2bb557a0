import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FunctionProcess } from "../function/function-process";

/** What Lambda allows: see the account's stack. */
const TIMEOUT_MS = 60_000;
/**
 * Lambda repeats a failed asynchronous invocation twice. Source: Lambda developer guide, "Asynchronous
 * invocation".
 */
const RETRY_DELAYS_MS = [60_000, 120_000];

/** How all invocations of a storm went. */
export interface StormCount {
  /** Invocations, repetitions included. */
  readonly invocations: number;
  /** Events that failed for good: Lambda gives up and sends them to the dead letters. */
  readonly givenUp: number;
  /** Of the environment that held most (resident set), in MB of 1,000,000 bytes. */
  readonly peakMb: number;
  /** By how much the environments' peaks grew after their first invocation, at most, in MB. */
  readonly growthMb: number;
}

/**
 * Answers events as Lambda answers asynchronous ones: each environment is a process that runs one at a time,
 * and what fails is tried again after a minute, and after two more.
 *
 * @param environments how many may run at once
 */
export async function runEvents(
  events: readonly object[],
  environments: number,
  start: () => FunctionProcess,
): Promise<StormCount> {
  const count = { invocations: 0, givenUp: 0, peakMb: 0, growthMb: 0 };
  const waiting = events.map((event) => ({ event, requestId: randomUUID(), attempt: 0 }));
  let delayed = 0;
  const retry = async (job: (typeof waiting)[number]): Promise<void> => {
    const delay = RETRY_DELAYS_MS[job.attempt];
    if (delay === undefined) {
      return void (count.givenUp += 1);
    }
    delayed += 1;
    await sleep(delay);
    delayed -= 1;
    waiting.push({ ...job, attempt: job.attempt + 1 });
  };
  const retries: Promise<void>[] = [];
  const serve = async (): Promise<void> => {
    let running = start();
    let first: number | undefined;
    while (waiting.length + delayed > 0) {
      const job = waiting.shift();
      if (!job) {
        await sleep(250);
        continue;
      }
      count.invocations += 1;
      const invoked = await withinTimeout(running, job.event, job.requestId);
      if (invoked === undefined) {
        [running, first] = [start(), undefined];
      } else {
        first ??= invoked.peakMb;
        count.peakMb = Math.max(count.peakMb, invoked.peakMb);
        count.growthMb = Math.max(count.growthMb, invoked.peakMb - first);
      }
      if (invoked === undefined || invoked.error !== undefined) {
        retries.push(retry(job));
      }
    }
    await running.end();
  };
  await Promise.all(Array.from({ length: environments }, serve));
  await Promise.all(retries);
  return count;
}

/** Undefined when the function did not answer in time, and its process is gone. */
async function withinTimeout(running: FunctionProcess, event: object, requestId: string) {
  const timer = new AbortController();
  const invoked = running.invoke(event, requestId, TIMEOUT_MS).catch(() => undefined);
  const timeUp = sleep(TIMEOUT_MS, undefined, { signal: timer.signal }).then(
    () => running.kill(),
    () => undefined,
  );
  const answer = await Promise.race([invoked, timeUp]);
  timer.abort();
  return answer ?? undefined;
}
