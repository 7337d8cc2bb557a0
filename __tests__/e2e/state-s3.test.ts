import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "../../cli/exit-codes";
import { reviewSchema } from "../../cli/review/review";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import { runProgram } from "../../lab/run-program";
import { setUpTerraform } from "../../lab/terraform";
import { parseRollout } from "../../stacks/config/load";
import { NAMES } from "../../stacks/names";
import { synthesize as synthesizeStacks } from "../../stacks/synthesis/synthesize";
import { CliProcess, type CliEnd } from "../support/cli/process";
import { labApi } from "../support/lab/api";
import { LabBucket } from "../support/lab/bucket";
import { FIXTURE_PACKAGES } from "../support/stacks/synthesize";

const PROJECT = path.join(__dirname, "../..");
const FOLDER = path.join(PROJECT, ".lab", "e2e-state");
const BUCKET = "example-terraform-state";
const KEY = "arn:aws:kms:us-east-1:111122223333:alias/terraform-state";
const { managementAccount, securityAccount, memberAccounts } = LAB_ORGANIZATION;
const [payments, research] = memberAccounts;

const BACKEND = `backend:
  type: s3
  bucket: ${BUCKET}
  region: us-east-1
  kmsKeyId: ${KEY}
  roleArn: arn:aws:iam::${securityAccount.id}:role/terraform-state
`;

/** Terraform loads the provider for each of its commands. */
const TERRAFORM_MS = 300_000;

let lab: Lab;
let bucket: LabBucket;
const lockKey = (accountId: string) => `iam-user-quarantine/${accountId}.tfstate.tflock`;
const stateKey = (accountId: string) => `iam-user-quarantine/${accountId}.tfstate`;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  bucket = new LabBucket(lab.endpoint, BUCKET, lab.credentials(securityAccount.id).accessKeyId);
  await bucket.create();
  await createStateRole();
  rmSync(FOLDER, { recursive: true, force: true });
}, TERRAFORM_MS);

/** Ends Terraform, after a test that has timed out. */
const stopping = new AbortController();

afterAll(async () => {
  stopping.abort();
  await lab.stop();
});

test(
  "the states of two accounts are under their ids, encrypted with the key, and nothing is elsewhere",
  async () => {
    synthesize("first", labRolloutYaml(LAB_ORGANIZATION));
    const locks = new Set<string>();
    const watching = new AbortController();
    const watch = watchKeys(locks, watching.signal);

    try {
      await Promise.all([payments, research].map(({ name }) => applyPolicy("first", name)));
    } finally {
      watching.abort();
      await watch;
    }

    expect(await bucket.keys()).toEqual([stateKey(payments.id), stateKey(research.id)]);
    expect([...locks].sort()).toEqual([lockKey(payments.id), lockKey(research.id)]);
    for (const { id } of [payments, research]) {
      const { headers, text } = await bucket.get(stateKey(id));
      expect(headers.get("x-amz-server-side-encryption")).toBe("aws:kms");
      expect(headers.get("x-amz-server-side-encryption-aws-kms-key-id")).toBe(KEY);
      expect(text).toContain(`arn:aws:iam::${id}:policy/AutomatedSecurityQuarantine`);
      expect(text).not.toContain(lab.credentials(managementAccount.id).secretAccessKey);
    }
  },
  TERRAFORM_MS,
);

test(
  "review reads the states from the bucket, and an account without one is not deployed",
  async () => {
    const { code, review } = await withoutWrites(() => reviewed());

    expect(review.backend).toBe("s3");
    expect(
      review.accounts.map(({ name, deployed, problems }) => [name, deployed?.resources, problems]),
    ).toEqual([
      [securityAccount.name, undefined, ["It has no state."]],
      [payments.name, 1, [expect.stringMatching(/^Not as configured: resources \d+ missing\.$/)]],
      [research.name, 1, [expect.stringMatching(/^Not as configured: resources \d+ missing\.$/)]],
    ]);
    // The one resource that they have is as configured.
    const found = review.accounts.flatMap(({ differences }) => differences.map((each) => each.found));
    expect(new Set(found)).toEqual(new Set(["absent"]));
    expect(code).toBe(EXIT.changes);
  },
  TERRAFORM_MS,
);

