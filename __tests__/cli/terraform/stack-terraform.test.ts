import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { StackTerraform, type PlanOptions } from "../../../cli/terraform/stack-terraform";
import { accountFor, FakeProgram } from "../../support/cli/fake-program";
import { terraformOutput } from "../../support/cli/terraform-output";
import { eventually } from "../../support/eventually";

let program: FakeProgram;
let terraform: StackTerraform;

beforeEach(async () => {
  program = new FakeProgram(["payments"]);
  terraform = new StackTerraform(program.settings);
  await terraform.initialize("payments");
});
afterEach(() => program.delete());

/** What the next run of a step prints, and how it exits. */
function next(step: string, code: number, fixture?: string): void {
  program.put("payments", `${step}.code`, `${code}`);
  program.put("payments", `${step}.out`, fixture === undefined ? "" : terraformOutput(fixture));
}
const lastCall = () => program.calls.at(-1);

test("a plan is saved, with what it changes", async () => {
  next("plan", 2, "plan-create.jsonl");

  const plan = await terraform.plan("payments");

  expect(plan).toMatchObject({
    hasChanges: true,
    destroys: false,
    counts: { add: 2, change: 0, remove: 0 },
    changes: [
      { address: "terraform_data.alerts", action: "create" },
      { address: "terraform_data.responder", action: "create" },
    ],
  });
  expect(existsSync(plan.file)).toBe(true);
  // Plans hold values of the state.
  expect(statSync(path.dirname(plan.file)).mode & 0o077).toBe(0);
  expect(lastCall()).toBe(`payments plan -json -input=false -detailed-exitcode -out=${plan.file}`);
});

describe("what a plan means", () => {
  const responder = (mode: string) => ({
    function_name: "security-response",
    environment: [{ variables: { QUARANTINE_MODE: mode } }],
  });
  const OBSERVES = { setting: "mode", kind: "set", before: "enforce", after: "observe", weakens: true };
  const ADDRESS = { type: "aws_lambda_function", name: "responder" };
  beforeEach(() => {
    next("plan", 2, "plan-create.jsonl");
    const { terraform: block } = JSON.parse(program.read("payments", "cdk.tf.json")) as { terraform: object };
    const resource = { aws_lambda_function: { responder: responder("observe") } };
    program.put("payments", "cdk.tf.json", JSON.stringify({ terraform: block, resource }));
    program.planFrom([{ mode: "managed", ...ADDRESS, instances: [{ attributes: responder("enforce") }] }]);
  });

  test("is read from the state in it and from the stack, without another process", async () => {
    const plan = await terraform.plan("payments");

    expect(plan.effects).toEqual([OBSERVES]);
    expect(plan.counts).toEqual({ add: 2, change: 0, remove: 0 });
    expect(program.calls.join("\n")).not.toContain(" show ");
  });

  test("of a removal and of a refresh is not asked", async () => {
    expect((await terraform.plan("payments", { destroy: true })).effects).toEqual([]);
    expect((await terraform.plan("payments", { refreshOnly: true })).effects).toEqual([]);
  });

  describe("where the plan is in no file that can be read", () => {
    const change = { actions: ["update"], before: responder("enforce"), after: responder("observe") };
    const resource = { address: "aws_lambda_function.responder", ...ADDRESS, change };
    beforeEach(() => program.planFrom("elsewhere"));

    test("is what Terraform shows of it, which is kept nowhere", async () => {
      program.put("payments", "show.out", JSON.stringify({ resource_changes: [resource] }));

      const plan = await terraform.plan("payments");

      expect(plan.effects).toEqual([OBSERVES]);
      expect(plan.counts).toEqual({ add: 2, change: 0, remove: 0 });
      expect(lastCall()).toBe(`payments show -json ${plan.file}`);
      expect(readdirSync(path.join(program.settings.workFolder, "payments"))).not.toContain("show.log");
    });

    test("has to be shown: what nobody can read is not applied", async () => {
      program.put("payments", "show.out", "Error: the plan is of another version");

      await expect(terraform.plan("payments")).rejects.toMatchObject({
        fault: { cause: "Terraform planned changes but did not list them" },
      });
    });
  });
});

