import { PassThrough } from "node:stream";
import { UsageError } from "../../../cli/errors";
import type { PlannedStack } from "../../../cli/rollout/rollout";
import { ask, canAsk, checkCanAsk } from "../../../cli/run/approval";
import type { Shell } from "../../../cli/shell";
import type { Phase } from "../../../cli/stack-target";
import { organization, Scenario } from "../../support/cli/rollout";
import { CREATE, DENIED, THROTTLED } from "../../support/cli/terraform";
import { eventually } from "../../support/eventually";

const ONE = organization({});
const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);

describe("a rollout that asks", () => {
  test("asks once per wave, when all its plans are made, and shows those that have changes", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2, production: 2 }),
      scripts: { "canary-2": { plan: [{ changes: [] }] }, "production-1": { plan: [{ takesMs: 9_000 }] } },
    });
    const asked: (string | undefined)[][] = [];
    const approve = ({ wave }: Phase, stacks: readonly PlannedStack[]) => {
      asked.push([wave, ...stacks.map(({ target }) => target.name)]);
      return Promise.resolve(true);
    };

    await scenario.rollOut({ approve });

    expect(asked).toEqual([
      [undefined, "security"],
      ["canary", "canary-1"],
      ["production", "production-1", "production-2"],
    ]);
    expect(scenario.outcomes()).toEqual({
      security: "applied",
      "canary-1": "applied",
      "canary-2": "unchanged",
      "production-1": "applied",
      "production-2": "applied",
    });
  });

  test("applies the very plan that was shown", async () => {
    const scenario = new Scenario({ targets: organization({ canary: 2 }) });

    await scenario.rollOut({ approve: yes });

    expect(scenario.terraform.began("plan")).toHaveLength(3);
    expect(scenario.terraform.began("apply")).toHaveLength(3);
  });

  test("does not ask about a wave without changes", async () => {
    const scenario = new Scenario({ targets: ONE, scripts: { security: { plan: [{ changes: [] }] } } });
    const approve = jest.fn(yes);

    await scenario.rollOut({ approve });

    expect(approve).not.toHaveBeenCalled();
    expect(scenario.outcomes()).toEqual({ security: "unchanged" });
  });

  test("does not ask when more plans failed than may", async () => {
    const scenario = new Scenario({
      targets: organization({ canary: 2 }),
      scripts: { "canary-1": { plan: [{ fails: DENIED }] } },
    });
    const approve = jest.fn(yes);

    await scenario.rollOut({ approve });

    expect(approve).toHaveBeenCalledTimes(1);
    expect(scenario.outcomes()).toEqual({
      security: "applied",
      "canary-1": "failed",
      "canary-2": "not-started",
    });
  });

  test("a no ends the rollout: that wave is declined, the later ones are not started", async () => {
    const scenario = new Scenario({ targets: organization({ canary: 1, production: 1 }) });

    await scenario.rollOut({ approve: ({ wave }) => Promise.resolve(wave === undefined) });

    expect(scenario.outcomes()).toEqual({
      security: "applied",
      "canary-1": "declined",
      "production-1": "not-started",
    });
    expect(scenario.result("production-1").cause).toBe("the plan for wave canary was not approved");
  });

  test("stopped while it asks, it ends as not started, for that reason", async () => {
    const scenario = new Scenario({ targets: organization({ canary: 1 }) });
    const approve = () => {
      scenario.stop.request("stopped by SIGTERM");
      return no();
    };

    await scenario.rollOut({ approve });

    expect(scenario.result("security")).toEqual({ outcome: "not-started", cause: "stopped by SIGTERM" });
  });

  test("when asking fails, no plan is left on the disk", async () => {
    const scenario = new Scenario({ targets: ONE });

    const done = scenario.rollOut({ approve: () => Promise.reject(new Error("EIO: stdin")) });

    await expect(done).rejects.toThrow("EIO: stdin");
    expect(scenario.terraform.files.size).toBe(0);
  });

  test("what is left of an approved plan is applied without asking again", async () => {
    const other = { address: "aws_sqs_queue.dead-letters", action: "create" };
    const scenario = new Scenario({
      targets: ONE,
      scripts: {
        security: {
          plan: [{ changes: [CREATE, other] }, { changes: [other] }],
          apply: [{ fails: THROTTLED }],
        },
      },
    });
    const approve = jest.fn(yes);

    await scenario.rollOut({ approve });

    expect(approve).toHaveBeenCalledTimes(1);
    expect(scenario.outcomes()).toEqual({ security: "applied" });
  });

  test("nothing beyond the approved plan is applied", async () => {
    const beyond = { address: "aws_iam_policy.quarantine-policy", action: "delete" };
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { plan: [{}, { changes: [CREATE, beyond] }], apply: [{ fails: THROTTLED }] } },
    });

    await scenario.rollOut({ approve: yes });

    expect(scenario.terraform.of("apply")).toHaveLength(1);
    expect(scenario.result("security")).toEqual({
      outcome: "failed",
      cause: "something else has changed since the plan was shown",
      advice: "Run again to see the new plan.",
    });
  });

  test("without a question, the rest may be more than the first plan was", async () => {
    const more = [CREATE, { address: "aws_iam_policy.quarantine-policy", action: "update" }];
    const scenario = new Scenario({
      targets: ONE,
      scripts: { security: { plan: [{}, { changes: more }], apply: [{ fails: THROTTLED }] } },
    });

    await scenario.rollOut();

    expect(scenario.outcomes()).toEqual({ security: "applied" });
  });
});

