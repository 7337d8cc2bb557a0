import type { FaultRequest } from "../../../lab/faults/fault";
import { Faults } from "../../../lab/faults/faults";
import { exchangeOf, ROLE, USER } from "../../support/lab/exchange";
import { manualClock } from "../../support/lab/manual-clock";

const ATTACH = exchangeOf({ service: "iam", action: "AttachUserPolicy" });

function setUp(random = 0) {
  const clock = manualClock();
  const faults = new Faults(clock, () => random);
  const ask = async (exchange = ATTACH): Promise<string> => {
    try {
      await faults.guard(exchange);
      return "passed";
    } catch (error) {
      const { code, status } = error as { code: string; status: number };
      return `${status} ${code}`;
    }
  };
  return { clock, faults, ask };
}

describe("Faults", () => {
  test.each<[string, FaultRequest, string]>([
    ["throttle", { action: "*", kind: "throttle" }, "400 Throttling"],
    ["fail", { action: "*", kind: "error" }, "500 ServiceFailure"],
    ["refuse", { action: "*", kind: "refuse" }, "403 AccessDenied"],
    ["never answer", { action: "*", kind: "timeout" }, "503 ServiceUnavailable"],
    [
      "answer with the given status and code",
      { action: "*", kind: "error", status: 503, code: "Busy" },
      "503 Busy",
    ],
  ])("%s", async (_name, fault, answer) => {
    const { faults, ask } = setUp();
    faults.add(fault);

    expect(await ask()).toBe(answer);
  });

  test("keep a request without an answer open for minutes, and a service's for seconds", async () => {
    const { clock, faults, ask } = setUp();
    faults.add({ action: "*", kind: "timeout" });
    const service = {
      type: "AWSService",
      accountId: "1",
      service: "events.amazonaws.com",
      sourceArn: "r",
    } as const;

    await ask();
    await ask(exchangeOf({ service: "sns", action: "Publish" }, service));

    expect(clock.slept).toEqual([180_000, 3_000]);
  });

  test("hold a request back, and let it pass", async () => {
    const { clock, faults, ask } = setUp();
    faults.add({ action: "*", kind: "delay", delayMs: 4_000, count: 1 });
    faults.add({ action: "*", kind: "delay" });

    expect([await ask(), await ask()]).toEqual(["passed", "passed"]);
    expect(clock.slept).toEqual([4_000, 10_000]);
  });

  test.each<[string, Partial<FaultRequest>, boolean]>([
    ["its action", { action: "AttachUserPolicy" }, true],
    ["another action", { action: "DetachUserPolicy" }, false],
    ["its service", { service: "iam" }, true],
    ["another service", { service: "sns" }, false],
    ["its account", { account: USER.accountId }, true],
    ["another account", { account: "777788889999" }, false],
    ["a part of its caller's ARN", { principal: "user/ali" }, true],
    ["another caller", { principal: "role/responder" }, false],
  ])("match a request by %s", async (_name, part, hit) => {
    const { faults, ask } = setUp();
    faults.add({ action: "*", kind: "refuse", ...part });

    expect(await ask()).toBe(hit ? "403 AccessDenied" : "passed");
  });

  test("are spent after their count, and report how often they hit", async () => {
    const { faults, ask } = setUp();
    faults.add({ action: "*", kind: "throttle", count: 2 });

    const answers = [await ask(), await ask(), await ask()];

    expect(answers).toEqual(["400 Throttling", "400 Throttling", "passed"]);
    expect(faults.list()).toMatchObject([{ action: "*", kind: "throttle", count: 2, hits: 2 }]);
  });

  test("hit the given share of the requests", async () => {
    const below = setUp(0.49);
    const above = setUp(0.5);
    for (const { faults } of [below, above]) {
      faults.add({ action: "*", kind: "throttle", rate: 0.5 });
    }

    expect([await below.ask(), await above.ask()]).toEqual(["400 Throttling", "passed"]);
  });

  test("end after their duration", async () => {
    const { clock, faults, ask } = setUp();
    faults.add({ action: "*", kind: "throttle", durationMs: 1_000 });
    const before = await ask();

    await clock.sleep(1_000);

    expect([before, await ask()]).toEqual(["400 Throttling", "passed"]);
  });

  test("can be removed, one or all", async () => {
    const { faults, ask } = setUp();
    const id = faults.add({ action: "*", kind: "throttle" });
    faults.add({ action: "*", kind: "refuse", principal: ROLE.roleName });
    faults.add({ action: "*", kind: "error" });

    const removed = [faults.remove(id), faults.remove(id)];
    const afterOne = await ask();
    faults.clear();

    expect(removed).toEqual([true, false]);
    expect([afterOne, await ask()]).toEqual(["500 ServiceFailure", "passed"]);
    expect(faults.list()).toEqual([]);
  });
});
