import { EventEmitter } from "node:events";
import { Interrupted } from "../../../cli/errors";
import { EXIT } from "../../../cli/exit-codes";
import { interruptible, listenForInterrupts } from "../../../cli/run/interrupts";

function listen() {
  const source = new EventEmitter();
  const actions: string[] = [];
  let time = 0;
  const end = listenForInterrupts(
    source,
    {
      stopStarting: (signal) => actions.push(`stop starting (${signal})`),
      stopGracefully: (signal) => actions.push(`stop gracefully (${signal})`),
    },
    () => time,
  );
  const send = (signal: NodeJS.Signals, at: number) => {
    time = at;
    source.emit(signal, signal);
  };
  return { source, actions, end, send };
}

test("the first Ctrl-C stops starting, the second asks for a graceful end", () => {
  const { actions, send } = listen();

  send("SIGINT", 0);
  send("SIGINT", 1_000);

  expect(actions).toEqual(["stop starting (SIGINT)", "stop gracefully (SIGINT)"]);
});

test("one keystroke that npm and the terminal both pass on counts once", () => {
  const { actions, send } = listen();

  send("SIGINT", 1_000);
  send("SIGINT", 1_002);
  expect(actions).toEqual(["stop starting (SIGINT)"]);

  send("SIGINT", 2_000);
  send("SIGINT", 2_299);
  expect(actions).toEqual(["stop starting (SIGINT)", "stop gracefully (SIGINT)"]);
});

test("a key that is held down counts once", () => {
  const { actions, send } = listen();

  for (let at = 0; at < 3_000; at += 30) {
    send("SIGINT", at);
  }

  expect(actions).toEqual(["stop starting (SIGINT)"]);
});

test("a clock that is set back between two keystrokes does not make them one", () => {
  const uptime = jest.spyOn(performance, "now");
  const date = jest.spyOn(Date, "now");
  try {
    const source = new EventEmitter();
    const actions: string[] = [];
    listenForInterrupts(source, {
      stopStarting: () => actions.push("stop starting"),
      stopGracefully: () => actions.push("stop gracefully"),
    });

    uptime.mockReturnValue(1_000);
    date.mockReturnValue(3_600_000);
    source.emit("SIGINT", "SIGINT");
    uptime.mockReturnValue(2_000);
    date.mockReturnValue(0);
    source.emit("SIGINT", "SIGINT");

    expect(actions).toEqual(["stop starting", "stop gracefully"]);
  } finally {
    uptime.mockRestore();
    date.mockRestore();
  }
});

test("SIGTERM, with which CI cancels a job, asks for a graceful end at once", () => {
  const { actions, send } = listen();

  send("SIGTERM", 0);

  expect(actions).toEqual(["stop gracefully (SIGTERM)"]);
});

test("SIGHUP lets finish what runs, however often", () => {
  const { actions, send } = listen();

  send("SIGHUP", 0);
  send("SIGHUP", 5_000);

  expect(actions).toEqual(["stop starting (SIGHUP)", "stop starting (SIGHUP)"]);
});

test("a Ctrl-C after SIGHUP is the first one", () => {
  const { actions, send } = listen();

  send("SIGHUP", 0);
  send("SIGINT", 5_000);

  expect(actions.at(-1)).toBe("stop starting (SIGINT)");
});

test("no listener is left at the end", () => {
  const { source, end } = listen();

  end();

  expect(source.eventNames()).toEqual([]);
});

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
