import type { Invocation, InvocationResult, Sandbox } from "../../../lab/lambda/sandbox";
import { SandboxPool } from "../../../lab/lambda/sandbox-pool";

/** A sandbox whose runs end when the test says so. */
class StubSandbox {
  alive = true;
  finish: () => void = () => undefined;

  run({ requestId }: Invocation): Promise<InvocationResult> {
    return new Promise((resolve) => {
      this.finish = () => resolve({ payload: requestId, output: "" });
    });
  }

  kill(): void {
    this.alive = false;
  }
}

function poolOf(bound: number) {
  const started: StubSandbox[] = [];
  const pool = new SandboxPool(() => {
    const stub = new StubSandbox();
    started.push(stub);
    return Promise.resolve(stub as unknown as Sandbox);
  }, bound);
  const run = (requestId: string): Promise<InvocationResult> =>
    pool.run({ requestId, functionArn: "arn", payload: "{}" });
  return { pool, started, run };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("SandboxPool", () => {
  test("reuses a warm sandbox", async () => {
    const { started, run } = poolOf(2);
    const first = run("1");
    await settle();
    started[0]?.finish();
    await first;

    const second = run("2");
    await settle();
    started[0]?.finish();

    await expect(second).resolves.toMatchObject({ payload: "2" });
    expect(started).toHaveLength(1);
  });

  test("grows to its limit and queues further invocations, in order", async () => {
    const { started, run } = poolOf(2);
    const order: string[] = [];
    const runs = ["1", "2", "3", "4"].map((id) => run(id).then(({ payload }) => order.push(payload)));

    await settle();
    const whileFull = started.length;
    for (let turn = 0; turn < 4; turn++) {
      started[turn % 2]?.finish();
      await settle();
    }
    await Promise.all(runs);

    expect(whileFull).toBe(2);
    expect(started).toHaveLength(2);
    expect(order).toEqual(["1", "2", "3", "4"]);
  });

  test("does not reuse a sandbox that has ended", async () => {
    const { started, run } = poolOf(1);
    const first = run("1");
    await settle();
    started[0]?.kill();
    started[0]?.finish();
    await first;

    const second = run("2");
    await settle();
    started[1]?.finish();

    await expect(second).resolves.toMatchObject({ payload: "2" });
    expect(started).toHaveLength(2);
  });

  test("ends every sandbox when it is closed at once", async () => {
    const { pool, started, run } = poolOf(2);
    void run("1");
    void run("2");
    await settle();

    pool.close(true);

    expect(started.map(({ alive }) => alive)).toEqual([false, false]);
  });
});
