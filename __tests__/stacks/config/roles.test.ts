import { parseRollout } from "../../../stacks/config/load";
import { deploymentRoleArn, mayUndoRoles } from "../../../stacks/config/roles";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const MANAGEMENT = "999988887777";
const parse = (more: string) => parseRollout("rollout.yaml", `${SAMPLE_YAML}${more}`, "/project");

describe("who may undo a quarantine", () => {
  const guard =
    "deploymentRole: ops/Deploy\nguard: { breakGlassRoles: [security/BreakGlass], exemptRoles: [Other] }\n";

  test("are the deployment role and the break-glass roles, by their exact ARNs with path; the guard may be off", () => {
    expect(mayUndoRoles(parse(guard), { id: "444455556666" })).toEqual([
      "arn:aws:iam::444455556666:role/ops/Deploy",
      "arn:aws:iam::444455556666:role/security/BreakGlass",
    ]);
  });

  test("have the ARNs of the partition", () => {
    const yaml = `${SAMPLE_YAML}partition: aws-cn\n`.replace(/^trust:.*\n.*\n.*\n/m, "");

    expect(mayUndoRoles(parseRollout("rollout.yaml", yaml, "/"), { id: "444455556666" })).toEqual([
      "arn:aws-cn:iam::444455556666:role/OrganizationAccountAccessRole",
    ]);
  });

  test("are the same in a plan with another role", () => {
    const rollout = { ...parse(guard), assumedRole: "QuarantinePlan" };

    expect(mayUndoRoles(rollout, { id: "444455556666" })).toContain(
      "arn:aws:iam::444455556666:role/ops/Deploy",
    );
  });
});

describe("the role that Terraform assumes", () => {
  const management = `managementAccount: { id: "${MANAGEMENT}" }\n`;

  test.each([
    ["in a target account: deploymentRole", management, "444455556666", "OrganizationAccountAccessRole"],
    ["in the management account: none by default", management, MANAGEMENT, undefined],
    [
      "in the management account: its own one",
      management.replace(" }", ", deploymentRole: Guard }"),
      MANAGEMENT,
      "Guard",
    ],
  ])("%s", (_, yaml, accountId, role) => {
    expect(deploymentRoleArn(parse(yaml), accountId)).toBe(
      role === undefined ? undefined : `arn:aws:iam::${accountId}:role/${role}`,
    );
  });

  test.each(["444455556666", MANAGEMENT])(
    "in a plan with a role of its own: that one, in %s",
    (accountId) => {
      expect(deploymentRoleArn({ ...parse(management), assumedRole: "QuarantinePlan" }, accountId)).toBe(
        `arn:aws:iam::${accountId}:role/QuarantinePlan`,
      );
    },
  );
});
