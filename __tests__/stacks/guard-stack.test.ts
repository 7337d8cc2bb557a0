import { guardTargets } from "../../stacks/config/guard-targets";
import { parseRollout } from "../../stacks/config/load";
import { GUARDED_YAML, SAMPLE_YAML } from "../support/stacks/sample";
import { resources, synthesizeYaml } from "../support/stacks/synthesize";

const { management } = synthesizeYaml(GUARDED_YAML);
const attached = (yaml: string) =>
  guardTargets(parseRollout("rollout.yaml", yaml, "/project")).map(({ id }) => id);

describe("the guard's stack", () => {
  test("is what was reviewed", () => {
    expect(management?.json).toMatchSnapshot();
  });

  test("is not there while the guard is off, even if the management account is known", () => {
    const off = synthesizeYaml(GUARDED_YAML.replace("enabled: true", "enabled: false"));

    expect(Object.keys(off)).toEqual(["security", "sandbox", "payments", "research", "legacy"]);
  });

  test("leaves the stacks of the target accounts as they are", () => {
    const on = synthesizeYaml(GUARDED_YAML);
    const off = synthesizeYaml(GUARDED_YAML.replace("enabled: true", "enabled: false"));

    expect({ ...on, security: undefined, management: undefined }).toEqual({ ...off, security: undefined });
  });

  test("has the security account mail what happens to it", () => {
    const text = JSON.stringify(synthesizeYaml(GUARDED_YAML)["security"]);

    expect(text).toContain("security-events-guard-alerts");
    expect(JSON.stringify(synthesizeYaml(SAMPLE_YAML)["security"])).not.toContain("guard-alerts");
  });

  test("uses Terraform's own credentials, which must be the management account's, or a role of its own", () => {
    const role = synthesizeYaml(
      GUARDED_YAML.replace('id: "999988887777"', "$&\n  deploymentRole: ops/DeployGuard"),
    );

    expect(management?.json.provider.aws).toMatchObject([{ allowed_account_ids: ["999988887777"] }]);
    expect(management?.json.provider.aws[0]).not.toHaveProperty("assume_role");
    expect(role["management"]?.json.provider.aws).toMatchObject([
      { assume_role: [{ role_arn: "arn:aws:iam::999988887777:role/ops/DeployGuard" }] },
    ]);
  });

  test("has one policy, which a refusal can name, with an attachment for each account by its id", () => {
    const attachments = Object.entries(
      management?.json.resource["aws_organizations_policy_attachment"] ?? {},
    );

    expect(resources(management, "aws_organizations_policy")).toMatchObject([
      { name: "security-response-guard", type: "SERVICE_CONTROL_POLICY" },
    ]);
    expect(attachments.map(([id, { target_id }]) => [id, target_id])).toEqual([
      ["account-111122223333", "111122223333"],
      ["account-444455556666", "444455556666"],
      ["account-777788889999", "777788889999"],
    ]);
    expect(management?.json.output).toHaveProperty("guard_policy_arn");
  });

  test("renaming an account moves no attachment", () => {
    const renamed = synthesizeYaml(GUARDED_YAML.replace("name: payments", "name: billing"));

    expect(renamed["management"]?.text).toBe(management?.text);
  });

  test("forwards a change of the policy, and of nothing else, to the security account", () => {
    const [rule] = resources(management, "aws_cloudwatch_event_rule");

    expect(rule?.["event_pattern"]).toContain("${aws_organizations_policy.policy.id}");
    expect(resources(management, "aws_cloudwatch_event_target")).toMatchObject([
      { arn: "arn:aws:events:us-east-1:111122223333:event-bus/security-events" },
    ]);
  });
});

describe("the guard is attached to", () => {
  test("the security account, and the target accounts that enforce", () => {
    expect(attached(GUARDED_YAML)).toEqual(["111122223333", "444455556666", "777788889999"]);
  });

  test.each([
    ["modes: [enforce, observe]", ["111122223333", "444455556666", "777788889999", "222233334444"]],
    ["waves: [canary]", ["111122223333", "444455556666"]],
    [
      'organizationalUnits: ["ou-ab12-11111111", "ou-ab12-22222222"]',
      ["ou-ab12-11111111", "ou-ab12-22222222"],
    ],
  ])("those that are named: %s", (setting, ids) => {
    expect(attached(`${GUARDED_YAML}  ${setting}\n`)).toEqual(ids);
  });
});
