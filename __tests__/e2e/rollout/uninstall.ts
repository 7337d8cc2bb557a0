import { ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { EXIT } from "../../../cli/exit-codes";
import { KEPT_TYPES } from "../../../cli/terraform/plan";
import { ACCESS_ROLE } from "../../../lab/organization/accounts";
import { NAMES } from "../../../stacks/names";
import { PAYMENTS, RESEARCH, SECURITY } from "./accounts";
import type { Operator } from "./operator";
import { queuesOf, stateOf, typesOf } from "./remains";

/** docs/uninstall.md. The security account and two target accounts are deployed. */
export function uninstallCases(operator: Operator): void {
  test("the security account does not go before an account that forwards to it", async () => {
    operator.configure({ accounts: [PAYMENTS, RESEARCH] });

    const { code, stderr } = await operator.run("retire", SECURITY.name, "--yes");

    expect(stderr).toContain(`retire '*' ${SECURITY.name}`);
    expect(code).toBe(EXIT.usage);
  });

  test("everything goes, the security account last, and what is kept is what is left", async () => {
    const { code, stderr } = await operator.run("retire", "*", SECURITY.name, "--yes");

    expect(stderr).toContain("Nothing is deployed any more");
    expect(code).toBe(EXIT.done);
    for (const account of [PAYMENTS, RESEARCH, SECURITY]) {
      const iam = operator.client.iam(account.id);
      const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
      const { Roles = [] } = await iam.send(new ListRolesCommand({}));
      expect(Policies).toEqual([]);
      expect(Roles.map(({ RoleName }) => RoleName)).toEqual([ACCESS_ROLE]);
      expect(typesOf(stateOf(operator, account))).toEqual(KEPT_TYPES);
    }
    expect(await queuesOf(operator, SECURITY)).toEqual([NAMES.securityDeadLetters]);
  });

  test("the same command with --delete-logs destroys what was kept", async () => {
    const { code } = await operator.run("retire", "*", SECURITY.name, "--yes", "--delete-logs");

    expect(code).toBe(EXIT.done);
    for (const account of [PAYMENTS, RESEARCH, SECURITY]) {
      expect(stateOf(operator, account).resources).toEqual([]);
      expect(await queuesOf(operator, account)).toEqual([]);
    }
  });
}
