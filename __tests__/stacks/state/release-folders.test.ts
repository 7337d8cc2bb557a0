import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import type { Construct } from "constructs";
import type * as BaseStackModule from "../../../stacks/base-stack";
import { parseRollout } from "../../../stacks/config/load";
import type { Rollout } from "../../../stacks/config/rollout";
import { ApplyRecords } from "../../../stacks/state/apply-records";
import { ErroredStates } from "../../../stacks/state/errored-states";
import { FolderInUseError } from "../../../stacks/state/release-folders";
import { stateAccountOf } from "../../../stacks/state/state-account";
import { synthesize } from "../../../stacks/synthesis/synthesize";
import { FIXTURE_PACKAGES } from "../../support/stacks/synthesize";

// Folders and backends are what this is about: stacks without resources synthesize in a tenth of the time.
jest.mock("../../../stacks/account-stack", () => ({ AccountStack: emptyStack() }));
jest.mock("../../../stacks/security-stack", () => ({ SecurityStack: emptyStack() }));

/** A stack with its provider and its backend alone. */
function emptyStack() {
  const { BaseStack } = jest.requireActual<typeof BaseStackModule>("../../../stacks/base-stack");
  return class extends BaseStack {
    constructor(
      scope: Construct,
      id: string,
      { rollout, account = rollout.securityAccount }: EmptyStackProps,
    ) {
      super(scope, id, { rollout, accountId: account.id });
    }
  };
}

interface EmptyStackProps {
  readonly rollout: Rollout;
  /** @default - the security account */
  readonly account?: { readonly id: string };
}

const PAYMENTS = "777788889999";
const RESEARCH = "222233334444";

const YAML = `
organizationId: o-exampleorgid
securityAccount:
  id: "111122223333"
waves: [production]
accounts:
  - name: sandbox
    id: "444455556666"
    wave: production
  - name: payments
    id: "${PAYMENTS}"
    wave: production
  - name: research
    id: "${RESEARCH}"
    wave: production
`;

const BACKENDS = {
  local: "backend:\n  type: local\n",
  s3: "backend:\n  type: s3\n  bucket: example-terraform-state\n  region: eu-central-1\n",
  cloud: "backend:\n  type: cloud\n  organization: example\n",
};
type Backend = keyof typeof BACKENDS;

