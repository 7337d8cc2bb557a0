import { AccountStub, Throttled, type StubbedUser } from "../../../bench/aws-stub/account-stub";

const DEPLOYED = Date.UTC(2026, 0, 1);
const USERS: readonly StubbedUser[] = ["ann", "bob", "cyd"].map((userName, index) => ({
  userName,
  userId: `AIDA${index}`,
  createdAt: DEPLOYED + index * 60_000,
}));

let now: number;
let stub: AccountStub;
beforeEach(() => {
  now = DEPLOYED;
  stub = new AccountStub(USERS, DEPLOYED, () => now);
});

const lookUp = (AttributeValue: string) =>
  stub.answer({
    action: "LookupEvents",
    input: { LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue }] },
  }) as { Events: { CloudTrailEvent: string }[] };

test("lists its users page by page, with IAM's times", () => {
  const page = (input: object) =>
    stub.answer({ action: "GetAccountAuthorizationDetails", input: { MaxItems: 2, ...input } });

  expect(page({})).toMatchObject({
    UserDetailList: [
      { UserName: "ann", UserId: "AIDA0", CreateDate: new Date(DEPLOYED) },
      { UserName: "bob", UserId: "AIDA1" },
    ],
    IsTruncated: true,
    Marker: "2",
  });
  expect(page({ Marker: "2" })).toMatchObject({ UserDetailList: [{ UserName: "cyd" }], IsTruncated: false });
});

test("has the record of each creation, by the user's name, and no other", () => {
  const [found] = lookUp("bob").Events;

  expect(JSON.parse(found?.CloudTrailEvent ?? "")).toMatchObject({
    eventName: "CreateUser",
    eventTime: "2026-01-01T00:01:00.000Z",
    responseElements: { user: { userName: "bob", userId: "AIDA1" } },
  });
  expect(lookUp("nobody")).toEqual({ Events: [] });
});

test("takes two lookups a second, and counts those that it refuses", () => {
  lookUp("ann");
  lookUp("ann");

  expect(() => lookUp("ann")).toThrow(Throttled);
  now += 500;
  expect(lookUp("ann").Events).toHaveLength(1);
  expect({ throttled: stub.throttled, calls: stub.calls.get("LookupEvents") }).toEqual({
    throttled: 1,
    calls: 4,
  });
});

test("shows in the responder's log whose record the responder got", () => {
  const log = () => stub.answer({ action: "FilterLogEvents", input: {} });
  const record = JSON.parse(lookUp("cyd").Events[0]?.CloudTrailEvent ?? "") as object;

  stub.answer({ action: "Invoke", input: { kind: "sweep", found: "policy" } });
  expect(log()).toEqual({ events: [] });
  stub.answer({ action: "Invoke", input: { kind: "sweep", found: "event", event: { detail: record } } });

  expect(stub.answered).toEqual(new Set(["AIDA2"]));
  expect(log()).toEqual({ events: [{ message: '{"userId":"AIDA2","status":"QUARANTINED"}' }] });
});

test("refuses a call that no sweep makes", () => {
  expect(() => stub.answer({ action: "DeleteUser", input: {} })).toThrow("DeleteUser");
});
