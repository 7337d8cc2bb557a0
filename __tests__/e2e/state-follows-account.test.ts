import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { EXIT } from "../../cli/exit-codes";
import type { StackReport } from "../../cli/report/report";
import { runProgram } from "../../lab/run-program";
import { CliProcess } from "../support/cli/process";
import { eventually } from "../support/eventually";
import { ORDERS, PAYMENTS, RESEARCH, type TargetAccount } from "./rollout/accounts";
import { Operator, readReport } from "./rollout/operator";

/** Terraform loads the provider for each of its commands, and the machine may be busy. */
const CASE_MS = 600_000;
jest.setTimeout(CASE_MS);

const POLICY = "aws_iam_policy.quarantine-policy";

/** An account as the cases rename it. */
const called = (account: TargetAccount, name: string): TargetAccount => ({ ...account, name });

/** One checkout with local state, in which two accounts have a policy each, and a third one nothing. */
const operator = new Operator("e2e-names");

beforeAll(async () => {
  await operator.start();
  const { code, stderr } = await operator.run("plan", "--account", "payments", "--account", "research");
  if (code !== EXIT.changes) {
    throw new Error(stderr);
  }
  await Promise.all([PAYMENTS, RESEARCH].map(applyPolicy));
});
afterAll(() => operator.stop());

const stateFile = ({ id }: TargetAccount) => operator.path("state", `${id}.tfstate`);
const stateOf = ({ id }: TargetAccount) => operator.read("state", `${id}.tfstate`);
const states = () => [PAYMENTS, RESEARCH].map(stateOf);
const folder = (name: string, ...names: string[]) => operator.path("cdktf.out", "stacks", name, ...names);

/** One resource of a stack: SQS alone takes the provider half a minute. */
async function applyPolicy({ name }: TargetAccount): Promise<void> {
  await runProgram(operator.terraform.program, ["apply", "-auto-approve", "-no-color", `-target=${POLICY}`], {
    cwd: folder(name),
    environment: { ...operator.environment, TF_INPUT: "false" },
    signal: operator.stopping.signal,
  });
}

/** What a plan finds, by account id: an account with the policy in its state does not create it. */
async function plan(...args: string[]): Promise<Record<string, string>> {
  const { stdout, stderr } = await operator.run("plan", "--json", ...args);
  return findings(readReport(stdout || stderr).stacks);
}

function findings(stacks: readonly StackReport[]): Record<string, string> {
  const found = ({ outcome, cause, resources = [] }: StackReport) => {
    if (outcome !== "changed") {
      return `${outcome}: ${cause ?? ""}`;
    }
    return resources.some(({ address }) => address === POLICY) ? "no state" : "its state";
  };
  return Object.fromEntries(stacks.map((stack) => [stack.accountId, found(stack)]));
}

describe("names that move between accounts", () => {
  const both = { [PAYMENTS.id]: "its state", [RESEARCH.id]: "its state" };

  test.each<[string, TargetAccount[], Record<string, string>]>([
    ["two accounts swap their names", [called(PAYMENTS, "research"), called(RESEARCH, "payments")], both],
    ["an account is gone", [RESEARCH], { [RESEARCH.id]: "its state" }],
    ["another one takes its name", [called(RESEARCH, "payments")], { [RESEARCH.id]: "its state" }],
    [
      "a name goes to an account without state",
      [called(PAYMENTS, "billing"), called(RESEARCH, "research"), called(ORDERS, "payments")],
      { ...both, [ORDERS.id]: "no state" },
    ],
  ])(
    "%s: each plan is against the account's own state, and no state changes",
    async (_case, accounts, found) => {
      const before = states();
      operator.configure({ accounts });

      expect(await plan(...accounts.flatMap(({ name }) => ["--account", name]))).toEqual(found);

      expect(states()).toEqual(before);
    },
  );
});

/** Every account has its own name again, and its folder. */
async function putNamesBack(): Promise<void> {
  operator.configure({ accounts: [PAYMENTS, RESEARCH] });
  await plan("--account", "payments", "--account", "research");
}

test("a checkout reached through a symbolic link has the same states", async () => {
  operator.configure({ accounts: [PAYMENTS, RESEARCH] });
  const link = operator.path("link");
  symlinkSync(operator.path(), link);
  const { stdout } = await new CliProcess(
    ["plan", "--account", "payments", "--json", "--output", "link/out"],
    {
      cwd: link,
      env: operator.environment,
    },
  ).ended;

  expect(findings(readReport(stdout).stacks)).toEqual({ [PAYMENTS.id]: "its state" });
  expect(readdirSync(operator.path("state")).filter((name) => name.endsWith(".tfstate"))).toHaveLength(2);
});