test("a plan without changes is not kept", async () => {
  next("plan", 0);

  const plan = await terraform.plan("payments");

  expect(plan).toMatchObject({ hasChanges: false, changes: [], counts: { add: 0, change: 0, remove: 0 } });
  expect(existsSync(plan.file)).toBe(false);
});

test("a plan that failed half-way is not kept, although Terraform saves it", async () => {
  next("plan", 2, "plan-create.jsonl");
  const { file } = await terraform.plan("payments");
  next("plan", 1, "role-denied.jsonl");

  await expect(terraform.plan("payments")).rejects.toMatchObject({ fault: { kind: "role-not-assumable" } });

  expect(existsSync(file)).toBe(false);
});

test.each<[PlanOptions, string]>([
  [{ destroy: true }, "-destroy"],
  [{ lock: false }, "-lock=false"],
  [{ destroy: true, lock: false }, "-destroy -lock=false"],
])("%j plans with %s", async (options, args) => {
  next("plan", 2, "plan-create.jsonl");

  const plan = await terraform.plan("payments", options);

  expect(lastCall()).toMatch(new RegExp(` ${args}$`));
  expect(plan.destroys).toBe(options.destroy ?? false);
});

describe("a removal that keeps some types", () => {
  const resource = (type: string, name: string, key?: string) => ({
    ...{ mode: "managed", type, name },
    instances: [{ ...(key !== undefined && { index_key: key }), attributes: { id: name } }],
  });
  const state = (...resources: object[]) =>
    program.put(
      "payments",
      "state-pull.out",
      JSON.stringify({ version: 4, serial: 3, lineage: "x", resources }, undefined, 2),
    );
  const removal = () => terraform.plan("payments", { destroy: true, keep: ["aws_sqs_queue"] });

  test("names everything else in the state as its target", async () => {
    state(
      resource("aws_sns_topic", "alerts"),
      resource("aws_sqs_queue", "dead-letters"),
      resource("aws_iam_role", "roles", "a"),
      { ...resource("aws_caller_identity", "me"), mode: "data" },
    );
    next("plan", 2, "plan-create.jsonl");

    const plan = await removal();

    expect(lastCall()).toMatch(/ -destroy -target=aws_sns_topic.alerts -target=aws_iam_role.roles\["a"\]$/);
    expect(plan).toMatchObject({ destroys: true, hasChanges: true, kept: 1 });
  });

  test.each([
    ["that has nothing else", () => state(resource("aws_sqs_queue", "dead-letters")), 1],
    ["that is empty", () => state(), 0],
    ["that is not there", () => program.put("payments", "state-pull.out", ""), 0],
  ])(
    "of a state %s has nothing to do, and runs no plan: it would destroy what is kept",
    async (_, put, kept) => {
      put();

      expect(await removal()).toMatchObject({ hasChanges: false, kept });

      expect(program.calls.filter((call) => call.includes("-destroy"))).toEqual([]);
    },
  );

  test("of a state that cannot be read is refused", async () => {
    program.put("payments", "state-pull.out", '{\n  "version": 5\n}\n');

    await expect(removal()).rejects.toMatchObject({ fault: { cause: expect.stringContaining("state") } });
  });
});

test("the saved plan is what is applied; afterwards it is gone", async () => {
  next("plan", 2, "plan-create.jsonl");
  const plan = await terraform.plan("payments");
  next("apply", 0, "apply.jsonl");
  const done: string[] = [];

  await terraform.apply("payments", plan, (address) => done.push(address));

  expect(lastCall()).toBe(`payments apply -json -input=false ${plan.file}`);
  expect(done).toEqual(["terraform_data.alerts", "terraform_data.responder"]);
  expect(existsSync(plan.file)).toBe(false);
});

