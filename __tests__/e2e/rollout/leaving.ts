import {
  CreateUserCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  ListPoliciesCommand,
  ListRolesCommand,
  TagUserCommand,
} from "@aws-sdk/client-iam";
import { EXIT } from "../../../cli/exit-codes";
import { KEPT_TYPES } from "../../../cli/terraform/plan";
import { TAG_KEYS } from "../../../functions/contract";
import { ACCESS_ROLE, LAB_ORGANIZATION } from "../../../lab/organization/accounts";
import { AccountNames, NAMES } from "../../../stacks/names";
import { endOfHold, waitForOutcome } from "../cases/looks";
import { ACCOUNTS, ORDERS, PAYMENTS, RESEARCH, retentionOf } from "./accounts";
import { type Operator } from "./operator";
import { queuesOf, stateOf, typesOf } from "./remains";

const POLICY_ARN = new AccountNames("aws", ORDERS.id).quarantinePolicyArn;
const USER = "mallory";

/** An account that leaves the organization's protection. Every account is deployed. */
export function leavingCases(operator: Operator): void {
  const iam = () => operator.client.iam(ORDERS.id);
  const state = () => stateOf(operator, ORDERS);

  test.each(["rollout --yes --account payments", "plan --account payments"])(
    "%s names the account that is gone from rollout.yaml, and leaves it as it is",
    async (command) => {
      const before = state();
      operator.configure({ accounts: [PAYMENTS, RESEARCH] });

      const { code, stderr } = await operator.run(...command.split(" "));
      operator.configure({ accounts: ACCOUNTS });

      expect(stderr).toContain(`No longer in the configuration, but still deployed: ${ORDERS.id}`);
      expect(code).toBe(EXIT.done);
      expect(state()).toEqual(before);
      await expect(iam().send(new GetPolicyCommand({ PolicyArn: POLICY_ARN }))).resolves.toBeDefined();
    },
  );

  test("retire names the users that are still quarantined, and destroys nothing", async () => {
    await iam().send(new CreateUserCommand({ UserName: USER }));
    await waitForOutcome(operator.client, USER);
    const before = state();

    const { code, stderr } = await operator.run("retire", ORDERS.name, "--yes");

    expect(stderr).toContain(`orders (${ORDERS.id}): ${USER}, denied by managed-policy`);
    expect(code).toBe(EXIT.failed);
    expect(state()).toEqual(before);
  });

  test("retire --plan-only names them too, shows what would be destroyed, and changes nothing", async () => {
    const before = state();

    const { code, stdout, stderr } = await operator.run("retire", "or*", "--plan-only");

    expect(stderr).toContain(`orders (${ORDERS.id}): ${USER}, denied by managed-policy`);
    expect(stdout).toMatch(/- aws_iam_policy\.quarantine-policy/);
    expect(stdout).not.toContain("aws_cloudwatch_log_group");
    expect(stdout).toMatch(new RegExp(`production .* orders .* ${ORDERS.id} `));
    expect(code).toBe(EXIT.changes);
    expect(state()).toEqual(before);
  });

  test("once they are released, retire destroys what was deployed, but for logs and dead letters", async () => {
    const { client } = operator;
    await endOfHold(operator.lab, ORDERS.id, USER);
    const session = await client.assumeRole(ORDERS.id, ACCESS_ROLE, {
      by: LAB_ORGANIZATION.managementAccount.id,
    });
    const deployment = client.iam(ORDERS.id, session);
    const Tags = [{ Key: TAG_KEYS.status, Value: "RELEASED" }];
    await deployment.send(new TagUserCommand({ UserName: USER, Tags }));
    await deployment.send(new DetachUserPolicyCommand({ UserName: USER, PolicyArn: POLICY_ARN }));

    const { code, stdout, stderr } = await operator.run("retire", ORDERS.name, "--yes");

    expect(stdout).toMatch(/orders .* destroyed/);
    expect(stderr).toContain("Now remove orders in rollout.yaml");
    expect(stderr).toContain("--delete-logs");
    expect(code).toBe(EXIT.done);
    expect(typesOf(state())).toEqual(KEPT_TYPES);
    expect(await retentionOf(operator.lab, ORDERS)).toBeDefined();
    expect(await queuesOf(operator, ORDERS)).toEqual([NAMES.deadLetters]);
    expect((await iam().send(new ListPoliciesCommand({ Scope: "Local" }))).Policies).toEqual([]);
    const { Roles = [] } = await iam().send(new ListRolesCommand({}));
    expect(Roles.map(({ RoleName }) => RoleName)).toEqual([ACCESS_ROLE]);
  });

  test("a rollout into the account takes up what was kept, and retire --delete-logs leaves nothing", async () => {
    const again = await operator.run("rollout", "--yes", "--account", ORDERS.name);
    expect(again).toMatchObject({
      code: EXIT.done,
      stderr: expect.not.stringContaining("exists already") as string,
    });
    expect(operator.resultOf(ORDERS)?.changes?.remove).toBe(0);

    const { code } = await operator.run("retire", ORDERS.name, "--yes", "--delete-logs");

    expect(code).toBe(EXIT.done);
    expect(state().resources).toEqual([]);
    expect(await retentionOf(operator.lab, ORDERS)).toBeUndefined();
    expect(await queuesOf(operator, ORDERS)).toEqual([]);
  });

  test("an account removed from rollout.yaml after that is not reported as missing", async () => {
    operator.configure({ accounts: [PAYMENTS, RESEARCH] });

    const { code, stderr } = await operator.run("plan", "--account", "security");

    expect(stderr).not.toContain(ORDERS.id);
    expect(code).toBe(EXIT.done);
  });
}
