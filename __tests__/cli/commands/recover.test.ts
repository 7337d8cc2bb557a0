import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { saveState } from "../../../cli/commands/recover";
import { CommandError } from "../../../cli/errors";
import { StackTerraform } from "../../../cli/terraform/stack-terraform";
import { messageOf } from "../../../functions/shared/message-of";
import { parseRollout } from "../../../stacks/config/load";
import { FakeProgram } from "../../support/cli/fake-program";
import { testShell } from "../../support/cli/shell";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const PAYMENTS = "777788889999";
const LINEAGE = "914cd847-3cee-25af-baa7-f10102c80bcc";
let program: FakeProgram;
let file: string;
beforeEach(() => {
  program = new FakeProgram([]);
  file = program.path("payments", "errored.tfstate");
  program.synthesize("payments", { account: PAYMENTS });
  program.put("payments", "errored.tfstate", state(7, ["alerts", "extra"]));
  program.put("payments", "state-pull.out", state(7, ["alerts"]));
});
afterEach(() => program.delete());

const at = (...names: string[]) => path.join(program.folder, ...names);
const pushes = () => program.calls.filter((call) => call.includes("state push"));

function state(serial: number, names: readonly string[], account = PAYMENTS, lineage = LINEAGE): string {
  const resources = names.map((name) => ({
    mode: "managed",
    type: "aws_sns_topic",
    name,
    instances: [{ attributes: { id: name, arn: `arn:aws:sns:us-east-1:${account}:${name}` } }],
  }));
  return JSON.stringify(
    { version: 4, terraform_version: "1.11.4", serial, lineage, outputs: {}, resources },
    undefined,
    2,
  );
}

/** Saves the state of payments; an error is what the operator reads. */
async function recover(options: { yes?: true } = { yes: true }) {
  const { shell, stderr } = testShell(program.folder);
  const { sharedFolder } = program.settings;
  const rollout = parseRollout("rollout.yaml", SAMPLE_YAML, program.folder);
  const target = { name: "payments", accountId: PAYMENTS, wave: "production" };
  const terraform = new StackTerraform(program.settings);
  const context = {
    shell,
    options: { ...options, lockTimeout: 0 },
    rollout,
    target,
    terraform,
    sharedFolder,
  };
  let error = "";
  await saveState(context, new AbortController().signal).catch((thrown: unknown) => {
    expect(thrown).toBeInstanceOf(CommandError);
    error = messageOf(thrown);
  });
  return { error, stderr: stderr() };
}

/** Files of the folder that keeps both states. */
function kept(): Record<string, string> {
  const folder = path.join(program.settings.sharedFolder, "recovered");
  const [name = ""] = existsSync(folder) ? readdirSync(folder) : [];
  return Object.fromEntries(
    (name === "" ? [] : readdirSync(path.join(folder, name))).map((each) => [
      each,
      readFileSync(path.join(folder, name, each), "utf8"),
    ]),
  );
}

test("a state that was not saved is saved with a serial of its own, kept and removed", async () => {
  const { error, stderr } = await recover();

  expect(stderr).toContain("Only in the state that was not saved:\n  aws_sns_topic.extra (extra)\n");
  expect(error).toBe("");
  expect(pushes()).toHaveLength(1);
  expect(pushes()[0]).not.toContain("-force");
  const states = kept();
  expect(states["not-saved.tfstate"]).toBe(state(7, ["alerts", "extra"]));
  expect(states["current.tfstate"]).toBe(state(7, ["alerts"]));
  expect(JSON.parse(states["saved.tfstate"] ?? "")).toEqual(JSON.parse(state(8, ["alerts", "extra"])));
  expect(existsSync(file)).toBe(false);
});

test("what has applied since is not overwritten: Terraform refuses the serial, and the file stays", async () => {
  program.put("payments", "state-push.code", "1");
  program.put(
    "payments",
    "state-push.out",
    "Failed to write state: cannot overwrite existing state with serial 9 with a different state that has serial 8\n",
  );

  const { error } = await recover();

  expect(error).toContain("cannot overwrite existing state");
  expect(existsSync(file)).toBe(true);
});

test.each([
  ["of another lineage", state(7, ["alerts"], PAYMENTS, "other"), "The lineages differ"],
  ["that is older than the current one", state(6, ["alerts", "extra"]), "Something has applied since"],
  ["of another account", state(7, ["alerts"], "222233334444"), "resources of account 222233334444"],
  ["that was cut off", "{", "expected a Terraform state of version 4"],
])("a state %s is refused, and nothing changes", async (_case, errored, reason) => {
  writeFileSync(ensured(file), errored);

  const { error } = await recover();

  expect(error).toContain(reason);
  expect(pushes()).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(errored);
});

test("--yes saves nothing that would make Terraform forget resources", async () => {
  program.put("payments", "state-pull.out", state(7, ["alerts", "other"]));

  const { error } = await recover();

  expect(error).toContain("aws_sns_topic.other (other)");
  expect(pushes()).toEqual([]);
});

test("an answer that is not the account's name saves nothing", async () => {
  const { error } = await recover({});

  expect(error).toBe("Not saved: nothing was changed.");
  expect(pushes()).toEqual([]);
  expect(existsSync(file)).toBe(true);
});

test("without such a file, nothing is done", async () => {
  program.remove("payments", "errored.tfstate");

  const { error, stderr } = await recover();

  expect(error).toBe("");
  expect(stderr).toContain("nothing to save");
  expect(program.calls).toEqual([]);
});

describe("a local state that was cut off", () => {
  const cut = state(7, ["alerts"]).slice(0, 60);
  let local: string;
  beforeEach(() => {
    local = at("state", `${PAYMENTS}.tfstate`);
    writeFileSync(ensured(local), cut);
  });

  test("makes room for the one that is saved, and is kept", async () => {
    const { error, stderr } = await recover();

    expect(stderr).toContain(`unreadable, 60 characters of ${local}`);
    expect(error).toBe("");
    expect(existsSync(local)).toBe(false);
    expect(kept()["current.tfstate"]).toBe(cut);
  });

  test("is back when the other cannot be saved: without any, the next apply would begin anew", async () => {
    program.put("payments", "state-push.code", "1");

    const { error } = await recover();

    expect(error).not.toBe("");
    expect(readFileSync(local, "utf8")).toBe(cut);
    expect(existsSync(file)).toBe(true);
  });
});

test("a folder that has to be initialized again is", async () => {
  await recover();
  program.put("payments", "errored.tfstate", state(9, ["alerts", "extra"]));
  program.remove("payments", path.join(".terraform", "terraform.tfstate"));

  expect(await recover()).toMatchObject({ error: "" });

  expect(program.calls.filter((call) => call.startsWith("payments init"))).toHaveLength(2);
});

function ensured(name: string): string {
  mkdirSync(path.dirname(name), { recursive: true });
  return name;
}
