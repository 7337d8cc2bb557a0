import { EXIT } from "../../../cli/exit-codes";
import { ACCOUNTS, ORDERS, PAYMENTS, RESEARCH, retentionOf, setAssumable } from "./accounts";
import { outcomes, type Operator } from "./operator";

/** Accounts that fail, and what happens to the others. Every account is deployed. */
export function failureCases(operator: Operator): void {
  const retentions = () => Promise.all(ACCOUNTS.map((account) => retentionOf(operator.lab, account)));

  test("an account whose role cannot be assumed fails alone and is named with its cause; the others finish", async () => {
    operator.changeRetention(30);
    await setAssumable(operator.lab, RESEARCH, false);

    const { code, stdout } = await operator.run(
      ...["rollout", "--yes", "--max-failures", "1", "--retry-for", "0s"],
    );

    expect(outcomes(operator.report())).toEqual({
      ...{ security: "unchanged", payments: "applied" },
      ...{ research: "failed", orders: "applied" },
    });
    expect(operator.resultOf(RESEARCH)?.cause).toMatch(
      new RegExp(`Cannot assume IAM Role: .*AccessDenied.*arn:aws:iam::${RESEARCH.id}:role/`),
    );
    expect(stdout).toContain(`research (${RESEARCH.id}) failed: Cannot assume IAM Role`);
    expect(stdout).toContain("Check that the role exists in the account");
    expect(await retentions()).toEqual([30, 90, 30]);
    expect(code).toBe(EXIT.failed);
  });

  test("more failures than --max-failures keep the next wave from starting", async () => {
    operator.changeRetention(60);

    const { code } = await operator.run("rollout", "--yes", "--concurrency", "1", "--retry-for", "0s");

    expect(outcomes(operator.report())).toEqual({
      ...{ security: "unchanged", payments: "applied" },
      ...{ research: "failed", orders: "not-started" },
    });
    expect(operator.resultOf(ORDERS)?.cause).toBe("1 account failed in wave canary (--max-failures 0)");
    expect(await retentions()).toEqual([60, 90, 30]);
    expect(code).toBe(EXIT.failed);
  });

  test("--resume rolls out the remaining accounts, and names those it skips", async () => {
    await setAssumable(operator.lab, RESEARCH, true);

    const { code, stderr } = await operator.run("rollout", "--yes", "--resume");

    expect(stderr).toMatch(
      /the last run \(\S+Z\) finished them and they have not changed since: security, payments\./,
    );
    expect(outcomes(operator.report())).toEqual({ research: "applied", orders: "applied" });
    expect(await retentions()).toEqual([60, 60, 60]);
    expect(code).toBe(EXIT.done);
  });

  test("credentials that lead into another account are refused before anything changes", async () => {
    operator.changeRetention(120);
    const state = operator.read("state", `${RESEARCH.id}.tfstate`);
    operator.lab.settings.change({ rolesLeadTo: { [RESEARCH.id]: PAYMENTS.id } });

    const { code } = await operator.run("rollout", "--yes", "--account", RESEARCH.id);
    operator.lab.settings.change({ rolesLeadTo: {} });

    expect(operator.resultOf(RESEARCH)).toMatchObject({ outcome: "failed", retries: 0 });
    expect(operator.resultOf(RESEARCH)?.cause).toContain("AWS account ID not allowed");
    expect(operator.resultOf(RESEARCH)?.cause).toContain(PAYMENTS.id);
    expect(await retentions()).toEqual([60, 60, 60]);
    expect(operator.read("state", `${RESEARCH.id}.tfstate`)).toBe(state);
    expect(code).toBe(EXIT.failed);
  });
}
