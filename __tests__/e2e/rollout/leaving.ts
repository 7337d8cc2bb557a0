import {
  CreateUserCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  ListPoliciesCommand,
  ListRolesCommand,
  TagUserCommand,
} from "@aws-sdk/client-iam";
import { EXIT } from "../../../cli/exit-codes";
import { TAG_KEYS } from "../../../functions/contract";
import { ACCESS_ROLE, LAB_ORGANIZATION } from "../../../lab/organization/accounts";
import { AccountNames } from "../../../stacks/names";
import { endOfHold, waitForOutcome } from "../cases/looks";
import { ACCOUNTS, ORDERS, PAYMENTS, RESEARCH, retentionOf } from "./accounts";
import { type Operator } from "./operator";

const POLICY_ARN = new AccountNames("aws", ORDERS.id).quarantinePolicyArn;
const USER = "mallory";

/** An account that leaves the organization's protection. Every account is deployed. */
export function leavingCases(operator: Operator): void {
  const iam = () => operator.client.iam(ORDERS.id);
  const state = () => JSON.parse(operator.read("state", `${ORDERS.id}.tfstate`)) as { resources: unknown[] };

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

  test("once they are released, retire destroys what was deployed, and nothing else", async () => {
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
    expect(code).toBe(EXIT.done);
    expect(state().resources).toEqual([]);
    expect((await iam().send(new ListPoliciesCommand({ Scope: "Local" }))).Policies).toEqual([]);
    const { Roles = [] } = await iam().send(new ListRolesCommand({}));
    expect(Roles.map(({ RoleName }) => RoleName)).toEqual([ACCESS_ROLE]);
    expect(await retentionOf(operator.lab, ORDERS)).toBeUndefined();
  });

  test("an account removed from rollout.yaml after that is not reported as missing", async () => {
    operator.configure({ accounts: [PAYMENTS, RESEARCH] });

    const { code, stderr } = await operator.run("plan", "--account", "security");

    expect(stderr).not.toContain(ORDERS.id);
    expect(code).toBe(EXIT.done);
  });
}
