import { CreateUserCommand, DetachUserPolicyCommand } from "@aws-sdk/client-iam";
import type { Outcome } from "../../../functions/contract";
import { AccountNames, NAMES } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import { waitForOutcome } from "./looks";
import { ACCOUNT, SECURITY_ACCOUNT, type Organization } from "./organization";

const names = new AccountNames("aws", ACCOUNT);

/** What the audit log holds of a call or of an outcome. */
interface Audited {
  readonly detail: {
    readonly eventName?: string;
    readonly eventID?: string;
    readonly userIdentity?: object;
    readonly responsePayload?: Outcome;
  };
}

/** Calls that can undo a quarantine start the responder; its own do not. */
export function undoneCases(organization: Organization): void {
  const client = () => organization.client;
  const audited = async (text: string): Promise<Audited[]> => {
    const lines = await client().logLines(SECURITY_ACCOUNT, NAMES.auditLog, text);
    return lines.map((line) => JSON.parse(line) as Audited);
  };

  test("a deny that is detached is forwarded and answered, the responder's own tags are neither", async () => {
    const UserName = organization.newUserName("undone");
    const iam = client().iam(ACCOUNT);
    await iam.send(new CreateUserCommand({ UserName }));
    await waitForOutcome(client(), UserName);

    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn: names.quarantinePolicyArn }));
    const eventId = await eventually("the detachment in the audit log", async () => {
      const calls = await audited(UserName);
      return calls.find(({ detail }) => detail.eventName === "DetachUserPolicy")?.detail.eventID;
    });
    const outcome = await eventually("its outcome in the audit log", async () => {
      const answers = await audited(eventId);
      return answers.find(({ detail }) => detail.responsePayload?.eventId === eventId)?.detail
        .responsePayload;
    });

    expect(outcome.verdict).toMatchObject({ action: "restore", rule: "DetachUserPolicy" });
    const own = (await audited(UserName)).filter(({ detail }) =>
      JSON.stringify(detail.userIdentity ?? {}).includes(names.roleArn(NAMES.responder)),
    );
    expect(own).toEqual([]);
  });
}
