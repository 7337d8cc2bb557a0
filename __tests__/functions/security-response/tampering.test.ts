import { EventError } from "../../../functions/security-response/errors";
import { readEvent } from "../../../functions/security-response/event/event";
import {
  isUndoingCall,
  readTampering,
  type Tampering,
  type TamperingGrounds,
} from "../../../functions/security-response/event/tampering";
import { change, DELETE, loadFixture } from "../../support/load-fixture";
import {
  CALLS_ON_A_USER,
  CALLS_ON_THE_POLICY,
  eventOf,
  OTHER_CALLS,
  titleOf,
  UNRELATED_CALLS,
  type Call,
} from "../../support/undoing-calls";

type Json = Record<string, unknown>;

const POLICY_ARN = "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine";
const BREAK_GLASS = "arn:aws:iam::111122223333:role/security/BreakGlass";
const SIMULATION = "arn:aws:iam::111122223333:role/attack-simulation";
const GROUNDS: TamperingGrounds = {
  accountId: "111122223333",
  policyArn: POLICY_ARN,
  mayUndo: [{ arn: BREAK_GLASS }, { arn: SIMULATION, path: "/attack-simulation/" }],
};
const DETACH: Call = ["DetachUserPolicy", { userName: "mallory", policyArn: POLICY_ARN }];
const NEW_DEFAULT: Call = ["SetDefaultPolicyVersion", { policyArn: POLICY_ARN, versionId: "v2" }];

const titled = (calls: readonly Call[]) => calls.map((call) => [titleOf(call), call] as const);

function read(event: unknown): Tampering | undefined {
  return readTampering(readEvent(event), GROUNDS);
}

/** The field that the reader cannot read. */
function unreadableField(event: unknown): string | undefined {
  try {
    read(event);
    return undefined;
  } catch (error) {
    if (error instanceof EventError) {
      return error.field;
    }
    throw error;
  }
}

/** The event of a call with the caller of another fixture. */
function by(fixture: string, call: Call): Json {
  const { detail } = loadFixture(`events/${fixture}`) as { detail: Json };
  return change(eventOf(call), "detail.userIdentity", detail["userIdentity"]);
}

/** The event of a call by a session of a role. */
function byRole(arn: string, call = DETACH, sessionName = "i-0abcd1234efgh5678"): Json {
  const event = eventOf(call);
  change(event, "detail.userIdentity.sessionContext.sessionIssuer.arn", arn);
  const role = arn.slice(arn.lastIndexOf("/") + 1);
  const session = `arn:aws:sts::111122223333:assumed-role/${role}/${sessionName}`;
  return change(event, "detail.userIdentity.arn", session);
}

test("reads what was done to whom, by whom, from where and when", () => {
  expect(read(eventOf(DETACH))).toEqual({
    kind: "user",
    call: "DetachUserPolicy",
    eventId: "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001",
    eventTime: "2025-03-04T05:06:07.000Z",
    accountId: "111122223333",
    userName: "mallory",
    formerName: undefined,
    userId: undefined,
    tookDenyOff: true,
    writtenTags: [],
    caller: {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/onboarding/i-0abcd1234efgh5678",
      sessionIssuerArn: "arn:aws:iam::111122223333:role/onboarding",
      invokedBy: "",
      label: "arn:aws:sts::111122223333:assumed-role/onboarding/i-0abcd1234efgh5678",
    },
    mayUndo: false,
    mayUndoBelow: undefined,
    sourceIp: "198.51.100.7",
    userAgent: "aws-cli/2.17.32 md/awscrt#0.21.2 md/command#iam.create-user",
  });
});

