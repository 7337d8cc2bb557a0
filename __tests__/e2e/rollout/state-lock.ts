import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { userInfo } from "node:os";
import { EXIT } from "../../../cli/exit-codes";
import { eventually } from "../../support/eventually";
import { PAYMENTS } from "./accounts";
import type { Operator } from "./operator";

const PROMPT_WITHIN_MS = 240_000;

/** When a case has failed before it released the lock. */
const COLLEAGUE_ENDS_AFTER_MS = 1_200_000;

/** A state that someone else has locked. Every account is deployed. */
export function stateLockCases(operator: Operator): void {
  /** A colleague's `terraform apply`, which holds the lock until someone answers its question. */
  let colleague: ChildProcess | undefined;

  async function holdLock(): Promise<void> {
    const { program } = operator.terraform;
    colleague = spawn(program, ["apply", "-no-color", "-replace=aws_iam_policy.quarantine-policy"], {
      cwd: operator.path("cdktf.out", "stacks", PAYMENTS.name),
      env: { ...process.env, ...operator.environment, TF_INPUT: undefined },
      stdio: ["pipe", "pipe", "inherit"],
      timeout: COLLEAGUE_ENDS_AFTER_MS,
    });
    let said = "";
    colleague.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
    await eventually("Terraform's question", () => /Enter a value/.test(said) || undefined, PROMPT_WITHIN_MS);
  }

  async function releaseLock(): Promise<void> {
    const ended = colleague?.exitCode === null ? once(colleague, "exit") : undefined;
    colleague?.stdin?.end("no\n");
    await ended;
  }

  beforeAll(holdLock);
  afterAll(releaseLock);

  test("a held lock is waited for, and reported with its holder when the time is up", async () => {
    operator.changeRetention(180);

    const { code, stdout, stderr } = await operator.run(
      ...["rollout", "--yes", "--account", PAYMENTS.name, "--lock-timeout", "2s"],
    );

    expect(stderr).toMatch(/payments: planning again in .*Error acquiring the state lock/);
    const holder = new RegExp(
      `Error acquiring the state lock: held by ${userInfo().username}@.*OperationTypeApply`,
    );
    expect(operator.resultOf(PAYMENTS)).toMatchObject({ outcome: "failed" });
    expect(operator.resultOf(PAYMENTS)?.cause).toMatch(holder);
    expect(stdout).toContain("force-unlock");
    expect(operator.locks()).toEqual([`.${PAYMENTS.id}.tfstate.lock.info`]);
    expect(code).toBe(EXIT.failed);
  });

  test("a held lock is waited for, and the rollout continues when it is released in time", async () => {
    const cli = operator.begin("rollout", "--yes", "--account", PAYMENTS.name, "--lock-timeout", "10m");
    await cli.says(/payments: planning again in .*Error acquiring the state lock/);
    await releaseLock();

    const { code } = await cli.ended;

    expect(operator.resultOf(PAYMENTS)).toMatchObject({ outcome: "applied" });
    expect(operator.locks()).toEqual([]);
    expect(code).toBe(EXIT.done);
  });
}