test("a folder that has changed since is initialized again", async () => {
  program.put("payments", "plan.out", terraformOutput("not-initialized.jsonl"));
  program.put("payments", "plan.code", "1");

  await expect(terraform.plan("payments")).rejects.toMatchObject({ fault: { kind: "needs-init" } });

  expect(program.calls.map((call) => call.split(" ")[1])).toEqual(["init", "plan", "init", "plan"]);
});

test("a changed backend is never migrated: the cause is reported unchanged", async () => {
  next("plan", 1, "backend-block-changed.jsonl");
  next("init", 1, "init-backend-changed.txt");

  await expect(terraform.plan("payments")).rejects.toMatchObject({
    fault: { kind: "backend-changed", advice: expect.stringContaining("docs/state.md") },
  });

  expect(program.calls.join("\n")).not.toMatch(/-reconfigure|-migrate-state/);
});

describe("a run in HCP Terraform, which prints no JSON", () => {
  const change = (address: string, ...actions: string[]) => ({ address, change: { actions } });
  beforeEach(() => {
    next("plan", 2);
    program.put("payments", "plan.out", "Plan: 1 to add, 0 to change, 2 to destroy.\n");
  });

  test("has its changes read from the plan", async () => {
    const resource_changes = [
      change("aws_sns_topic.alerts", "create"),
      change("aws_iam_policy.quarantine-policy", "delete"),
      change("aws_lambda_function.responder", "delete", "create"),
      change("aws_kms_key.alerts", "no-op"),
    ];
    program.put("payments", "show.out", JSON.stringify({ resource_changes }));

    const plan = await terraform.plan("payments");

    expect(plan.counts).toEqual({ add: 2, change: 0, remove: 2 });
    expect(plan.changes.map(({ action }) => action)).toEqual(["create", "delete", "replace"]);
    expect(existsSync(plan.file)).toBe(true);
    expect(lastCall()).toBe(`payments show -json ${plan.file}`);
  });

  test("is a failure when they cannot be read: unknown changes are not applied", async () => {
    await expect(terraform.plan("payments")).rejects.toMatchObject({
      fault: { kind: "other", cause: "Terraform planned changes but did not list them" },
    });
  });
});

