import { scpAttachments } from "../../../lab/limits/scp-attachments";
import { AwsError } from "../../../lab/shared/errors";
import { exchangeOf } from "../../support/lab/exchange";

/** Asks to attach or detach `PolicyId` of a target that has these policies. */
async function ask(action: string, PolicyId: string, attached: readonly string[] | AwsError): Promise<void> {
  const guard = scpAttachments(() =>
    attached instanceof AwsError
      ? Promise.reject(attached)
      : Promise.resolve({ Policies: attached.map((Id) => ({ Id })) }),
  );
  await guard(exchangeOf({ service: "organizations", action, params: { PolicyId, TargetId: "r-1" } }));
}

const policies = (count: number): string[] => Array.from({ length: count }, (_, index) => `p-${index}`);

describe("scpAttachments", () => {
  test.each([
    ["AttachPolicy", "an eleventh policy", "p-new", policies(10)],
    ["DetachPolicy", "the last policy", "p-0", policies(1)],
  ])("refuses %s for %s", async (action, _name, id, attached) => {
    await expect(ask(action, id, attached)).rejects.toMatchObject({ code: "ConstraintViolationException" });
  });

  test.each([
    ["AttachPolicy", "a tenth policy", "p-new", policies(9)],
    ["AttachPolicy", "a policy that is attached already", "p-0", policies(10)],
    ["DetachPolicy", "one of two policies", "p-0", policies(2)],
    ["DetachPolicy", "a policy that is not attached", "p-new", policies(1)],
    ["AttachPolicy", "a target that does not exist", "p-new", new AwsError("TargetNotFoundException", "")],
    ["UpdatePolicy", "another call", "p-0", policies(10)],
  ])("lets %s pass for %s", async (action, _name, id, attached) => {
    await expect(ask(action, id, attached)).resolves.toBeUndefined();
  });
});
