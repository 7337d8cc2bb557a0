import { AccessKeys } from "../../../lab/exchange/access-keys";
import { queryResponse } from "../../../lab/exchange/responses";
import { learnAccessKeys } from "../../../lab/sts/learn-access-keys";
import { ACCOUNT, exchangeOf, ROLE, USER } from "../../support/lab/exchange";
import { manualClock, propagationOf } from "../../support/lab/manual-clock";

const MALLORY = {
  Arn: `arn:aws:iam::${ACCOUNT}:user/mallory`,
  UserId: "AIDAMALLORYEXAMPLE",
  UserName: "mallory",
};

function learning(user = MALLORY, propagationMs = 0) {
  const clock = manualClock();
  const keys = new AccessKeys(propagationOf(propagationMs, clock));
  keys.add(USER);
  keys.add(ROLE);
  const observe = learnAccessKeys(keys, jest.fn().mockResolvedValue({ User: user }));
  const see = async (
    action: string,
    params: Record<string, unknown>,
    result?: object,
    status = 200,
  ): Promise<void> => {
    const exchange = exchangeOf({ service: "iam", action, params });
    await observe(exchange, { ...queryResponse(exchange.request, "ns", result), status });
  };
  return { keys, see, clock };
}

describe("learnAccessKeys", () => {
  test("adds a new key with its owner", async () => {
    const { keys, see } = learning();
    const AccessKey = { UserName: "mallory", AccessKeyId: "AKIAI44QH8DHBEXAMPLE", SecretAccessKey: "x" };

    await see("CreateAccessKey", { UserName: "mallory" }, { AccessKey });

    expect(keys.principalOf("AKIAI44QH8DHBEXAMPLE")).toEqual({
      type: "IAMUser",
      accountId: ACCOUNT,
      arn: MALLORY.Arn,
      principalId: MALLORY.UserId,
      userName: "mallory",
      accessKeyId: "AKIAI44QH8DHBEXAMPLE",
    });
  });

  test.each([
    ["is set inactive", "UpdateAccessKey", { AccessKeyId: USER.accessKeyId, Status: "Inactive" }],
    ["is deleted", "DeleteAccessKey", { AccessKeyId: USER.accessKeyId }],
    ["loses its user", "DeleteUser", { UserName: "alice" }],
  ])("removes a key that %s", async (_name, action, params) => {
    const { keys, see } = learning();

    await see(action, params);

    expect(keys.principalOf(USER.accessKeyId)).toBeUndefined();
    expect(keys.principalOf(ROLE.accessKeyId)).toBe(ROLE);
  });

  test("adds a key again that is set active", async () => {
    const { keys, see } = learning();
    await see("UpdateAccessKey", { AccessKeyId: USER.accessKeyId, Status: "Inactive" });

    await see("UpdateAccessKey", { AccessKeyId: USER.accessKeyId, Status: "Active" });

    expect(keys.principalOf(USER.accessKeyId)).toEqual(USER);
  });

  test("keeps the keys of a renamed user, with the new name", async () => {
    const { keys, see } = learning({ ...MALLORY, UserName: "bob", Arn: `arn:aws:iam::${ACCOUNT}:user/bob` });

    await see("UpdateUser", { UserName: "alice", NewUserName: "bob" });

    expect(keys.principalOf(USER.accessKeyId)).toMatchObject({
      userName: "bob",
      arn: `arn:aws:iam::${ACCOUNT}:user/bob`,
    });
  });

  test("ignores a refused call", async () => {
    const { keys, see } = learning();

    await see("DeleteAccessKey", { AccessKeyId: USER.accessKeyId }, undefined, 404);

    expect(keys.principalOf(USER.accessKeyId)).toEqual(USER);
  });

  describe("as far as it has propagated", () => {
    const ID = USER.accessKeyId;
    const AccessKey = { UserName: "mallory", AccessKeyId: "AKIAI44QH8DHBEXAMPLE", SecretAccessKey: "x" };

    test("a new key is unknown at first", async () => {
      const { keys, see, clock } = learning(MALLORY, 4_000);

      await see("CreateAccessKey", { UserName: "mallory" }, { AccessKey });
      await clock.sleep(3_999);
      const before = keys.principalOf(AccessKey.AccessKeyId);
      await clock.sleep(1);

      expect(before).toBeUndefined();
      expect(keys.principalOf(AccessKey.AccessKeyId)).toMatchObject({ userName: "mallory" });
    });

    test("a key that is set inactive and active again is refused for as long as it was inactive", async () => {
      const { keys, see, clock } = learning(MALLORY, 4_000);
      const set = (Status: string) => see("UpdateAccessKey", { AccessKeyId: ID, Status });
      const works = (): boolean => keys.principalOf(ID) !== undefined;

      await set("Inactive");
      await clock.sleep(1_000);
      await set("Active");
      const seen = [works()];
      await clock.sleep(3_000);
      seen.push(works());
      await clock.sleep(999);
      seen.push(works());
      await clock.sleep(1);

      expect([...seen, works()]).toEqual([true, false, false, true]);
    });

    test.each([
      ["a deleted key", "DeleteAccessKey", { AccessKeyId: ID }],
      ["a key of a deleted user", "DeleteUser", { UserName: "alice" }],
    ])("%s goes on working, and a session's key works at once", async (_name, action, params) => {
      const { keys, see, clock } = learning(MALLORY, 4_000);

      await see(action, params);
      const before = keys.principalOf(ID);
      await clock.sleep(4_000);

      expect(before).toEqual(USER);
      expect(keys.principalOf(ID)).toBeUndefined();
      expect(keys.principalOf(ROLE.accessKeyId)).toBe(ROLE);
    });
  });
});
