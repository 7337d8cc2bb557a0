import {
  AttachUserPolicyCommand,
  ListMFADevicesCommand,
  ListRoleTagsCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { readOutcome } from "../../../functions/security-notifier/read-outcome";
import { fakeUser } from "../../support/functions/fake-iam";
import { iamError } from "../../support/functions/iam-error";
import {
  createResponder,
  HOLD_TOPIC_ARN,
  POLICY_ARN,
  type Responder,
  type ResponderOptions,
} from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";
import { eventOf, type Call } from "../../support/undoing-calls";

const USER = "drill-1a2b3c4d";
const ROLE = "arn:aws:iam::111122223333:role/quarantine-drill";
const PATH = "/quarantine-drill/";
const SETTINGS = { mayUndo: [{ arn: ROLE, path: PATH }], deleteLoginProfile: false };

interface Creation {
  readonly issuer?: string;
  readonly path?: string;
  readonly userName?: string;
}

/** The event of a creation by the drill, unless it says otherwise. */
function creation({ issuer = ROLE, path = PATH, userName = USER }: Creation = {}): Record<string, unknown> {
  const event = byRole(loadFixture("events/by-iam-user"), issuer);
  const arn = `arn:aws:iam::111122223333:user${path}${userName}`;
  change(event, "detail.requestParameters", { userName, path });
  return change(event, "detail.responseElements.user", { ...USER_OF_EVENT, userName, path, arn });
}

const USER_OF_EVENT = { userId: "AIDAJQABLZS4A3QDU576Q", createDate: "Mar 4, 2025 5:06:07 AM" };

function byRole(event: Record<string, unknown>, issuer: string): Record<string, unknown> {
  return change(event, "detail.userIdentity", {
    type: "AssumedRole",
    arn: `arn:aws:sts::111122223333:assumed-role/${issuer.split("/").at(-1)}/quarantine-drill`,
    sessionContext: { sessionIssuer: { type: "Role", arn: issuer } },
  });
}

/** The responder, with the user of the drill, and what IAM says of the drill's role. */
function responderWith(tag: string, options: ResponderOptions = {}): Responder {
  const responder = createResponder(options);
  const arn = `arn:aws:iam::111122223333:user${PATH}${USER}`;
  responder.users.set(
    USER,
    fakeUser({ arn, path: PATH, keys: new Map([["AKIAIOSFODNN0EXAMPLE", "Active"]]) }),
  );
  responder.iam.on(ListRoleTagsCommand, { RoleName: "quarantine-drill" }).resolves({
    Tags: [
      { Key: "Owner", Value: "security" },
      { Key: "QuarantineDrill", Value: tag },
    ],
  });
  return responder;
}

const attributeOf = (responder: Responder) => responder.alerts()[0]?.input.MessageAttributes?.["drill"];

test("an announced drill for nobody is published as what it is, and marked so that no mail has it", async () => {
  const responder = responderWith(`${USER} nobody`);

  const outcome = await responder.respond(creation(), SETTINGS);

  expect(outcome).toMatchObject({ status: "QUARANTINED", drill: "nobody", severity: "LOW", alerted: true });
  expect(responder.alerts()).toHaveLength(1);
  expect(responder.alerts()[0]?.subject).toBe(`[DRILL] [LOW] IAM user quarantined: ${USER} in payments`);
  expect(attributeOf(responder)).toEqual({ DataType: "String", StringValue: "nobody" });
});

test("an announced drill for people is mailed, marked in its subject", async () => {
  const responder = responderWith(`${USER} people`);

  const outcome = await responder.respond(creation(), SETTINGS);

  expect(outcome).toMatchObject({ drill: "people", severity: "LOW", alerted: true });
  expect(responder.alerts()[0]?.subject).toContain("[DRILL] [LOW]");
  expect(responder.alerts()[0]?.email).toContain("Nothing: the drill of the account created this user");
  expect(attributeOf(responder)).toBeUndefined();
});

test("the response to a drill differs in nothing from that to anybody else", async () => {
  const [drill, real] = await Promise.all(
    [`${USER} nobody`, "drill-other nobody"].map(async (tag) => {
      const responder = responderWith(tag);
      const outcome = await responder.respond(creation(), { ...SETTINGS, holdTopicArn: HOLD_TOPIC_ARN });
      return {
        outcome,
        user: responder.users.get(USER),
        holds: responder.holds(),
        alerts: responder.alerts(),
      };
    }),
  );

  expect(drill?.user).toEqual(real?.user);
  expect(drill?.holds).toEqual(real?.holds);
  expect(drill?.alerts).toHaveLength(real?.alerts.length ?? NaN);
  expect(drill?.outcome).toEqual({ ...real?.outcome, drill: "nobody", severity: "LOW" });
});

test("the announcement is read after the attach, and for no other creation", async () => {
  const drill = responderWith(`${USER} nobody`);
  const real = createResponder();

  await drill.respond(creation(), SETTINGS);
  await real.respond(loadFixture("events/by-iam-user"), SETTINGS);

  const calls = drill.calls();
  expect(calls.indexOf("ListRoleTags")).toBeGreaterThan(calls.indexOf("AttachUserPolicy"));
  expect(real.calls()).not.toContain("ListRoleTags");
});

test.each<[string, string, Creation, object]>([
  ["another role", `${USER} nobody`, { issuer: "arn:aws:iam::111122223333:role/Administrator" }, {}],
  [
    "a role of the drill's name in a path",
    `${USER} nobody`,
    { issuer: "arn:aws:iam::111122223333:role/ops/quarantine-drill" },
    {},
  ],
  [
    "the drill's role of another account",
    `${USER} nobody`,
    { issuer: "arn:aws:iam::999988887777:role/quarantine-drill" },
    {},
  ],
  ["another path", `${USER} nobody`, { path: "/" }, {}],
  ["a path below the drill's", `${USER} nobody`, { path: `${PATH}x/` }, {}],
  ["an account without a drill", `${USER} nobody`, {}, { mayUndo: [] }],
  ["a name that is not announced", "drill-00000000 nobody", {}, {}],
  ["an announcement that somebody wrote over meanwhile", "mallory nobody", {}, {}],
  ["a name that only begins like the announced one", `${USER}5 nobody`, {}, {}],
  ["an announcement for somebody else", `${USER} security-team`, {}, {}],
  ["an announcement of two", `${USER} mallory nobody`, {}, {}],
  ["no announcement", "", {}, {}],
])("a drill that is forged by %s is a real alert", async (_, tag, fields, settings) => {
  const responder = responderWith(tag);

  const outcome = await responder.respond(creation(fields), { ...SETTINGS, ...settings });

  expect(outcome).toMatchObject({ status: "QUARANTINED", severity: "MEDIUM", alerted: true });
  expect(outcome).not.toHaveProperty("drill");
  expect(responder.alerts()[0]?.subject).toBe(`[MEDIUM] IAM user quarantined: ${USER} in payments`);
  expect(attributeOf(responder)).toBeUndefined();
});

test("a session that is named like the drill's is none of the drill's", async () => {
  const responder = responderWith(`${USER} nobody`);
  const event = change(creation(), "detail.userIdentity", {
    type: "IAMUser",
    arn: "arn:aws:sts::111122223333:assumed-role/quarantine-drill/quarantine-drill",
    sessionContext: { sessionIssuer: { type: "Role", arn: ROLE } },
  });

  expect(await responder.respond(event, SETTINGS)).not.toHaveProperty("drill");
});

test("a drill whose announcement cannot be read is a real alert", async () => {
  const responder = responderWith(`${USER} nobody`);
  responder.iam.on(ListRoleTagsCommand).rejects(iamError("AccessDenied", "no", 403));

  const outcome = await responder.respond(creation(), SETTINGS);

  expect(outcome).not.toHaveProperty("drill");
  expect(attributeOf(responder)).toBeUndefined();
  expect(responder.logLines).toContainEqual(
    expect.objectContaining({ error: "AccessDenied: no", level: "warn" }),
  );
});

test("a drill that did not go as it should is for people, whoever it was for", async () => {
  const responder = responderWith(`${USER} nobody`);
  responder.iam.on(AttachUserPolicyCommand).rejects(iamError("LimitExceeded", "quota", 409));

  const outcome = await responder.respond(creation(), SETTINGS);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy", drill: "people" });
  expect(attributeOf(responder)).toBeUndefined();
});

test("a reading that failed is no failed drill", async () => {
  const responder = responderWith(`${USER} nobody`);
  responder.iam.on(ListMFADevicesCommand).rejects(iamError("AccessDenied", "no", 403));

  const outcome = await responder.respond(creation(), SETTINGS);

  expect(outcome).toMatchObject({
    status: "QUARANTINED",
    drill: "nobody",
    failed: [{ step: "read MFA devices" }],
  });
});

test("a drill whose user is not contained is thrown, and mailed as critical", async () => {
  const responder = responderWith(`${USER} nobody`);
  const refused = iamError("AccessDenied", "no", 403);
  responder.iam.on(AttachUserPolicyCommand).rejects(refused).on(PutUserPolicyCommand).rejects(refused);
  responder.iam.on(PutUserPermissionsBoundaryCommand).rejects(refused);

  await expect(responder.respond(creation(), SETTINGS)).rejects.toThrow("is NOT contained");

  expect(responder.alerts()[0]?.subject).toContain("[CRITICAL] IAM user NOT CONTAINED");
  expect(attributeOf(responder)).toBeUndefined();
});

test("the security account reads whom a drill is for, and nothing else in its place", async () => {
  const outcome = await responderWith(`${USER} people`).respond(creation(), SETTINGS);

  expect(readOutcome(outcome)).toMatchObject({ drill: "people" });
  expect(readOutcome({ ...outcome, drill: "all" })).not.toHaveProperty("drill");
});

describe("what the drill does to its users afterwards mails nobody", () => {
  const detach = () => byRole(eventOf(["DetachUserPolicy", { userName: USER, policyArn: POLICY_ARN }]), ROLE);

  test("it takes the deny off a user that IAM still shows for some seconds", async () => {
    const responder = responderWith(`${USER} nobody`, { onSleep: () => responder.users.clear() });

    const outcome = await responder.respond(detach(), SETTINGS);

    expect(outcome).toMatchObject({ status: "IGNORED", alerted: false, verdict: { rule: "may-undo" } });
  });

  // It removes what earlier drills left behind: whoever has a user below its path that IAM does not let it
  // delete has it take the deny off.
  test.each<Call>([
    ["DetachUserPolicy", { userName: USER, policyArn: POLICY_ARN }],
    ["DeleteUserPolicy", { userName: USER, policyName: "AutomatedSecurityQuarantine" }],
    ["DeleteUserPermissionsBoundary", { userName: USER }],
  ])("a user who is still there half a minute after its %s is denied again", async (...call) => {
    const responder = responderWith(`${USER} nobody`);
    const user = responder.users.get(USER);
    user?.tags.set("SecurityStatus", "QUARANTINED");

    const outcome = await responder.respond(byRole(eventOf(call), ROLE), SETTINGS);

    expect(outcome).toMatchObject({ status: "RESTORED", alerted: true });
    expect([...(user?.policies ?? [])]).toEqual([POLICY_ARN]);
    expect(responder.slept()).toBeLessThan(25_000);
  });

  test("the key that it creates is no reason to wait", async () => {
    const responder = responderWith(`${USER} nobody`);
    const event = byRole(eventOf(["CreateAccessKey", { userName: USER }]), ROLE);

    expect(await responder.respond(event, SETTINGS)).toMatchObject({ status: "IGNORED", alerted: false });
    expect(responder.slept()).toBe(0);
  });

  test("it has removed the user by the time its call is known", async () => {
    const responder = responderWith(`${USER} nobody`);
    responder.users.clear();

    const outcome = await responder.respond(detach(), SETTINGS);

    expect(outcome).toMatchObject({ status: "IGNORED", alerted: false, verdict: { rule: "drill" } });
  });

  test("it takes the deny off a user of another path: that is put back", async () => {
    const responder = createResponder();
    const event = byRole(eventOf(["DetachUserPolicy", { userName: "mallory", policyArn: POLICY_ARN }]), ROLE);

    expect(await responder.respond(event, SETTINGS)).toMatchObject({ status: "RESTORED", alerted: true });
  });

  test("a user it took the deny off and renamed is answered under the new name", async () => {
    const responder = responderWith(`${USER} nobody`);
    responder.users.clear();
    await responder.respond(detach(), SETTINGS);
    responder.users.set("mallory", fakeUser());
    const rename = byRole(eventOf(["UpdateUser", { userName: USER, newUserName: "mallory" }]), ROLE);

    expect(await responder.respond(rename, SETTINGS)).toMatchObject({ status: "RESTORED", alerted: true });
  });
});
