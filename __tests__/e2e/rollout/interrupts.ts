import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "../../../cli/exit-codes";
import { ORDERS, PAYMENTS, retentionOf } from "./accounts";
import { outcomes, type Operator } from "./operator";

/** Two interrupts within 0.3 s count as one keystroke. */
const NEXT_KEYSTROKE_MS = 400;

/** Ctrl-C, which a terminal sends to the whole group of the command. Every account is deployed. */
export function interruptCases(operator: Operator): void {
  /** Begins a rollout that changes an account, and waits until Terraform is in the middle of it. */
  async function begin(id: string, delayMs: number, ...args: string[]) {
    operator.lab.faults.add({ action: "PutRetentionPolicy", account: id, kind: "delay", delayMs, count: 1 });
    const cli = operator.begin("rollout", "--yes", ...args);
    await cli.until("a call in the middle of an apply", () => (operator.lab.faults.list()[0]?.hits ?? 0) > 0);
    return cli;
  }

  afterEach(() => operator.lab.faults.clear());

  test("the first Ctrl-C lets what runs finish, and starts nothing new", async () => {
    operator.changeRetention(150);
    // Long enough for the signal to arrive on a busy machine before the next wave begins.
    const cli = await begin(PAYMENTS.id, 10_000);

    cli.signal("SIGINT");
    const { code, stdout } = await cli.ended;

    expect(operator.resultOf(PAYMENTS)).toMatchObject({ outcome: "applied" });
    expect(await retentionOf(operator.lab, PAYMENTS)).toBe(150);
    expect(operator.resultOf(ORDERS)).toMatchObject({ outcome: "not-started", cause: "stopped by SIGINT" });
    expect(await retentionOf(operator.lab, ORDERS)).toBe(60);
    expect(operator.locks()).toEqual([]);
    expect(stdout).toContain("To continue, run the same command again");
    expect(operator.report().status).toBe("interrupted");
    expect(code).toBe(EXIT.interrupted);
  });

  test("the second Ctrl-C has Terraform end gracefully, and leaves no lock", async () => {
    const cli = await begin(ORDERS.id, 60_000, "--account", "orders");

    cli.signal("SIGINT");
    await cli.says(/Stopping: no further account is started/);
    await sleep(NEXT_KEYSTROKE_MS);
    cli.signal("SIGINT");
    const { code, stderr } = await cli.ended;

    expect(stderr).toContain("Asked Terraform to stop");
    expect(operator.resultOf(ORDERS)).toMatchObject({ outcome: "failed" });
    expect(operator.locks()).toEqual([]);
    expect(code).toBe(EXIT.interrupted);
  });

  test("the next run completes", async () => {
    const { code, stderr } = await operator.run("rollout", "--yes");

    expect(stderr).not.toContain("was killed");
    expect(Object.values(outcomes(operator.report()))).not.toContain("failed");
    expect(await retentionOf(operator.lab, ORDERS)).toBe(150);
    expect(code).toBe(EXIT.done);
  });
}