describe("asking", () => {
  const terminal = (env: NodeJS.ProcessEnv = {}) => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const stderr = { isTTY: true, text: "", write: (text: string) => (stderr.text += text) };
    return { cwd: "/", env, stdin, stderr, stdout: stderr, exitCode: 0 as const } satisfies Shell;
  };
  const never = new AbortController().signal;
  const asked = (shell: ReturnType<typeof terminal>, times = 1) =>
    eventually("the question", () => shell.stderr.text.split("to continue: ").length > times || undefined);
  const answer = async (text: string) => {
    const shell = terminal();
    const answered = ask(shell, "Apply this?", "canary", never);
    await asked(shell);
    shell.stdin.write(text);
    return answered;
  };

  test.each([
    ["canary\n", true],
    [" canary \r\n", true],
    ["yes\n", false],
    ["Canary\n", false],
    ["\n", false],
    ["no\ncanary\n", false],
  ])("%j is %s", async (text, approved) => {
    expect(await answer(text)).toBe(approved);
  });

  test("says what is expected", async () => {
    const shell = terminal();

    await ask(shell, "Apply this?", "canary", AbortSignal.abort());

    expect(shell.stderr.text).toBe('Apply this? Type "canary" to continue: ');
  });

  test("what was typed before the question is not an answer", async () => {
    const shell = terminal();
    shell.stdin.write("canary\n");
    const answered = ask(shell, "Apply this?", "canary", never);
    await asked(shell);
    shell.stdin.write("no\n");

    expect(await answered).toBe(false);
  });

  test("a terminal that goes away is a no, before the question too", async () => {
    const shell = terminal();
    const answered = ask(shell, "Apply this?", "canary", never);
    await asked(shell);
    shell.stdin.end();
    expect(await answered).toBe(false);

    const gone = terminal();
    gone.stdin.end();
    expect(await ask(gone, "Apply this?", "canary", never)).toBe(false);
  });

  test("a stop is a no, during the question and before it", async () => {
    const stop = new AbortController();
    const answered = ask(terminal(), "Apply this?", "canary", stop.signal);
    stop.abort();

    expect(await answered).toBe(false);
    expect(await ask(terminal(), "Apply this?", "canary", stop.signal)).toBe(false);
  });

  test("asks again on the same terminal for the next wave", async () => {
    const shell = terminal();
    for (const [index, text] of ["canary\n", "canary\n", "no\n"].entries()) {
      const answered = ask(shell, "Apply this?", "canary", never);
      await asked(shell, index + 1);
      shell.stdin.write(text);
      expect(await answered).toBe(text === "canary\n");
    }
  });

  test.each([
    ["a terminal", terminal(), true],
    ["CI that has one", terminal({ CI: "true" }), false],
    ["a pipe into it", { ...terminal(), stdin: new PassThrough() }, false],
    ["a pipe out of it", { ...terminal(), stderr: { write: () => undefined } }, false],
  ])("%s can be asked: %j", (_name, shell, can) => {
    expect(canAsk(shell)).toBe(can);
  });

  test("says what to do when no one can answer", () => {
    const check = () => checkCanAsk({ ...terminal(), env: { CI: "1" } }, "rollout");

    expect(check).toThrow(UsageError);
    expect(check).toThrow("add --yes, or run plan first");
  });
});
