import path from "node:path";
import { compareStacks, type Comparison } from "../../../cli/changed/compare";
import { stackContent, type StackContent } from "../../../cli/changed/stack-contents";
import { stackTargets } from "../../../cli/stack-target";
import { parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";
import { FIXTURE_PACKAGES, synthesize } from "../../support/stacks/synthesize";

const sample = contents(SAMPLE_YAML);

/** Synthesizes a configuration as if the project lay in a folder. */
function contents(yaml: string, packages = FIXTURE_PACKAGES): StackContent[] {
  const stacks = synthesize(parseRollout("rollout.yaml", yaml, "/project"), packages);
  return Object.entries(stacks).map(([name, { json }]) =>
    stackContent(
      { ...json },
      { name, workingDirectory: `/project/cdktf.out/stacks/${name}`, project: "/project" },
    ),
  );
}

function compare(before: string, after: string): Comparison {
  return compareStacks(
    before === SAMPLE_YAML ? sample : contents(before),
    after === SAMPLE_YAML ? sample : contents(after),
    stackTargets(parseRollout("rollout.yaml", after, "/project")),
  );
}

function changedNames(before: string, after: string): string[] {
  return compare(before, after).changed.map(({ name }) => name);
}

test("the same configuration changes nothing", () => {
  expect(compare(SAMPLE_YAML, SAMPLE_YAML)).toEqual({ changed: [], gone: [] });
});

test("an account's own setting changes that account alone", () => {
  const after = SAMPLE_YAML.replace("mode: observe", "mode: enforce");

  expect(compare(SAMPLE_YAML, after).changed).toEqual([
    { name: "research", accountId: "222233334444", wave: "production", reason: "different" },
  ]);
});

test("what holds for all changes all of them, in the order of the rollout", () => {
  const after = SAMPLE_YAML.replace("o-exampleorgid", "o-anotherorgid").replace(
    "[canary, production]",
    "[production, canary]",
  );

  expect(changedNames(SAMPLE_YAML, `${after}providerVersion: 6.24.0\n`)).toEqual([
    "security",
    "payments",
    "research",
    "legacy",
    "sandbox",
  ]);
});

test("other code of a function changes the accounts that hold it", () => {
  const responder = { ...FIXTURE_PACKAGES.responder, sha256: "another-sha256" };
  const targets = stackTargets(parseRollout("rollout.yaml", SAMPLE_YAML, "/project"));

  const { changed } = compareStacks(
    contents(SAMPLE_YAML),
    contents(SAMPLE_YAML, { ...FIXTURE_PACKAGES, responder }),
    targets,
  );

  expect(changed.map(({ name }) => name)).toEqual(["sandbox", "payments", "research", "legacy"]);
});

test("another name of the security account, which is in nothing that Terraform sees, changes nothing", () => {
  const after = SAMPLE_YAML.replace("securityAccount:\n", "securityAccount:\n  name: audit\n");

  expect(compare(SAMPLE_YAML, after)).toEqual({ changed: [], gone: [] });
});

test("a renamed account has its current name, and is neither new nor gone", () => {
  const after = SAMPLE_YAML.replace("name: payments", "name: billing");

  expect(compare(SAMPLE_YAML, after)).toEqual({
    changed: [{ name: "billing", accountId: "777788889999", wave: "production", reason: "different" }],
    gone: [],
  });
});

test("another wave by itself changes nothing", () => {
  const after = SAMPLE_YAML.replace(
    '"222233334444"\n    wave: production',
    '"222233334444"\n    wave: canary',
  );

  expect(after).not.toBe(SAMPLE_YAML);
  expect(compare(SAMPLE_YAML, after)).toEqual({ changed: [], gone: [] });
});

test("a new account counts, and one that is gone is listed separately", () => {
  const after = SAMPLE_YAML.replace('"222233334444"', '"123456789012"');

  expect(compare(SAMPLE_YAML, after)).toEqual({
    changed: [{ name: "research", accountId: "123456789012", wave: "production", reason: "new" }],
    gone: [{ name: "research", accountId: "222233334444" }],
  });
});

test("another backend changes every stack", () => {
  const s3 = `${SAMPLE_YAML}backend: { type: s3, bucket: example-state, region: eu-central-1 }\n`;

  expect(changedNames(SAMPLE_YAML, s3)).toHaveLength(5);
});

describe("a stack", () => {
  const json = {
    "//": { metadata: { stackName: "payments" } },
    provider: {
      aws: [{ allowed_account_ids: ["777788889999"], default_tags: [{ tags: { "//": "a tag" } }] }],
    },
    terraform: {
      backend: { local: { path: "../../../state/777788889999.tfstate" } },
      required_version: ">= 1.5.0",
    },
    resource: { aws_iam_role: { role: { "//": { metadata: { path: "payments/role" } }, name: "role" } } },
  };
  const content = (project: string, stack: typeof json = json, name = "payments") =>
    stackContent(stack, { name, project, workingDirectory: path.join(project, "cdktf.out/stacks", name) });
  const same = (a: StackContent, b: StackContent) =>
    compareStacks([a], [b], [{ name: "payments", accountId: "777788889999", wave: "production" }]).changed
      .length === 0;

  test("is the same in another folder, by another name, with other comments and keys in another order", () => {
    const { resource, ...others } = json;
    const role = { name: "role", "//": { metadata: { path: "billing/role" } } };
    const other = {
      resource: { aws_iam_role: { role } },
      ...others,
      "//": { metadata: { stackName: "billing" } },
    };

    expect(resource).not.toEqual(other.resource);
    expect(same(content("/first"), content("/second/place", other, "billing"))).toBe(true);
  });

  test("is another one with its state in another folder", () => {
    const moved = {
      ...json,
      terraform: { ...json.terraform, backend: { local: { path: "/var/777788889999.tfstate" } } },
    };

    expect(same(content("/first"), content("/first", moved))).toBe(false);
    expect(same(content("/first", moved), content("/second/place", moved))).toBe(true);
  });

  test("is another one with another tag, whatever its key", () => {
    const provider = { aws: [{ ...json.provider.aws[0], default_tags: [{ tags: { "//": "another" } }] }] };

    expect(same(content("/first"), content("/first", { ...json, provider } as typeof json))).toBe(false);
  });

  test("that names no account is refused", () => {
    expect(() => content("/first", { ...json, provider: { aws: [] } })).toThrow("allowed_account_ids");
  });
});