/** A checkout, in which the CDKTF CLI or the command line synthesizes. */
let checkout: string;
beforeEach(() => {
  checkout = realpathSync(mkdtempSync(path.join(tmpdir(), "release-")));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const at = (...names: string[]) => path.join(checkout, ...names);
const stack = (name: string, ...names: string[]) => at("cdktf.out", "stacks", name, ...names);
const record = (name: string) => stack(name, ".terraform", "terraform.tfstate");

function synthesizeYaml(yaml: string, backend: Backend = "local", outdir = "cdktf.out"): void {
  const rollout = parseRollout("rollout.yaml", `${BACKENDS[backend]}${yaml}`, checkout);
  synthesize(rollout, FIXTURE_PACKAGES, { outdir: at(outdir), workFolder: at(".rollout") });
}

/** Leaves what `terraform init` leaves, as Terraform 1.11 writes it: the stack's own arguments. */
function initialize(name: string): void {
  const { terraform } = JSON.parse(readFileSync(stack(name, "cdk.tf.json"), "utf8")) as {
    terraform: { backend?: Record<string, object>; cloud?: object };
  };
  const [type, config] = Object.entries(terraform.backend ?? { cloud: terraform.cloud })[0] ?? [];
  mkdirSync(stack(name, ".terraform"), { recursive: true });
  writeFileSync(
    record(name),
    JSON.stringify({ version: 3, terraform_version: "1.11.4", backend: { type, config, hash: 551762700 } }),
  );
  writeFileSync(stack(name, ".terraform", "environment"), "default");
}

const rename = (yaml: string, from: string, to: string) => yaml.replace(`name: ${from}\n`, `name: ${to}\n`);
const SWAPPED = rename(rename(rename(YAML, "payments", "x"), "research", "payments"), "x", "research");
const WITHOUT_RESEARCH = YAML.replace(/ {2}- name: research\n(?: {4}.*\n)*/, "");

describe.each<Backend>(["local", "s3", "cloud"])("with a %s backend", (backend) => {
  beforeEach(() => {
    synthesizeYaml(YAML, backend);
    ["payments", "research", "sandbox"].forEach(initialize);
  });

  test("two accounts that swap their names have no record of each other's state", () => {
    synthesizeYaml(SWAPPED, backend);

    for (const name of ["payments", "research"]) {
      expect(existsSync(record(name))).toBe(false);
      expect(existsSync(stack(name, ".terraform", "environment"))).toBe(false);
    }
    expect(stateAccountOf(stack("payments"))).toBe(RESEARCH);
    expect(stateAccountOf(stack("research"))).toBe(PAYMENTS);
    expect(stateAccountOf(stack("sandbox"))).toBe("444455556666");
    expect(existsSync(record("sandbox"))).toBe(true);
  });

  test("an account that gets the name of one that is gone does not get its state", () => {
    synthesizeYaml(WITHOUT_RESEARCH, backend);
    expect(existsSync(record("research"))).toBe(true);

    synthesizeYaml(rename(WITHOUT_RESEARCH, "payments", "research"), backend);

    expect(existsSync(record("research"))).toBe(false);
    expect(stateAccountOf(stack("research"))).toBe(PAYMENTS);
  });
});

test("an account that moves to another backend keeps the record that a migration needs", () => {
  synthesizeYaml(YAML, "local");
  initialize("payments");

  synthesizeYaml(YAML, "s3");

  expect(JSON.parse(readFileSync(record("payments"), "utf8"))).toMatchObject({ backend: { type: "local" } });
});

test("a state that was not saved leaves the folder with its account, also for a stack that is gone", () => {
  synthesizeYaml(YAML);
  ["payments", "research"].forEach(initialize);
  writeFileSync(stack("payments", "errored.tfstate"), "of payments");
  writeFileSync(stack("research", "errored.tfstate"), "of research");
  const errored = new ErroredStates(at(".rollout"));

  synthesizeYaml(rename(WITHOUT_RESEARCH, "payments", "billing"));

  const found = errored.find(PAYMENTS, stack("billing")) ?? "";
  expect(readFileSync(found, "utf8")).toBe("of payments");
  expect(readFileSync(errored.find(RESEARCH, stack("research")) ?? "", "utf8")).toBe("of research");
  expect(existsSync(stack("payments", "errored.tfstate"))).toBe(false);
  expect(errored.find("444455556666", stack("sandbox"))).toBeUndefined();
});

test("a second unsaved state of an account does not replace the first", () => {
  const names = ["payments", "billing", "invoices"];
  for (const [index, name] of names.entries()) {
    synthesizeYaml(rename(YAML, "payments", name));
    if (index < 2) {
      initialize(name);
      writeFileSync(stack(name, "errored.tfstate"), name);
    }
  }

  const errored = new ErroredStates(at(".rollout"));
  const kept = errored.kept().map(({ file }) => file);
  expect(kept.map((file) => path.basename(file))).toEqual([`${PAYMENTS}.tfstate`, `${PAYMENTS}.1.tfstate`]);
  expect(kept.map((file) => readFileSync(file, "utf8"))).toEqual(["payments", "billing"]);
  // The oldest is to be saved first, and a third one finds a name once it is.
  expect(errored.find(PAYMENTS, stack("invoices"))).toBe(kept[0]);
  rmSync(kept[0] ?? "");
  writeFileSync(stack("invoices", "errored.tfstate"), "invoices");
  synthesizeYaml(rename(YAML, "payments", "bills"));
  expect(errored.kept().map(({ file }) => readFileSync(file, "utf8"))).toEqual(["invoices", "billing"]);
});

describe("a Terraform that outlived its command", () => {
  let terraform: ReturnType<typeof spawn>;
  const applies = () => new ApplyRecords(at(".rollout"));
  beforeEach(() => {
    synthesizeYaml(YAML);
    ["payments", "research"].forEach(initialize);
    terraform = spawn("sleep", ["60"]);
    applies().begin(PAYMENTS, stack("payments"));
    applies().started(PAYMENTS, stack("payments"), terraform.pid ?? 0);
  });
  afterEach(() => terraform.kill());

  async function end(): Promise<void> {
    const exited = new Promise((resolve) => terraform.once("exit", resolve));
    terraform.kill();
    await exited;
  }

  test.each([SWAPPED, rename(YAML, "payments", "billing")])(
    "keeps its folder: the synthesis is refused before anything changes, until it ends",
    async (yaml) => {
      const before = readFileSync(stack("research", "cdk.tf.json"), "utf8");

      expect(() => synthesizeYaml(yaml)).toThrow(FolderInUseError);
      expect(() => synthesizeYaml(yaml)).toThrow(new RegExp(`${PAYMENTS} in ${stack("payments")}`));

      expect(existsSync(record("payments"))).toBe(true);
      expect(existsSync(record("research"))).toBe(true);
      expect(readFileSync(stack("research", "cdk.tf.json"), "utf8")).toBe(before);
      await end();
      expect(() => synthesizeYaml(yaml)).not.toThrow();
    },
  );

  test("hinders nothing else", () => {
    const yaml = rename(YAML, "research", "laboratory");

    expect(() => synthesizeYaml(yaml)).not.toThrow();
  });

  test("leaves its unsaved state where it is found for another output folder", async () => {
    synthesizeYaml(YAML, "local", "elsewhere");
    await end();
    writeFileSync(stack("payments", "errored.tfstate"), "{}");
    applies().end(PAYMENTS, stack("payments"));

    const errored = new ErroredStates(at(".rollout"));
    expect(errored.find(PAYMENTS, at("elsewhere", "stacks", "payments"))).toBe(
      stack("payments", "errored.tfstate"),
    );
    expect(errored.find(RESEARCH, at("elsewhere", "stacks", "research"))).toBeUndefined();
  });

  test("that left its state unsaved keeps no folder: its process id may be another's by now", () => {
    writeFileSync(stack("payments", "errored.tfstate"), "{}");
    applies().end(PAYMENTS, stack("payments"));

    expect(() => synthesizeYaml(rename(YAML, "payments", "billing"))).not.toThrow();
    expect(new ErroredStates(at(".rollout")).find(PAYMENTS, stack("billing"))).toBe(
      at(".rollout", "errored", `${PAYMENTS}.tfstate`),
    );
  });

  test("is known too where the folder for plans and logs is a symbolic link", () => {
    renameSync(at(".rollout"), at("elsewhere"));
    mkdirSync(at("deep", "down"), { recursive: true });
    renameSync(at("elsewhere"), at("deep", "down", "work"));
    symlinkSync(at("deep", "down", "work"), at(".rollout"));
    applies().started(PAYMENTS, stack("payments"), terraform.pid ?? 0);

    expect(applies().folderOf(PAYMENTS)).toBe(stack("payments"));
    expect(() => synthesizeYaml(SWAPPED)).toThrow(FolderInUseError);
  });

  test("is found no more when it has ended with its state saved", async () => {
    await end();
    applies().end(PAYMENTS, stack("payments"));

    expect(applies().folderOf(PAYMENTS)).toBeUndefined();
  });
});

test("an unsaved state that cdktf left is found for another output folder, for its account alone", () => {
  synthesizeYaml(YAML);
  ["payments", "research"].forEach(initialize);
  writeFileSync(stack("payments", "errored.tfstate"), "{}");
  const errored = new ErroredStates(at(".rollout"));

  expect(errored.find(PAYMENTS, at("elsewhere", "stacks", "payments"))).toBe(
    stack("payments", "errored.tfstate"),
  );
  expect(errored.find(RESEARCH, at("elsewhere", "stacks", "research"))).toBeUndefined();
});

test("names do not move while another run of the command line, which may wait for an approval, is active", () => {
  synthesizeYaml(YAML);
  ["payments", "research"].forEach(initialize);
  mkdirSync(at(".rollout"));
  const lock = (pid: number) =>
    writeFileSync(at(".rollout", "run.lock"), JSON.stringify({ host: hostname(), pid }));
  lock(process.ppid);

  expect(() => synthesizeYaml(SWAPPED)).toThrow(/another run is active in this checkout/);
  expect(() => synthesizeYaml(YAML)).not.toThrow();
  // The folder of an account that is gone may lie there for years.
  expect(() => synthesizeYaml(WITHOUT_RESEARCH)).not.toThrow();
  lock(process.pid);
  expect(() => synthesizeYaml(SWAPPED)).not.toThrow();
});

test("an output folder behind a symbolic link leads to the state of the checkout", () => {
  mkdirSync(at("disk", "deep", "down", "output"), { recursive: true });
  symlinkSync(at("disk", "deep", "down", "output"), at("cdktf.out"));

  synthesizeYaml(YAML);

  const folder = realpathSync(stack("payments"));
  const { terraform } = JSON.parse(readFileSync(path.join(folder, "cdk.tf.json"), "utf8")) as {
    terraform: { backend: { local: { path: string } } };
  };
  // Terraform resolves it from where the link leads.
  expect(path.resolve(folder, terraform.backend.local.path)).toBe(at("state", `${PAYMENTS}.tfstate`));
});
