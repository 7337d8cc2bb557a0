import { getMaxListeners } from "node:events";
import { SYSTEM_CLOCK } from "../../../cli/rollout/stack-rollout";
import { Stop } from "../../../cli/rollout/stop";

const HOUR_MS = 3_600_000;

test("a stop wakes hundreds of waiting accounts at once, without an error", async () => {
  const stop = new Stop();
  const from = SYSTEM_CLOCK.now();
  const waiting = Array.from({ length: 300 }, () => SYSTEM_CLOCK.sleep(HOUR_MS, stop.signal));

  stop.request("stopped by SIGINT");
  await Promise.all(waiting);

  expect(SYSTEM_CLOCK.now() - from).toBeLessThan(HOUR_MS / 1_000);
  // Node prints a warning of a leak otherwise, in the middle of the live view.
  expect(getMaxListeners(stop.signal)).toBe(Infinity);
});

test("a wait that begins after the stop ends at once", async () => {
  const stop = new Stop();
  stop.request("stopped by SIGINT");

  await SYSTEM_CLOCK.sleep(HOUR_MS, stop.signal);

  expect(stop.reason).toBe("stopped by SIGINT");
});

test("the first reason stays", () => {
  const stop = new Stop();
  expect(stop.reason).toBeUndefined();

  stop.request("1 account failed in wave canary");
  stop.request("stopped by SIGINT");

  expect(stop.reason).toBe("1 account failed in wave canary");
});