describe("a state that was not saved", () => {
  let full: string;
  const emptied = () => JSON.stringify({ ...(JSON.parse(full) as object), resources: [] }, undefined, 2);
  const resources = (text: string) => (JSON.parse(text) as { resources: unknown[] }).resources;
  beforeAll(async () => {
    await putNamesBack();
    full = stateOf(PAYMENTS);
  });

  /** What a full disk leaves: Terraform counts before it writes, so both states have one serial. */
  function leave(name: string, current: string): void {
    writeFileSync(folder(name, "errored.tfstate"), full);
    writeFileSync(stateFile(PAYMENTS), current);
  }

  test("keeps its account from being planned, under another name and into another folder too", async () => {
    leave("payments", emptied());
    operator.configure({ accounts: [called(PAYMENTS, "billing"), called(RESEARCH, "payments")] });

    const found = await plan("--account", "billing", "--account", "payments");
    const elsewhere = await plan("--account", "billing", "--output", "elsewhere");

    expect(found).toEqual({
      [PAYMENTS.id]: expect.stringContaining("an earlier apply left"),
      [RESEARCH.id]: "its state",
    });
    expect(elsewhere).toEqual({ [PAYMENTS.id]: expect.stringContaining("an earlier apply left") });
    expect(existsSync(folder("payments", "errored.tfstate"))).toBe(false);
  });

  test("is saved by recover, which keeps both states and plans the account", async () => {
    const { code, stdout, stderr } = await operator.run("recover", "billing", "--yes", "--json");

    expect(stderr).toMatch(/serial .* resources .*/s);
    expect(stderr).toContain(
      `Only in the state that was not saved:\n  ${POLICY} (arn:aws:iam::${PAYMENTS.id}:`,
    );
    expect(findings(readReport(stdout).stacks)).toEqual({ [PAYMENTS.id]: "its state" });
    expect(code).toBe(EXIT.changes);
    expect(resources(stateOf(PAYMENTS))).toEqual(resources(full));
    const [kept = ""] = readdirSync(operator.path(".rollout", "recovered"));
    expect(kept).toContain(PAYMENTS.id);
    expect(operator.read(".rollout", "recovered", kept, "not-saved.tfstate")).toBe(full);
    expect(JSON.parse(operator.read(".rollout", "recovered", kept, "current.tfstate"))).toEqual(
      JSON.parse(emptied()),
    );
  });

  test("is saved over a local state that was cut off, which Terraform can neither read nor lock", async () => {
    operator.configure({ accounts: [PAYMENTS, RESEARCH] });
    await plan("--account", "payments");
    leave("payments", full.slice(0, full.length / 2));

    const { code, stderr } = await operator.run("recover", PAYMENTS.id, "--yes");

    expect(stderr).toContain("unreadable");
    expect(code).toBe(EXIT.changes);
    expect(resources(stateOf(PAYMENTS))).toEqual(resources(full));
  });

  test("of another account is refused, and nothing changes", async () => {
    writeFileSync(folder("payments", "errored.tfstate"), stateOf(RESEARCH));
    const before = states();

    const { code, stderr } = await operator.run("recover", "payments", "--yes");

    expect(stderr).toContain(`holds resources of account ${RESEARCH.id}`);
    expect(code).toBe(EXIT.failed);
    expect(states()).toEqual(before);
    expect(existsSync(folder("payments", "errored.tfstate"))).toBe(true);
    rmSync(folder("payments", "errored.tfstate"));
  });
});

describe("a command killed in the middle of an apply, after a rename", () => {
  /** The Terraform that goes on. */
  const record = () => operator.path(".rollout", "applying", `${PAYMENTS.id}.json`);
  const terraform = () =>
    JSON.parse(operator.read(".rollout", "applying", `${PAYMENTS.id}.json`)) as { pid: number };

  test("keeps the folder for its Terraform, until that has ended", async () => {
    await putNamesBack();
    operator.configure({ accounts: [called(PAYMENTS, "billing"), RESEARCH] });
    const delay = { action: "CreateTopic", account: PAYMENTS.id, kind: "delay", delayMs: 60_000 } as const;
    operator.lab.faults.add(delay);
    const cli = operator.begin("rollout", "--yes", "--account", "billing");
    await cli.until("a call in the middle of an apply", () => (operator.lab.faults.list()[0]?.hits ?? 0) > 0);
    cli.signal("SIGKILL");
    await cli.ended;
    const before = operator.read("cdktf.out", "stacks", "research", "cdk.tf.json");

    operator.configure({ accounts: [called(PAYMENTS, "research"), called(RESEARCH, "billing")] });
    const { code, stderr } = await operator.run("plan", "--account", "billing");

    expect(stderr).toContain(`Terraform still applies for account ${PAYMENTS.id} in ${folder("billing")}`);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(code).toBe(EXIT.failed);
    expect(operator.read("cdktf.out", "stacks", "research", "cdk.tf.json")).toBe(before);
  });

  test("after that, its account's state is found, and the other's is its own", async () => {
    const { pid } = terraform();
    process.kill(pid, "SIGINT");
    operator.lab.faults.clear();
    await eventually("the end of Terraform", () => (isAlive(pid) ? undefined : true), CASE_MS);

    expect(await plan("--account", "billing", "--account", "research")).toEqual({
      [PAYMENTS.id]: "its state",
      [RESEARCH.id]: "its state",
    });
    const { resources } = JSON.parse(stateOf(PAYMENTS)) as { resources: unknown[] };
    expect(resources.length).toBeGreaterThan(1);
    expect(JSON.parse(stateOf(RESEARCH))).toMatchObject({ resources: [{ name: "quarantine-policy" }] });
    // A plan had the lock of the state: no Terraform works there any more.
    expect(existsSync(record())).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
