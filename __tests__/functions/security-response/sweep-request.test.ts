import { GetPolicyVersionCommand } from "@aws-sdk/client-iam";
import { sweepRequest } from "../../../functions/security-response/sweep-request";
import type { JsonObject } from "../../../functions/shared/json";
import { fakeUser, USER_ID } from "../../support/functions/fake-iam";
import {
  createResponder,
  HOLD_TOPIC_ARN,
  OTHER_REQUEST,
  POLICY_ARN,
  REQUEST,
  START,
  type Responder,
} from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";

const CREATION = loadFixture("events/by-iam-user");
const SETTINGS = { holdTopicArn: HOLD_TOPIC_ARN };
const MALLORY = {
  userName: "mallory",
  userId: USER_ID,
  arn: "arn:aws:iam::111122223333:user/mallory",
  createdAt: new Date(START - 20 * 60_000).toISOString(),
};
const swept = sweepRequest({ found: "event", event: CREATION });
const gap = sweepRequest({ found: "gap", user: MALLORY });
const unknown = (action: "alert" | "quarantine") =>
  sweepRequest({ found: "unknown-creator", user: MALLORY, action });

/** Twenty minutes after the creation, as the sweep comes. */
const later = () => createResponder({ start: START + 20 * 60_000 });

/** Mallory, quarantined by the responder, twenty minutes later. */
async function quarantined(): Promise<Responder> {
  const responder = createResponder();
  await responder.respond(CREATION);
  await responder.advance(20 * 60_000);
  responder.sns.resetHistory();
  responder.iam.resetHistory();
  return responder;
}

const writes = (responder: Responder) => responder.calls().filter((call) => !/^(Get|List)/.test(call));

describe("a creation that the sweep found", () => {
  test("is contained as by its event, and the alert says who found it", async () => {
    const responder = later();

    const outcome = await responder.respond(swept);

    expect(responder.mallory.policies).toContain(POLICY_ARN);
    expect(outcome).toMatchObject({ status: "QUARANTINED", foundBy: "sweep", alerted: true });
    expect(responder.alerts()[0]?.email).toContain("Found by:    the sweep");
  });

  test("is trusted by the same settings", async () => {
    const responder = later();
    const trust = { creators: [{ arn: "arn:aws:iam::111122223333:user/*" }], users: [] };

    const outcome = await responder.respond(swept, { trust });

    expect(outcome).toMatchObject({ status: "TRUSTED", foundBy: "sweep", alerted: false });
    expect(responder.calls()).toEqual([]);
  });

  test("is not alerted again when its event comes after all", async () => {
    const responder = later();
    await responder.respond(swept);

    const outcome = await responder.respond(CREATION, {}, OTHER_REQUEST);

    expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: false, answeredElsewhere: true });
    expect(outcome).not.toHaveProperty("foundBy");
  });

  test("leaves in the log whom it answered", async () => {
    const responder = later();

    await responder.respond(swept);

    expect(responder.logLines.at(-1)).toMatchObject({ userId: USER_ID, status: "QUARANTINED" });
  });

  test("from a dead letter counts as the request that failed", async () => {
    const responder = later();
    await responder.respond(swept);
    const letter = { requestContext: { requestId: REQUEST }, requestPayload: swept };

    const outcome = await responder.respond(letter, {}, OTHER_REQUEST);

    expect(outcome).toMatchObject({ status: "QUARANTINED", foundBy: "sweep", answeredElsewhere: false });
  });
});

test("an event cannot say that the sweep found it", async () => {
  const responder = createResponder();
  const forged = { ...change(CREATION, "detail.foundBy", "sweep"), foundBy: "sweep", found: "event" };

  const outcome = await responder.respond(forged);

  expect(outcome).not.toHaveProperty("foundBy");
});

