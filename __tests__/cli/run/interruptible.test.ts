import { EventEmitter } from "node:events";
import { EXIT } from "../../../cli/exit-codes";
import { Interrupted, interruptible } from "../../../cli/run/interruptible";

test.each(["SIGINT", "SIGTERM", "SIGHUP"])(
  "%s stops the work, which cleans up before the command ends",
  async (name) => {
    const source = new EventEmitter();
    const steps: string[] = [];

    const done = interruptible(source, async (signal) => {
      try {
        await new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error)),
        );
      } finally {
        steps.push("cleaned up");
      }
    });
    source.emit(name, name);
    source.emit(name, name);

    await expect(done).rejects.toThrow(new Interrupted(`stopped by ${name}`));
    await expect(done).rejects.toHaveProperty("exitCode", EXIT.interrupted);
    expect(steps).toEqual(["cleaned up"]);
    expect(source.listenerCount(name)).toBe(0);
  },
);
