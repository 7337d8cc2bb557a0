import { Identities } from "../../../lab/authorization/identities";
import type { Exchange } from "../../../lab/exchange/messages";
import type { MotoClient } from "../../../lab/exchange/moto-client";
import { jsonResponse } from "../../../lab/exchange/responses";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";
import { manualClock } from "../../support/lab/manual-clock";

const BOB = { kind: "user", accountId: ACCOUNT, name: "bob" } as const;
const DENY = "arn:aws:iam::444455556666:policy/Deny";

/** Users with their attached policies, in the place of moto. */
function setUp(propagationMs = 0) {
  const attached = new Map<string, string[]>([
    ["bob", []],
    ["eve", []],
  ]);
  const moto = jest.fn<ReturnType<MotoClient>, Parameters<MotoClient>>((_account, { action, params }) => {
    const document = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const answers: Record<string, Record<string, unknown>> = {
      GetUser: { User: { Arn: "arn" } },
      ListAttachedUserPolicies: {
        AttachedPolicies: (attached.get(String(params["UserName"])) ?? []).map((PolicyArn) => ({
          PolicyArn,
        })),
      },
      GetPolicy: { Policy: { DefaultVersionId: "v1" } },
      GetPolicyVersion: { PolicyVersion: { Document: encodeURIComponent(document) } },
      ListUserTags: { Tags: [{ Key: "team", Value: "red" }] },
    };
    return Promise.resolve(answers[action] ?? {});
  });
  const clock = manualClock();
  const identities = new Identities({ moto, clock, propagationMs: () => propagationMs });
  const attach = async (UserName: string): Promise<void> => {
    const params = { UserName, PolicyArn: DENY };
    const exchange: Exchange = exchangeOf({ service: "iam", action: "AttachUserPolicy", params });
    await identities.beforeChange(exchange);
    attached.get(UserName)?.push(DENY);
    await identities.observe(exchange, jsonResponse({}));
  };
  const namesOf = async (): Promise<string[]> =>
    (await identities.stateOf(BOB)).identityPolicies.map(({ name }) => name);
  return { identities, moto, clock, attach, namesOf };
}

describe("Identities", () => {
  test("read the state of a user once", async () => {
    const { identities, moto } = setUp();

    const first = await identities.stateOf(BOB);
    const calls = moto.mock.calls.length;
    const second = await identities.stateOf(BOB);

    expect(first).toMatchObject({ identityPolicies: [], boundary: undefined, tags: { team: "red" } });
    expect(second).toBe(first);
    expect(moto).toHaveBeenCalledTimes(calls);
  });

  test("apply a new policy at once", async () => {
    const { attach, namesOf } = setUp();
    const before = await namesOf();

    await attach("bob");

    expect(before).toEqual([]);
    expect(await namesOf()).toEqual([DENY]);
  });

  test("keep the state of other users when one user changes", async () => {
    const { identities, attach } = setUp();
    const before = await identities.stateOf(BOB);

    await attach("eve");

    expect(await identities.stateOf(BOB)).toBe(before);
  });

  test("read every identity again when a policy gets another version", async () => {
    const { identities } = setUp();
    const before = await identities.stateOf(BOB);

    const params = { PolicyArn: DENY, VersionId: "v2" };
    await identities.observe(
      exchangeOf({ service: "iam", action: "SetDefaultPolicyVersion", params }),
      jsonResponse({}),
    );

    expect(await identities.stateOf(BOB)).not.toBe(before);
  });

  test("apply the old policies until a change has propagated, even for a user that was never read", async () => {
    const { attach, namesOf, clock } = setUp(4_000);
    await attach("bob");

    const atOnce = await namesOf();
    await clock.sleep(3_999);
    const shortly = await namesOf();
    await clock.sleep(1);

    expect([atOnce, shortly]).toEqual([[], []]);
    expect(await namesOf()).toEqual([DENY]);
  });
});