describe("a gap in a quarantine", () => {
  test("is closed by every way to deny, is held, and the alert says that nobody told of it", async () => {
    const responder = await quarantined();
    responder.mallory.policies.clear();

    const outcome = await responder.respond(gap, SETTINGS, OTHER_REQUEST);

    expect(responder.mallory.policies).toContain(POLICY_ARN);
    expect(responder.mallory.boundary).toBe(POLICY_ARN);
    expect(outcome).toMatchObject({
      status: "RESTORED",
      severity: "CRITICAL",
      foundBy: "sweep",
      eventTime: "",
    });
    expect(outcome).not.toHaveProperty("actor");
    expect(outcome.summary).toContain("the sweep found the deny off");
    expect(responder.holds()).toHaveLength(1);
  });

  const detached = (requestParameters: object) =>
    change(
      change(loadFixture("events/by-iam-user"), "detail.eventName", "DetachUserPolicy"),
      "detail.requestParameters",
      requestParameters,
    ) as JsonObject;
  const answer = async (requestParameters: object) => {
    const responder = await quarantined();
    responder.mallory.policies.clear();
    const event = detached(requestParameters);
    return responder.respond(sweepRequest({ found: "gap", user: MALLORY, event }), SETTINGS, OTHER_REQUEST);
  };

  test("names who made the call whose record came with it", async () => {
    const outcome = await answer({ userName: "mallory", policyArn: POLICY_ARN });

    expect(outcome).toMatchObject({ status: "RESTORED", foundBy: "sweep", actor: outcome.createdBy });
    expect(outcome.summary).toContain(`; ${outcome.createdBy} had called DetachUserPolicy`);
  });

  test.each([
    ["another user", { userName: "eve", policyArn: POLICY_ARN }],
    ["another policy", { userName: "mallory", policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
    ["nothing that can be read", { userName: "mallory" }],
  ])("is closed all the same when the record says %s", async (_, requestParameters) => {
    const outcome = await answer(requestParameters);

    expect(outcome.status).toBe("RESTORED");
    expect(outcome).not.toHaveProperty("actor");
  });

  test("is closed under the name that the user was given since", async () => {
    const responder = await quarantined();
    responder.users.delete("mallory");
    responder.users.set("trudy", responder.mallory);
    responder.mallory.policies.clear();

    const outcome = await responder.respond(gap, SETTINGS, OTHER_REQUEST);

    expect(responder.mallory.policies).toContain(POLICY_ARN);
    expect(outcome).toMatchObject({ status: "RESTORED", userName: "trudy", foundBy: "sweep" });
    expect(responder.holds()).toHaveLength(1);
  });

  test("of credentials alone is closed without a fight", async () => {
    const responder = await quarantined();
    responder.mallory.keys.set("AKIAIOSFODNN7EXAMPLE", "Active");

    const outcome = await responder.respond(gap, SETTINGS, OTHER_REQUEST);

    expect(responder.mallory.keys.get("AKIAIOSFODNN7EXAMPLE")).toBe("Inactive");
    expect(outcome).toMatchObject({ status: "RESTORED", severity: "HIGH" });
    expect(responder.holds()).toEqual([]);
  });

  test.each<[string, (responder: Responder) => void, string]>([
    ["who is whole", () => undefined, "HELD"],
    ["who has been released", ({ mallory }) => free(mallory, "2099-01-01T00:00:00Z"), "IGNORED"],
    ["who was deleted", ({ users }) => users.delete("mallory"), "IGNORED"],
    [
      "whose name is another's",
      ({ users }) => users.set("mallory", fakeUser({ userId: "AIDAANOTHERUSER12345" })),
      "IGNORED",
    ],
    [
      "who never was quarantined",
      ({ users }) => users.set("mallory", fakeUser({ keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]) })),
      "IGNORED",
    ],
  ])("of a user %s changes nothing", async (_, prepare, status) => {
    const responder = await quarantined();
    prepare(responder);

    const outcome = await responder.respond(gap, SETTINGS, OTHER_REQUEST);

    expect(outcome).toMatchObject({ status, alerted: false, done: [] });
  });

  test("is left where nothing is quarantined", async () => {
    const responder = await quarantined();

    const outcome = await responder.respond(gap, { mode: "observe" });

    expect(outcome).toMatchObject({ status: "IGNORED", verdict: { rule: "mode" } });
    expect(responder.calls()).toEqual([]);
  });
});

