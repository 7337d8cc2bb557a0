import { RESPONDER_ENV } from "../../../functions/contract";
import { readEvent } from "../../../functions/security-response/event/event";
import { readSettings } from "../../../functions/security-response/settings";
import { sweepRequest } from "../../../functions/security-response/sweep-request";
import { NO_PAUSE } from "../../../functions/shared/pause";
import { USER_ID } from "../../support/functions/fake-iam";
import { createResponder, POLICY_ARN, START } from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";
import { eventOf, type Call } from "../../support/undoing-calls";

const CREATION = loadFixture("events/by-iam-user");
const HOUR = 3_600_000;
const PAUSED = { pause: { until: START + 2 * HOUR, by: "alice" } };
const END = new Date(START + 2 * HOUR).toISOString().slice(0, 19);
const MALLORY = {
  userName: "mallory",
  userId: USER_ID,
  arn: "arn:aws:iam::111122223333:user/mallory",
  createdAt: new Date(START - 20 * 60_000).toISOString(),
};

const userName = "mallory";
/** A call of somebody who may not undo a quarantine. */
const called = (call: Call) =>
  change(eventOf(call), "detail.eventTime", new Date(START + 20 * 60_000).toISOString());
const writes = (calls: readonly string[]) => calls.filter((call) => !/^(Get|List)/.test(call));

test("in a pause, a new user is not denied, and the alert says so with what would have been done", async () => {
  const responder = createResponder({ mallory: { keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]) } });

  const outcome = await responder.respond(CREATION, PAUSED);

  expect(writes(responder.calls())).toEqual([]);
  expect(outcome).toMatchObject({
    status: "OBSERVED",
    verdict: { action: "observe", rule: "paused" },
    alerted: true,
    open: ["active access keys: AKIAIOSFODNN7EXAMPLE"],
  });
  expect(outcome.summary).toContain(
    `nothing was changed, since the quarantine is PAUSED until ${END}Z by alice`,
  );
  const [alert] = responder.alerts();
  expect(alert?.subject).toMatch(/^\[\w+\] PAUSED, IAM user NOT denied: mallory in payments$/);
  expect(alert?.email).toContain("Without the pause, the responder would have done:\n- ");
  expect(alert?.email).toContain("aws iam attach-user-policy --user-name mallory");
});

test("somebody has to look at a user of a pause, whatever it holds", async () => {
  const responder = createResponder();

  expect(await responder.respond(CREATION, PAUSED)).toMatchObject({ severity: "MEDIUM" });
});

test("the log has the line by which the sweep knows whom the pause left alone", async () => {
  const responder = createResponder();

  await responder.respond(CREATION, PAUSED);

  expect(responder.logLines).toContainEqual(
    expect.objectContaining({ userId: USER_ID, status: "OBSERVED", rule: "paused" }),
  );
});

test("the pause ends by itself", async () => {
  const responder = createResponder();

  const outcome = await responder.respond(CREATION, { pause: { until: START, by: "alice" } });

  expect(outcome.status).toBe("QUARANTINED");
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test("a pause until the year 9999 is none", async () => {
  const responder = createResponder();

  const outcome = await responder.respond(CREATION, {
    pause: { until: Date.parse("9999-01-01T00:00:00Z"), by: "mallory" },
  });

  expect(outcome.status).toBe("QUARANTINED");
});

test("a user whom the pause has left alone is quarantined when the sweep hands it on after the end", async () => {
  const responder = createResponder();
  await responder.respond(CREATION, PAUSED);
  await responder.advance(3 * HOUR);

  const outcome = await responder.respond(sweepRequest({ found: "event", event: CREATION }), PAUSED);

  expect(outcome).toMatchObject({ status: "QUARANTINED", foundBy: "sweep" });
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test("the tags of a release that its creator wrote free nobody whom the pause has left alone", async () => {
  const responder = createResponder();
  await responder.respond(CREATION, PAUSED);
  responder.mallory.tags.set("SecurityStatus", "RELEASED");
  responder.mallory.tags.set("QuarantineEventId", `${readEvent(CREATION).eventId}/x`);
  await responder.advance(3 * HOUR);

  const request = sweepRequest({ found: "event", event: CREATION, answered: false });
  const outcome = await responder.respond(request, PAUSED);

  expect(outcome.status).toBe("QUARANTINED");
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test.each([
  ["quarantine", "paused"],
  ["alert", "unknown-creator"],
] as const)("of a user without a creator that is to %s, the rule is %s", async (action, rule) => {
  const responder = createResponder({ start: START + 20 * 60_000 });
  const request = sweepRequest({ found: "unknown-creator", user: MALLORY, action });

  const outcome = await responder.respond(request, PAUSED);

  expect(outcome).toMatchObject({ status: "OBSERVED", verdict: { action: "observe", rule } });
  expect(writes(responder.calls())).toEqual([]);
});

describe("an existing quarantine stays in a pause", () => {
  test("its gap is closed", async () => {
    const responder = createResponder();
    await responder.respond(CREATION);
    await responder.advance(20 * 60_000);
    responder.mallory.policies.delete(POLICY_ARN);

    const outcome = await responder.respond(sweepRequest({ found: "gap", user: MALLORY }), PAUSED);

    expect(outcome.status).toBe("RESTORED");
    expect(responder.mallory.policies).toContain(POLICY_ARN);
  });

  test("whoever detaches it finds it put back", async () => {
    const responder = createResponder();
    await responder.respond(CREATION);
    await responder.advance(20 * 60_000);
    responder.mallory.policies.delete(POLICY_ARN);

    const outcome = await responder.respond(
      called(["DetachUserPolicy", { userName, policyArn: POLICY_ARN }]),
      PAUSED,
    );

    expect(outcome.status).toBe("RESTORED");
    expect(responder.mallory.policies).toContain(POLICY_ARN);
  });

  test("whoever writes a release on a user that the pause has left alone has it denied", async () => {
    const responder = createResponder();
    await responder.respond(CREATION, PAUSED);
    const tags = [{ key: "SecurityStatus", value: "RELEASED" }];

    const outcome = await responder.respond(called(["TagUser", { userName, tags }]), PAUSED);

    expect(outcome.status).toBe("RESTORED");
    expect(responder.mallory.policies).toContain(POLICY_ARN);
  });
});

describe("the variable", () => {
  const environment = (pause: string | undefined) => ({
    [RESPONDER_ENV.mode]: "enforce",
    [RESPONDER_ENV.policyArn]: POLICY_ARN,
    [RESPONDER_ENV.topicArn]: "arn:aws:sns:us-east-1:111122223333:security-alerts",
    [RESPONDER_ENV.accountId]: "111122223333",
    [RESPONDER_ENV.version]: "1.2.3",
    [RESPONDER_ENV.pause]: pause,
  });

  test("is a pause", () => {
    const { pause } = readSettings(environment("until 2026-12-24T18:00:00Z by alice"));

    expect(pause).toEqual({ until: Date.parse("2026-12-24T18:00:00Z"), by: "alice" });
  });

  test.each([NO_PAUSE, undefined, "until whenever", "yes"])(
    "%j is none, and keeps nobody from being denied",
    (text) => {
      expect(readSettings(environment(text)).pause).toBeUndefined();
    },
  );
});