describe("what a call concerned", () => {
  test.each(titled(CALLS_ON_A_USER))("the user: %s", (_, call) => {
    expect(read(eventOf(call))).toMatchObject({ kind: "user", call: call[0] });
    expect(isUndoingCall(call[0])).toBe(true);
  });

  test.each(titled(CALLS_ON_THE_POLICY))("the policy: %s", (_, call) => {
    expect(read(eventOf(call))).toMatchObject({ kind: "policy", call: call[0], userName: undefined });
    expect(isUndoingCall(call[0])).toBe(true);
  });

  test.each(titled(UNRELATED_CALLS))("nothing of ours: %s", (_, call) => {
    expect(read(eventOf(call))).toBeUndefined();
  });

  test("nothing of ours: a tag that only begins like ours, which the rule catches", () => {
    expect(
      read(eventOf(["UntagUser", { userName: "mallory", tagKeys: ["QuarantineZone"] }])),
    ).toBeUndefined();
  });

  test.each(OTHER_CALLS.map(([call]) => call))("%s undoes nothing", (call) => {
    expect(isUndoingCall(call)).toBe(false);
  });
});

// Where they have more than 100 KB.
describe("a call whose parameters CloudTrail has left out", () => {
  const omitted = { reason: "requestParameters too large", omitted: true, originalSize: 131_000 };

  test.each([null, omitted])("may be about the quarantine policy: %j", (parameters) => {
    expect(read(eventOf(["CreatePolicyVersion", parameters]))).toMatchObject({ kind: "policy" });
  });

  test.each([null, omitted])("may be about any user, and not about the caller: %j", (parameters) => {
    expect(read(by("by-iam-user", ["PutUserPolicy", parameters]))).toMatchObject({
      ...{ kind: "user", userName: undefined, userId: undefined, tookDenyOff: false },
    });
  });
});

describe("the user", () => {
  test("is called by its new name after UpdateUser", () => {
    const renamed = eventOf(["UpdateUser", { userName: "mallory", newUserName: "mallory-2" }]);

    expect(read(renamed)?.userName).toBe("mallory-2");
  });

  test.each<[string, Call]>([
    ["without naming itself", ["CreateAccessKey", null]],
    ["naming itself", ["CreateAccessKey", { userName: "alice" }]],
  ])("is the caller that acts on itself %s, with its id", (_, call) => {
    expect(read(by("by-iam-user", call))).toMatchObject({
      userName: "alice",
      userId: "AIDACKCEVSQ6C2EXAMPLE",
    });
  });

  test("is known by its id when it renames itself", () => {
    const renamed = by("by-iam-user", ["UpdateUser", { newUserName: "bob" }]);

    expect(read(renamed)).toMatchObject({ userName: "bob", userId: "AIDACKCEVSQ6C2EXAMPLE" });
  });

  test("is the caller by its ARN when the record has no name of it", () => {
    const event = by("by-iam-user", ["CreateAccessKey", {}]);
    change(event, "detail.userIdentity.userName", DELETE);

    expect(read(event)?.userName).toBe("alice");
  });

  test("has no id when another user is the caller", () => {
    expect(read(by("by-iam-user", DETACH))).toMatchObject({ userName: "mallory", userId: undefined });
  });

  test("is no one when the root user makes keys of its own", () => {
    expect(read(by("by-root", ["CreateAccessKey", null]))).toBeUndefined();
    expect(read(by("by-root", ["CreateAccessKey", { userName: "mallory" }]))?.userName).toBe("mallory");
  });
});

test.each<[string, Call, boolean]>([
  ["the managed policy was detached", DETACH, true],
  [
    "the inline policy was deleted",
    ["DeleteUserPolicy", { policyName: "AutomatedSecurityQuarantine" }],
    true,
  ],
  [
    "the inline policy was overwritten",
    ["PutUserPolicy", { policyName: "AutomatedSecurityQuarantine" }],
    false,
  ],
  ["a boundary was deleted, perhaps another", ["DeleteUserPermissionsBoundary", {}], false],
  ["the policy changed", NEW_DEFAULT, false],
])("%s: that a deny was there is proved or not", (_, [call, parameters], proved) => {
  expect(read(eventOf([call, { userName: "mallory", ...parameters }]))?.tookDenyOff).toBe(proved);
});

test("the tags that a call writes are read as they are", () => {
  const tags = [
    { key: "QuarantineMethod", value: "none" },
    { key: "SecurityStatus", value: "RELEASED" },
  ];

  expect(read(eventOf(["TagUser", { userName: "mallory", tags }]))?.writtenTags).toEqual([
    { Key: "QuarantineMethod", Value: "none" },
    { Key: "SecurityStatus", Value: "RELEASED" },
  ]);
});