function free(mallory: Responder["mallory"], until: string): void {
  mallory.policies.clear();
  mallory.tags.set("SecurityStatus", "RELEASED");
  mallory.tags.set("QuarantineReleasedAt", new Date(START + 10 * 60_000).toISOString());
  mallory.tags.set("QuarantineReleasedUntil", until);
}

test("a user whose release has ended is quarantined again, which is no attack", async () => {
  const responder = await quarantined();
  free(responder.mallory, new Date(START + 15 * 60_000).toISOString());

  const outcome = await responder.respond(gap, SETTINGS, OTHER_REQUEST);

  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
  expect(outcome).toMatchObject({ status: "RESTORED", severity: "MEDIUM" });
  expect(outcome.summary).toContain("its release has ended");
});

test("a changed policy that no event told of is answered: its users are denied inline", async () => {
  const responder = await quarantined();
  responder.iam.on(GetPolicyVersionCommand).resolves({ PolicyVersion: { Document: "{}" } });

  const outcome = await responder.respond(sweepRequest({ found: "policy" }));

  expect([...responder.mallory.inline.keys()]).toEqual(["AutomatedSecurityQuarantine"]);
  expect(outcome).toMatchObject({ status: "RESTORED", foundBy: "sweep", method: "inline-policy" });
});

describe("a user whose creation CloudTrail does not know", () => {
  test("is alerted, and left as it is", async () => {
    const responder = later();

    const outcome = await responder.respond(unknown("alert"));

    expect(writes(responder)).toEqual([]);
    expect(outcome).toMatchObject({
      ...{ status: "OBSERVED", alerted: true, createdBy: "unknown", foundBy: "sweep" },
      verdict: { action: "observe", rule: "unknown-creator" },
    });
    expect(outcome.summary).toContain("its creator is unknown");
  });

  test("is quarantined where the settings say so, once for two sweeps", async () => {
    const responder = later();

    const outcome = await responder.respond(unknown("quarantine"));
    const again = await responder.respond(unknown("quarantine"), {}, OTHER_REQUEST);

    expect(responder.mallory.policies).toContain(POLICY_ARN);
    expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true });
    expect(again).toMatchObject({ status: "QUARANTINED", alerted: false });
  });

  test("is only looked at where the account observes", async () => {
    const responder = later();

    const outcome = await responder.respond(unknown("quarantine"), { mode: "observe" });

    expect(writes(responder)).toEqual([]);
    expect(outcome.status).toBe("OBSERVED");
  });

  test("is trusted by a name that any creator may use", async () => {
    const responder = later();
    const trust = { creators: [{ arn: "*" }], users: [{ anyCreator: true, names: ["mall*"] } as const] };

    const outcome = await responder.respond(unknown("quarantine"), { trust });

    expect(outcome).toMatchObject({ status: "TRUSTED", verdict: { rule: "users[0]" } });
  });

  test("is trusted by no creator, not even by *", async () => {
    const responder = later();

    const outcome = await responder.respond(unknown("quarantine"), {
      trust: { creators: [{ arn: "*" }], users: [] },
    });

    expect(outcome.status).toBe("QUARANTINED");
  });
});

test.each([
  ["nothing found", { kind: "sweep" }],
  ["no event", { kind: "sweep", found: "event", event: [] }],
  ["no user", { kind: "sweep", found: "gap" }],
  ["a name that IAM does not allow", { kind: "sweep", found: "gap", user: { ...MALLORY, userName: "a b" } }],
  ["another action", { kind: "sweep", found: "unknown-creator", user: MALLORY, action: "nothing" }],
])("a request with %s is refused", async (_, request) => {
  const responder = createResponder();

  await expect(responder.respond(request)).rejects.toThrow(/expected .+, got/);
  expect(responder.calls()).toEqual([]);
});
