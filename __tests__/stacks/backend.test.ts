import { SAMPLE_YAML } from "../support/stacks/sample";
import { synthesizeYaml, type SynthesizedApp } from "../support/stacks/synthesize";

const S3 = `
  type: s3
  bucket: example-terraform-state
  region: eu-central-1
  kmsKeyId: arn:aws:kms:eu-central-1:111122223333:alias/terraform-state
  roleArn: arn:aws:iam::111122223333:role/terraform-state`;
const CLOUD = `
  type: cloud
  organization: example`;

/** One account suffices where accounts are not compared. */
const SMALL_YAML = SAMPLE_YAML.slice(0, SAMPLE_YAML.indexOf("  - name: payments"));

const withBackend = (backend: string, yaml = SAMPLE_YAML) => synthesizeYaml(`backend:${backend}\n${yaml}`);
const terraform = (stacks: SynthesizedApp, name: string) => stacks[name]?.json.terraform;

const STACKS = {
  local: withBackend("\n  type: local"),
  s3: withBackend(S3),
  cloud: withBackend(CLOUD),
};
const RENAMED_YAML = SAMPLE_YAML.replace("name: payments", "name: billing");
const RENAMED = {
  local: withBackend("\n  type: local", RENAMED_YAML),
  s3: withBackend(S3, RENAMED_YAML),
  cloud: withBackend(CLOUD, RENAMED_YAML),
};

describe("state in S3", () => {
  const settings = terraform(STACKS.s3, "payments");

  test("is what was reviewed", () => {
    expect(settings).toMatchSnapshot();
  });

  test("lies under the account's id, encrypted, with its lock beside it", () => {
    expect(settings?.["backend"]).toMatchObject({
      s3: {
        bucket: "example-terraform-state",
        region: "eu-central-1",
        key: "iam-user-quarantine/777788889999.tfstate",
        encrypt: true,
        kms_key_id: "arn:aws:kms:eu-central-1:111122223333:alias/terraform-state",
        use_lockfile: true,
      },
    });
  });

  test("is reached by a role of its own, in the form that is not deprecated", () => {
    const role = { role_arn: "arn:aws:iam::111122223333:role/terraform-state" };

    expect(settings?.["backend"]).toMatchObject({ s3: { assume_role: role } });
    expect(settings?.["backend"]).not.toMatchObject({ s3: role });
  });

  test("is refused by a Terraform that knows no lock file", () => {
    expect(settings).toMatchObject({ required_version: ">= 1.10.0" });
  });

  test("needs neither key nor role, and is encrypted all the same", () => {
    const fields = " { type: s3, bucket: example-terraform-state, region: eu-central-1 }";

    expect(terraform(withBackend(fields, SMALL_YAML), "security")?.["backend"]).toEqual({
      s3: {
        bucket: "example-terraform-state",
        region: "eu-central-1",
        key: "iam-user-quarantine/111122223333.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });
});

describe("state in HCP Terraform", () => {
  const settings = terraform(STACKS.cloud, "payments");

  test("is what was reviewed", () => {
    expect(settings).toMatchSnapshot();
  });

  test("has a workspace per account id, and no backend beside it", () => {
    expect(settings).toMatchObject({
      cloud: { organization: "example", workspaces: { name: "iam-user-quarantine-777788889999" } },
      required_version: ">= 1.6.0",
    });
    expect(settings).not.toHaveProperty("backend");
  });

  test("takes a project and the host of Terraform Enterprise", () => {
    const fields = `${CLOUD}\n  project: Cloud security\n  hostname: tfe.example.com`;

    expect(terraform(withBackend(fields, SMALL_YAML), "security")?.["cloud"]).toEqual({
      organization: "example",
      hostname: "tfe.example.com",
      workspaces: { name: "iam-user-quarantine-111122223333", project: "Cloud security" },
    });
  });
});

describe.each(["local", "s3", "cloud"] as const)("%s state", (type) => {
  test("has a place of its own for every account", () => {
    const places = Object.values(STACKS[type]).map(({ json: { terraform: settings } }) =>
      JSON.stringify(settings["backend"] ?? settings["cloud"]),
    );

    expect(places).toHaveLength(5);
    expect(new Set(places).size).toBe(5);
  });

  test("stays where it is when an account is renamed", () => {
    expect(terraform(RENAMED[type], "billing")).toEqual(terraform(STACKS[type], "payments"));
  });

  test("is configured by the same bytes in every checkout", () => {
    for (const name of ["security", "sandbox", "research", "legacy"]) {
      expect(RENAMED[type][name]?.text).toBe(STACKS[type][name]?.text);
    }
  });
});

test("no stack makes anything whose state would hold a secret, nor a secret output", () => {
  const secretive = /access_key|login_profile|password|secret|private_key|token|random_|tls_/;

  for (const { json } of Object.values(STACKS.s3)) {
    expect(Object.keys(json.resource).filter((type) => secretive.test(type))).toEqual([]);
    for (const output of Object.values(json.output)) {
      expect(output).not.toHaveProperty("sensitive");
      expect(output["value"]).toMatch(
        /^(\$\{(aws_\w+\.[\w-]+\.arn|\(aws_lambda_function\.[^}]*\.code_sha256)\}|arn:aws:[\w:/-]+)$/,
      );
    }
  }
});
