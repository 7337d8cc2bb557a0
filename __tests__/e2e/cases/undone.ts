import { CreateUserCommand, DetachUserPolicyCommand } from "@aws-sdk/client-iam";
import type { Outcome } from "../../../functions/contract";
import { AccountNames, NAMES } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import { waitForOutcome } from "./looks";
import { ACCOUNT, SECURITY_ACCOUNT, type Organization } from "./organization";

const names = new AccountNames("aws", ACCOUNT);

/** What the audit log holds of an outcome. */
interface Audited {
  readonly detail: { readonly responsePayload?: Outcome };
}

/** Calls that can undo a quarantine start the responder; its own do not. */
export function undoneCases(organization: Organization): void {
  const client = () => organization.client;

  test("a deny that is detached is put back, and the audit log says who detached it", async () => {
    const UserName = organization.newUserName("undone");
    const iam = client().iam(ACCOUNT);
    await iam.send(new CreateUserCommand({ UserName }));
    await waitForOutcome(client(), UserName);

    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn: names.quarantinePolicyArn }));
    const outcomes = await eventually("the outcome of the detachment in the audit log", async () => {
      const lines = await client().logLines(SECURITY_ACCOUNT, NAMES.auditLog, UserName);
      const all = lines.flatMap((line) => (JSON.parse(line) as Audited).detail.responsePayload ?? []);
      return all.some(({ verdict }) => verdict.rule === "DetachUserPolicy") ? all : undefined;
    });

    const restored = outcomes.find(({ verdict }) => verdict.rule === "DetachUserPolicy");
    expect(restored).toMatchObject({ status: "RESTORED", severity: "CRITICAL" });
    expect(restored?.actor).toContain("lab-administrator");
    expect(outcomes.filter(({ verdict }) => verdict.rule === "own-call")).toEqual([]);
  });
}
