import { existsSync } from "node:fs";
import { ListPoliciesCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { EXIT } from "../../../cli/exit-codes";
import { RESPONDER_ENV } from "../../../functions/contract";
import { NAMES } from "../../../stacks/names";
import { ACCOUNTS, ORDERS, PAYMENTS, RESEARCH, SECURITY, setAssumable } from "./accounts";
import { outcomes, readReport, type Operator } from "./operator";

/** From nothing to every account deployed, with a kill in between. */
export function firstRolloutCases(operator: Operator): void {
  const all = (outcome: string) =>
    Object.fromEntries([SECURITY, ...ACCOUNTS].map(({ name }) => [name, outcome]));

  // One wave, since new queues alone take the provider half a minute in each.
  const oneWave = ACCOUNTS.map((account) => ({ ...account, wave: "canary" }));
  beforeAll(() => operator.configure({ accounts: oneWave }));
  afterAll(() => operator.configure({ accounts: ACCOUNTS }));

  test("plan before the first rollout ends with exit code 2, and changes nothing", async () => {
    const { code, stdout } = await operator.run("plan", "--json");

    const report = readReport(stdout);
    expect(outcomes(report)).toEqual(all("changed"));
    expect(code).toBe(EXIT.changes);
    const payments = report.stacks.find(({ name }) => name === PAYMENTS.name);
    expect(payments).toMatchObject({ mode: "enforce", unconfirmed: ["oncall@example.com"] });
    expect(payments?.effects).toContainEqual({
      ...{ setting: "mode", kind: "set", after: "enforce", weakens: false },
    });
    const iam = operator.client.iam(PAYMENTS.id);
    expect((await iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies).toEqual([]);
  });

  test("a rollout killed with SIGKILL leaves a report of a run that never ended", async () => {
    const cli = operator.begin("rollout", "--yes");
    const log = [".rollout", "rollout", SECURITY.name, "apply.log"];
    await cli.until(
      "an apply is at work",
      () => existsSync(operator.path(...log)) && operator.read(...log).includes("apply_progress"),
    );

    cli.signal("SIGKILL");

    expect(await cli.ended).toMatchObject({ signal: "SIGKILL" });
    expect(operator.report().status).toBe("running");
    expect(outcomes(operator.report())).toEqual({ ...all("pending"), security: "working" });
    expect(operator.locks()).toHaveLength(1);
  });

  test("the next rollout names the killed one, finds what Terraform has finished since, and completes", async () => {
    await setAssumable(operator.lab, RESEARCH, false);
    const cli = operator.begin("rollout", "--yes", "--retry-for", "10m");
    await cli.says(/canary \/ research: planning again in .* Cannot assume IAM Role/);
    await setAssumable(operator.lab, RESEARCH, true);

    const { code, stdout, stderr } = await cli.ended;

    expect(stderr).toContain("was killed before it finished");
    expect(stderr).toContain("It was working on: security.");
    expect(stderr).toContain("It had not started: payments, research, orders.");
    // The Terraform that survived the kill has done everything.
    expect(outcomes(operator.report())).toEqual({ ...all("applied"), security: "unchanged" });
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatch(
      /Next:\n- Have 3 mail subscriptions confirmed, .*: oncall@example\.com for 3 accounts\.[^]*- Turn on the guard/,
    );
  });

  test("the rollout waited for a role that became assumable later", () => {
    expect(operator.resultOf(RESEARCH)).toMatchObject({ outcome: "applied" });
    expect(operator.resultOf(RESEARCH)?.retries).toBeGreaterThan(0);
    expect(operator.resultOf(PAYMENTS)?.retries).toBe(0);
  });

  test("plan after the rollout shows no change for any account, with exit code 0", async () => {
    const { code, stdout } = await operator.run("plan", "--json");

    expect(outcomes(readReport(stdout))).toEqual(all("unchanged"));
    expect(code).toBe(EXIT.done);
  });

  test("an account that is renamed keeps its state and every resource; only its name in alerts changes", async () => {
    operator.configure({ accounts: [PAYMENTS, { ...RESEARCH, name: "laboratory" }, ORDERS] });

    const { stdout } = await operator.run("plan", "--account", "laboratory", "--json");

    // The environments of responder, hold and sweep have the name.
    const [renamed] = readReport(stdout).stacks;
    expect(renamed).toMatchObject({ name: "laboratory", changes: { add: 0, change: 3, remove: 0 } });
    expect(renamed?.effects).toEqual([
      {
        ...{ setting: "name in alerts", kind: "set", before: "research", after: "laboratory" },
        weakens: false,
      },
    ]);
  });

  test("a plan says what it means: what weakens an account first, and what somebody changed by hand", async () => {
    operator.configure({ accounts: [{ ...PAYMENTS, mode: "observe" }, RESEARCH, ORDERS] });
    const lambda = operator.lambda(RESEARCH.id);
    const FunctionName = NAMES.responder;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, [RESPONDER_ENV.mode]: "off" };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));

    const { stdout } = await operator.run("plan", "--account", "payments", "--account", "research");

    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { ...Environment } }),
    );
    expect(stdout).toMatch(
      /^This weakens the protection of 1 account, [^]*\npayments \(\d+\)\n {2}! mode: enforce → observe\n/,
    );
    expect(stdout).toMatch(/\nresearch \(\d+\)\n {4}mode: off → enforce\n/);
    expect(stdout).toContain(" enforce → observe │");
  });
}