test(
  "an account that was rolled out is as configured, and was applied when its state was written",
  async () => {
    const rollout = await quarantine("rollout", "--account", securityAccount.name, "--yes");
    expect(rollout).toMatchObject({ code: EXIT.done });

    const { code, review } = await withoutWrites(() => reviewed("--account", securityAccount.name));

    const written = (await bucket.get(stateKey(securityAccount.id))).headers.get("last-modified") ?? "";
    expect(review.accounts).toMatchObject([
      { name: securityAccount.name, status: "as-configured", deployed: { appliedAt: isoTime(written) } },
    ]);
    expect(code).toBe(EXIT.done);
  },
  TERRAFORM_MS,
);

test(
  "review --drift names what AWS has otherwise, and needs no right to write into the bucket",
  async () => {
    const events = labApi(lab.endpoint, lab.credentials(securityAccount.id).accessKeyId);
    const rule = { Name: NAMES.auditRule, EventBusName: NAMES.bus };
    await events("events", "DisableRule", rule);
    const before = await bucket.get(stateKey(securityAccount.id));

    const { code, review } = await withoutWrites(() =>
      reviewed("--account", securityAccount.name, "--drift", "--retry-for", "0s"),
    );

    expect(review.accounts).toMatchObject([
      {
        status: "drifted",
        problems: ["AWS has something else than its state: 1 attribute differs."],
        drift: [
          {
            address: expect.stringMatching(/^aws_cloudwatch_event_rule\./),
            attribute: "state",
            expected: "ENABLED",
            found: "DISABLED",
          },
        ],
      },
    ]);
    expect(code).toBe(EXIT.changes);
    expect((await bucket.get(stateKey(securityAccount.id))).text).toBe(before.text);
  },
  TERRAFORM_MS,
);

test(
  "an account that was renamed finds its state again",
  async () => {
    const renamed = [{ ...payments, name: "billing" }, research];
    synthesize("renamed", labRolloutYaml({ ...LAB_ORGANIZATION, memberAccounts: renamed }));

    await terraform("renamed", "billing", ["init"]);

    expect(await terraform("renamed", "billing", ["state", "list"])).toContain(
      "aws_iam_policy.quarantine-policy",
    );
  },
  TERRAFORM_MS,
);

test(
  "two accounts that swap their names in one checkout have their own state each, and nothing is migrated",
  async () => {
    const before = await Promise.all([payments, research].map(({ id }) => bucket.get(stateKey(id))));
    const swapped = [
      { ...payments, name: research.name },
      { ...research, name: payments.name },
    ];
    synthesize("first", labRolloutYaml({ ...LAB_ORGANIZATION, memberAccounts: swapped }));

    await Promise.all(swapped.map(({ name }) => terraform("first", name, ["init", "-input=false"])));

    for (const { id, name } of swapped) {
      const state = (await terraform("first", name, ["state", "pull"])).join("\n");
      expect(state).toContain(`arn:aws:iam::${id}:policy/AutomatedSecurityQuarantine`);
    }
    const after = await Promise.all([payments, research].map(({ id }) => bucket.get(stateKey(id))));
    expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
    synthesize("first", labRolloutYaml(LAB_ORGANIZATION));
    await terraform("first", payments.name, ["init", "-input=false"]);
  },
  TERRAFORM_MS,
);

test(
  "a plan is refused while someone else holds the lock, and names the holder",
  async () => {
    const lock = {
      ID: "11111111-2222-3333-4444-555555555555",
      Operation: "OperationTypeApply",
      Who: "ci@runner-7",
    };
    await bucket.put(lockKey(payments.id), JSON.stringify(lock));

    const plan = terraform("first", payments.name, ["plan"]);

    await expect(plan).rejects.toThrow(/Error acquiring the state lock[^]*ci@runner-7/);
    expect((await bucket.get(lockKey(payments.id))).text).toContain(lock.ID);
    await bucket.remove(lockKey(payments.id));
  },
  TERRAFORM_MS,
);

