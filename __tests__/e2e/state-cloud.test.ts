import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { stateInWords } from "../../bench/review/state-in-words";
import { EXIT } from "../../cli/exit-codes";
import { reviewSchema } from "../../cli/review/review";
import { packageProject } from "../../cli/synthesis";
import { terraformToken } from "../../cli/terraform/terraform-token";
import { runProgram } from "../../lab/run-program";
import { setUpTerraform } from "../../lab/terraform";
import { loadRollout } from "../../stacks/config/load";
import { stackMaker } from "../../stacks/synthesis/synthesize";
import { CliProcess } from "../support/cli/process";
import { CloudStub } from "../support/cloud/cloud-stub";
import { serveCloud, type ServedCloud } from "../support/cloud/serve-cloud";
import { SAMPLE_YAML } from "../support/stacks/sample";

const FOLDER = path.join(__dirname, "../../.lab/e2e-state-cloud");
const APPLIED_AT = "2026-11-28T20:32:01.490Z";
/** Most of it is waiting for a busy machine. */
const TERRAFORM_MS = 300_000;

const [SECURITY, SANDBOX, PAYMENTS, RESEARCH, LEGACY] = [
  "111122223333",
  "444455556666",
  "777788889999",
  "222233334444",
  "555566667777",
] as const;
const workspaceOf = (accountId: string) => `iam-user-quarantine-${accountId}`;

let stub: CloudStub;
let served: ServedCloud;
let environment: Record<string, string | undefined>;
let program: string;
let stackJson: (accountId: string) => object;
let host: string;

beforeAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  served = await serveCloud((port) => {
    stub = new CloudStub("tfe.example.com", "example", "a-token", {}, `:${port}`);
    host = `tfe.example.com:${port}`;
    const backend = `backend: { type: cloud, organization: example, hostname: "${host}" }`;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path.join(FOLDER, "rollout.yaml"), `${backend}\n${SAMPLE_YAML}`);
    return stub;
  }, FOLDER);
  const setup = setUpTerraform({ environment: process.env, homeFolder: homedir() }, FOLDER);
  program = setup.program;
  environment = {
    ...setup.environment,
    ...served.environment,
    // Terraform and the review find the token in the same file.
    TF_CLI_CONFIG_FILE: path.join(FOLDER, "cloud.tfrc"),
    TF_INPUT: "false",
    ROLLOUT_CONFIG: undefined,
  };
  const rollout = loadRollout({}, FOLDER);
  writeFileSync(path.join(FOLDER, "cloud.tfrc"), `credentials "${host}" {\n  token = "a-token"\n}\n`);
  stackJson = stackMaker(rollout, await packageProject());
  const state = stateInWords(stackJson(SANDBOX), SANDBOX);
  stub.workspaces.set(workspaceOf(SANDBOX), { state, createdAt: APPLIED_AT });
  stub.workspaces.set(workspaceOf(PAYMENTS), {});
  stub.workspaces.set(workspaceOf(RESEARCH), { refusedWith: 403 });
  stub.workspaces.set(workspaceOf(LEGACY), { state, createdAt: APPLIED_AT, showsStates: false });
}, TERRAFORM_MS);

afterAll(() => served.stop());

test(
  "review reads the states of the workspaces, and neither writes nor creates one",
  async () => {
    const cli = new CliProcess(["review", "--json"], { cwd: FOLDER, env: environment });

    const { code, stdout, stderr } = await cli.ended;

    expect({ code, stderr }).toEqual({ code: EXIT.failed, stderr: "" });
    const { accounts, backend } = reviewSchema.parse(JSON.parse(stdout));
    expect(backend).toBe("cloud");
    const rows = accounts.map(({ id, status, problems, deployed }) => [
      id,
      status,
      problems,
      deployed?.appliedAt,
    ]);
    expect(rows).toEqual([
      [
        RESEARCH,
        "unreadable",
        [expect.stringContaining("answered 403: This token may not do that.")],
        undefined,
      ],
      [
        LEGACY,
        "unreadable",
        [expect.stringContaining("the token may not read the state versions")],
        undefined,
      ],
      [
        SECURITY,
        "not-deployed",
        [expect.stringContaining("workspace does not exist, or the token")],
        undefined,
      ],
      [PAYMENTS, "not-deployed", ["It has no state."], undefined],
      [SANDBOX, "as-configured", [], APPLIED_AT],
    ]);
    expect(stub.writes).toEqual([]);
    const downloads = stub.requests.filter(({ host: asked }) => asked === stub.archive);
    expect(downloads.map(({ headers }) => headers.has("authorization"))).toEqual([false]);
    expect(stub.workspaces.has(workspaceOf(SECURITY))).toBe(false);
    expect(existsSync(path.join(FOLDER, "cdktf.out"))).toBe(false);
  },
  TERRAFORM_MS,
);

/** Initializes a folder with nothing but the block of an account's stack. */
async function initialize(accountId: string, env = environment): Promise<string> {
  const { terraform } = stackJson(accountId) as { readonly terraform: { readonly cloud: object } };
  const cwd = path.join(FOLDER, accountId);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(path.join(cwd, "main.tf.json"), JSON.stringify({ terraform: { cloud: terraform.cloud } }));
  await runProgram(program, ["init", "-no-color"], { cwd, environment: env });
  return cwd;
}

/** What Terraform pulls for an account. */
async function pull(accountId: string): Promise<unknown> {
  const cwd = await initialize(accountId);
  const lines: string[] = [];
  await runProgram(program, ["state", "pull"], { cwd, environment, onLine: (line) => lines.push(line) });
  return JSON.parse(lines.join("\n"));
}

test(
  "Terraform finds the same state with the same token and the same block",
  async () => {
    expect(await pull(SANDBOX)).toMatchObject({ lineage: SANDBOX, serial: 1 });
    expect(stub.writes).toEqual([]);
  },
  TERRAFORM_MS,
);

test(
  "Terraform would create a workspace that is missing, which is why the review does not ask it",
  async () => {
    stub.takesWorkspaces = true;

    expect(await pull(SECURITY)).toMatchObject({ lineage: "", resources: [] });

    expect(stub.writes).toEqual([
      "POST /api/v2/organizations/example/workspaces",
      expect.stringMatching(/^PATCH \/api\/v2\/workspaces\/ws-/),
    ]);
  },
  TERRAFORM_MS,
);

test(
  "the token is found where Terraform finds it",
  async () => {
    const HOME = path.join(FOLDER, "home");
    const login = path.join(HOME, ".terraform.d");
    mkdirSync(login, { recursive: true });
    const token = { credentials: { [host]: { token: "a-token" } } };
    writeFileSync(path.join(login, "credentials.tfrc.json"), JSON.stringify(token));
    writeFileSync(path.join(HOME, "empty.tfrc"), "");
    const atHome = { ...environment, HOME, TF_CLI_CONFIG_FILE: undefined };
    const elsewhere = { ...atHome, TF_CLI_CONFIG_FILE: path.join(HOME, "empty.tfrc") };
    const named = { ...elsewhere, [`TF_TOKEN_tfe_example_com:${host.split(":")[1]}`]: "a-token" };

    for (const env of [environment, atHome, named]) {
      expect(terraformToken(host, env, HOME)).toBe("a-token");
      await initialize(SANDBOX, env);
    }
    expect(terraformToken(host, elsewhere, HOME)).toBeUndefined();
    await expect(initialize(SANDBOX, elsewhere)).rejects.toThrow(/Required token could not be found/);
  },
  TERRAFORM_MS,
);