describe("who may undo", () => {
  test("is the exact role behind the session", () => {
    expect(read(byRole(BREAK_GLASS))).toMatchObject({ mayUndo: true, mayUndoBelow: undefined });
    expect(read(byRole(BREAK_GLASS, NEW_DEFAULT))?.mayUndo).toBe(true);
  });

  test("is, for a role with a path, left to the user's path, and never said of the policy", () => {
    expect(read(byRole(SIMULATION))).toMatchObject({ mayUndo: false, mayUndoBelow: "/attack-simulation/" });
    expect(read(byRole(SIMULATION, NEW_DEFAULT))).toMatchObject({ mayUndo: false, mayUndoBelow: undefined });
  });

  test.each([
    ["a role of the same name without the path", "arn:aws:iam::111122223333:role/BreakGlass"],
    ["a role of the same name in another path", "arn:aws:iam::111122223333:role/team/BreakGlass"],
    ["a role of the same name in another account", "arn:aws:iam::444455556666:role/security/BreakGlass"],
    ["a role in another case", BREAK_GLASS.toLowerCase()],
    ["a role of a longer name", `${BREAK_GLASS}2`],
    ["a session without issuer", ""],
  ])("is not %s", (_, arn) => {
    expect(read(byRole(arn))).toMatchObject({ mayUndo: false, mayUndoBelow: undefined });
  });

  test.each(["BreakGlass", "attack-simulation", BREAK_GLASS])("is not a session with the name %s", (name) => {
    expect(read(byRole("arn:aws:iam::111122223333:role/onboarding", DETACH, name))).toMatchObject({
      mayUndo: false,
      mayUndoBelow: undefined,
    });
  });

  test.each(["by-root", "by-iam-user", "by-federated-user", "by-aws-service", "no-user-identity"])(
    "is not the caller %s",
    (fixture) => {
      expect(read(by(fixture, DETACH))).toMatchObject({ mayUndo: false, mayUndoBelow: undefined });
    },
  );

  test("is not a federated user with a session issuer of that ARN", () => {
    const event = by("by-federated-user", DETACH);
    change(event, "detail.userIdentity.sessionContext", { sessionIssuer: { arn: BREAK_GLASS } });

    expect(read(event)?.mayUndo).toBe(false);
  });
});

test.each<[string, Call, string]>([
  ["no parameters", ["DetachUserPolicy", null], "detail.requestParameters.policyArn"],
  ["a policy that is no text", ["DeletePolicy", { policyArn: 7 }], "detail.requestParameters.policyArn"],
  ["no policy name", ["DeleteUserPolicy", {}], "detail.requestParameters.policyName"],
  ["tags as a map", ["TagUser", { tags: { SecurityStatus: "x" } }], "detail.requestParameters.tags"],
  ["a tag without a key", ["TagUser", { tags: [{ value: "x" }] }], "detail.requestParameters.tags[0]"],
  ["no tag keys", ["UntagUser", {}], "detail.requestParameters.tagKeys"],
  ["a tag key that is no text", ["UntagUser", { tagKeys: [7] }], "detail.requestParameters.tagKeys[0]"],
  ["no status", ["UpdateAccessKey", {}], "detail.requestParameters.status"],
  ["no user, of a role", ["CreateAccessKey", {}], "detail.requestParameters.userName"],
  ["no name IAM would allow", ["CreateAccessKey", { userName: "../x" }], "detail.requestParameters.userName"],
  [
    "no new name IAM would allow",
    ["UpdateUser", { userName: "mallory", newUserName: "a b" }],
    "detail.requestParameters.newUserName",
  ],
])("refuses a record with %s", (_, call, field) => {
  expect(unreadableField(eventOf(call))).toBe(field);
});

test.each([
  ["by-federated-user", "detail.requestParameters.userName"],
  ["no-user-identity", "detail.requestParameters.userName"],
])("refuses a record of %s that names no user", (fixture, field) => {
  expect(unreadableField(by(fixture, ["CreateAccessKey", null]))).toBe(field);
});