describe("a state that could not be saved", () => {
  const notSaved = (cause: string) => ({
    fault: {
      kind: "state-not-saved",
      cause: expect.stringContaining(cause),
      advice: expect.stringContaining("npm run quarantine -- recover payments"),
    },
  });

  test("keeps the next plan from overwriting it", async () => {
    program.put("payments", "errored.tfstate", "{}");

    await expect(terraform.plan("payments")).rejects.toMatchObject(
      notSaved(program.path("payments", "errored.tfstate")),
    );

    expect(lastCall()).toMatch(/^payments init/);
  });

  test("keeps a plan from being applied that was made while another Terraform held the lock", async () => {
    next("plan", 2, "plan-create.jsonl");
    const plan = await terraform.plan("payments");
    program.put("payments", "errored.tfstate", "{}");

    await expect(terraform.apply("payments", plan)).rejects.toMatchObject(notSaved("errored.tfstate"));

    expect(lastCall()).toMatch(/^payments plan/);
  });

  test("is found by the account's id, in the folder of an earlier name", async () => {
    const account = accountFor("payments");
    program.synthesize("billing", { account });
    await terraform.initialize("billing");
    program.put("billing", "plan.out", terraformOutput("plan-create.jsonl"));
    program.put("billing", "plan.code", "2");
    const plan = await terraform.plan("billing");
    program.put("billing", "apply.code", "1");
    program.put("billing", "apply.leaves", "errored.tfstate");
    await expect(terraform.apply("billing", plan)).rejects.toMatchObject({ fault: { kind: "other" } });

    await expect(terraform.plan("payments")).rejects.toMatchObject(
      notSaved(program.path("billing", "errored.tfstate")),
    );
  });

  test("stays known when what follows Terraform's output fails, and until Terraform has ended", async () => {
    next("plan", 2, "plan-create.jsonl");
    const plan = await terraform.plan("payments");
    next("apply", 0, "apply.jsonl");
    program.put("payments", "apply.linger");
    const records = path.join(program.settings.sharedFolder, "applying");

    const applying = terraform.apply("payments", plan, () => {
      throw new Error("the view is broken");
    });

    await expect(applying).rejects.toThrow("the view is broken");
    expect(readdirSync(records)).toEqual([`${accountFor("payments")}.json`]);
    program.remove("payments", "apply.linger");
    await eventually("the end of Terraform", () => (readdirSync(records).length === 0 ? true : undefined));
  });

  test("of another account hinders no one", async () => {
    program.synthesize("research");
    program.put("research", "errored.tfstate", "{}");
    next("plan", 0);

    await expect(terraform.plan("payments")).resolves.toMatchObject({ hasChanges: false });
  });

  test("is none after an apply that went well", async () => {
    next("plan", 2, "plan-create.jsonl");
    const plan = await terraform.plan("payments");
    next("apply", 0, "apply.jsonl");

    await terraform.apply("payments", plan);

    expect(terraform.erroredState("payments")).toBeUndefined();
    expect(readdirSync(path.join(program.settings.sharedFolder, "applying"))).toEqual([]);
  });
});

test("a plan is not applied when its folder has become another account's: it would change the first", async () => {
  next("plan", 2, "plan-create.jsonl");
  const plan = await terraform.plan("payments");
  program.synthesize("payments", { account: "222233334444" });

  await expect(terraform.apply("payments", plan)).rejects.toMatchObject({
    fault: { kind: "other", cause: expect.stringContaining(`made for ${accountFor("payments")}`) },
  });

  expect(lastCall()).toMatch(/^payments plan/);
  rmSync(program.path("payments"), { recursive: true });
  await expect(terraform.apply("payments", plan)).rejects.toMatchObject({ fault: { kind: "other" } });
});

describe("a state by hand", () => {
  const STATE = '{\n  "version": 4\n}';

  test("is pulled without Terraform's warnings, and kept nowhere", async () => {
    program.put("payments", "state-pull.out", `Warning: {something}\n\n${STATE}\n`);

    expect(await terraform.pullState("payments")).toBe(STATE);

    expect(lastCall()).toBe("payments state pull");
    expect(readdirSync(path.join(program.settings.workFolder, "payments"))).not.toContain("state-pull.log");
  });

  test("is empty when there is none", async () => {
    expect(await terraform.pullState("payments")).toBe("");
  });

  test("is empty for what Terraform prints when an S3 bucket has none: a state of no lineage", async () => {
    const none = {
      version: 4,
      terraform_version: "1.11.4",
      serial: 0,
      lineage: "",
      outputs: {},
      resources: [],
    };
    program.put("payments", "state-pull.out", `${JSON.stringify(none, undefined, 2)}\n`);

    expect(await terraform.pullState("payments")).toBe("");
  });

  test("is pushed as Terraform allows it, never by force", async () => {
    await terraform.pushState("payments", "/errored.tfstate", 1_500);

    expect(lastCall()).toBe("payments state push -lock-timeout=2s /errored.tfstate");
  });
});

test("a plan is shown as Terraform shows it", async () => {
  next("plan", 2, "plan-create.jsonl");
  const plan = await terraform.plan("payments");
  program.put("payments", "show.out", "  # terraform_data.alerts will be created\n");

  expect(await terraform.show("payments", plan)).toBe("  # terraform_data.alerts will be created\n");
  expect(existsSync(plan.file)).toBe(true);
});