test("the documented role reaches no other part of the bucket, and removes no state", async () => {
  const { accessKeyId } = lab.credentials(managementAccount.id);
  const { Credentials } = (await labApi(lab.endpoint, accessKeyId)("sts", "AssumeRole", {
    RoleArn: `arn:aws:iam::${securityAccount.id}:role/terraform-state`,
    RoleSessionName: "look",
  })) as { Credentials: { AccessKeyId: string } };
  const asRole = new LabBucket(lab.endpoint, BUCKET, Credentials.AccessKeyId);

  await expect(asRole.get(stateKey(payments.id))).resolves.toBeDefined();
  await expect(asRole.put("elsewhere/state", "{}")).rejects.toThrow(/403.*AccessDenied.*s3:PutObject/);
  await expect(asRole.remove(stateKey(payments.id))).rejects.toThrow(/403.*AccessDenied.*s3:DeleteObject/);
});

/** The command line in a checkout of its own. */
async function quarantine(...args: string[]): Promise<CliEnd> {
  const cwd = path.join(FOLDER, "review");
  mkdirSync(cwd, { recursive: true });
  writeFileSync(path.join(cwd, "rollout.yaml"), `${BACKEND}${labRolloutYaml(LAB_ORGANIZATION)}`);
  const { environment } = setUpTerraform({ environment: process.env, homeFolder: homedir() }, FOLDER);
  const env = { ...lab.environment(managementAccount.id), ...environment, ROLLOUT_CONFIG: undefined };
  return new CliProcess(args, { cwd, env }).ended;
}

async function reviewed(...args: string[]) {
  const { code, stdout, stderr } = await quarantine("review", "--json", ...args);
  return { code, stderr, review: reviewSchema.parse(JSON.parse(stdout)) };
}

function isoTime(httpDate: string): string {
  return new Date(httpDate).toISOString();
}

/** Does work while the role may write nothing: neither a state nor a lock. */
async function withoutWrites<T>(work: () => Promise<T>): Promise<T> {
  const iam = labApi(lab.endpoint, lab.credentials(securityAccount.id).accessKeyId);
  const policy = { RoleName: "terraform-state", PolicyName: "nothing-is-written" };
  const Action = ["s3:PutObject", "s3:DeleteObject"];
  const Statement = [{ Effect: "Deny", Action, Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam("iam", "PutRolePolicy", { ...policy, PolicyDocument });
  try {
    return await work();
  } finally {
    await iam("iam", "DeleteRolePolicy", policy);
  }
}

/** The role of docs/state.md, with its policy as it stands there. */
async function createStateRole(): Promise<void> {
  const page = readFileSync(path.join(PROJECT, "docs/state.md"), "utf8");
  const [, PolicyDocument] = /```json\n([^`]*)```/.exec(page) ?? [];
  const iam = labApi(lab.endpoint, lab.credentials(securityAccount.id).accessKeyId);
  const Principal = { AWS: `arn:aws:iam::${managementAccount.id}:root` };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  const RoleName = "terraform-state";
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
  await iam("iam", "PutRolePolicy", { RoleName, PolicyName: "states", PolicyDocument });
}

function synthesize(name: string, yaml: string): void {
  const outdir = path.join(FOLDER, name);
  mkdirSync(outdir, { recursive: true });
  const rollout = parseRollout("rollout.yaml", `${BACKEND}${yaml}`, outdir);
  synthesizeStacks(rollout, FIXTURE_PACKAGES, { outdir, workFolder: path.join(FOLDER, ".rollout") });
}

/**
 * One resource of a stack: where the state goes is what counts, and SQS alone takes the provider half a
 * minute.
 */
async function applyPolicy(output: string, stack: string): Promise<void> {
  await terraform(output, stack, ["init"]);
  await terraform(output, stack, ["apply", "-auto-approve", "-target=aws_iam_policy.quarantine-policy"]);
}

/** Rejects with the end of what Terraform printed when it fails. */
async function terraform(output: string, stack: string, args: readonly string[]): Promise<string[]> {
  const setup = setUpTerraform({ environment: process.env, homeFolder: homedir() }, FOLDER);
  const lines: string[] = [];
  await runProgram(setup.program, [...args, "-no-color"], {
    cwd: path.join(FOLDER, output, "stacks", stack),
    environment: {
      ...lab.environment(managementAccount.id),
      ...setup.environment,
      TF_INPUT: "false",
    },
    onLine: (line) => lines.push(line),
    signal: stopping.signal,
  });
  return lines;
}

/** Collects the locks that appear in the bucket until it is told to stop. */
async function watchKeys(locks: Set<string>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const key of await bucket.keys()) {
      if (key.endsWith(".tflock")) {
        locks.add(key);
      }
    }
    await sleep(100);
  }
}
