import { OrganizationPolicies } from "../../../lab/authorization/organization-policies";
import type { MotoClient } from "../../../lab/exchange/moto-client";
import { jsonResponse } from "../../../lab/exchange/responses";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const MANAGEMENT = "123456789012";
const PARENTS: Record<string, object> = {
  [ACCOUNT]: { Id: "ou-root-team0000", Type: "ORGANIZATIONAL_UNIT" },
  "ou-root-team0000": { Id: "r-root", Type: "ROOT" },
};

function organization() {
  const moto = jest.fn<ReturnType<MotoClient>, Parameters<MotoClient>>((_account, { action, params }) => {
    const target = String(params["TargetId"]);
    const answers: Record<string, Record<string, unknown>> = {
      ListParents: { Parents: [PARENTS[String(params["ChildId"])]] },
      ListPoliciesForTarget: { Policies: [{ Id: `p-${target}`, Arn: `arn:${target}` }] },
      DescribePolicy: { Policy: { Content: '{"Statement":[]}' } },
    };
    return Promise.resolve(answers[action] ?? {});
  });
  return { moto, policies: new OrganizationPolicies(moto, MANAGEMENT) };
}

describe("OrganizationPolicies", () => {
  test("returns the policies of every level above an account, the root's first", async () => {
    const { policies } = organization();

    const levels = await policies.levelsOver(ACCOUNT);

    expect(levels).toEqual(
      ["r-root", "ou-root-team0000", ACCOUNT].map((id) => ({
        orgIdentifier: id,
        policies: [{ name: `arn:${id}`, policy: { Statement: [] } }],
      })),
    );
  });

  test("returns none for the management account", async () => {
    const { policies } = organization();

    expect(await policies.levelsOver(MANAGEMENT)).toEqual([]);
  });

  test.each([
    ["MoveAccount", true],
    ["DescribeOrganization", false],
  ])("reads again after %s: %s", async (action, again) => {
    const { policies, moto } = organization();
    await policies.levelsOver(ACCOUNT);
    const calls = moto.mock.calls.length;

    await policies.observe(exchangeOf({ service: "organizations", action }), jsonResponse({}));
    await policies.levelsOver(ACCOUNT);

    expect(moto.mock.calls.length).toBe(again ? calls * 2 : calls);
  });
});
