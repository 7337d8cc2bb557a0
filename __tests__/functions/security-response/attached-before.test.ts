import { fakeUser } from "../../support/functions/fake-iam";
import { createResponder, OTHER_REQUEST, POLICY_ARN, START } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

// What the response makes of a policy that the first attach has attached.

const event = loadFixture("events/by-iam-user");
const EVENT_ID = "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001";
const MINUTES = 60_000;
const at = START - 400;
const attaches = (calls: readonly string[]) => calls.filter((call) => call === "AttachUserPolicy");

test("it is not attached again, and the time is that of the first attach", async () => {
  const responder = createResponder({ first: { at }, mallory: { policies: new Set([POLICY_ARN]) } });

  const outcome = await responder.respond(event);

  expect(attaches(responder.calls())).toEqual([]);
  expect(outcome).toMatchObject({
    status: "QUARANTINED",
    method: "managed-policy",
    containedAt: new Date(at).toISOString(),
    failed: [],
  });
  expect(outcome.done).toContain(`attached the policy ${POLICY_ARN}`);
  expect(responder.mallory.tags.get("QuarantineTime")).toBe(new Date(at).toISOString());
});

test("an attach that came undone since is seen, and the next way to deny is taken", async () => {
  const responder = createResponder({ first: { at } });

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy" });
  expect(responder.mallory.inline.size).toBe(1);
});

test("when the name was a decoy's, the user is followed and denied under its own", async () => {
  const decoy = fakeUser({ userId: "AIDACKCEVSQ6C2EXAMPLE", policies: new Set([POLICY_ARN]) });
  const responder = createResponder({ first: { at } });
  responder.users.set("svc-backup", responder.mallory);
  responder.users.set("mallory", decoy);

  const outcome = await responder.respond(event);

  expect(attaches(responder.calls())).toHaveLength(1);
  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "svc-backup" });
  expect(outcome.done.join()).toContain("on another user, now named mallory: attached the policy");
});

test("when the user is gone by now, it is looked for as after any attach", async () => {
  const responder = createResponder({ first: { at } });
  responder.users.clear();

  const outcome = await responder.respond(event);

  expect(outcome.status).toBe("VANISHED");
});

describe("an event that turned late in between", () => {
  const turned = Date.UTC(2025, 2, 4, 5, 6, 7) + 30 * MINUTES + 1;
  const released = () =>
    new Map([
      ["SecurityStatus", "RELEASED"],
      ["QuarantineEventId", `${EVENT_ID}/${OTHER_REQUEST}`],
    ]);

  test.each([
    ["that was taken", { at: turned - 2 }, [POLICY_ARN]],
    ["whose answer was lost", {}, []],
  ])("is responded to, for a first attach %s may have denied the user", async (_, first, policies) => {
    const mallory = { policies: new Set(policies), tags: released() };
    const responder = createResponder({ start: turned, first, mallory });

    const outcome = await responder.respond(event);

    expect(outcome.status).toBe("QUARANTINED");
  });

  test("and for which nothing was tried is left to those who released the user", async () => {
    const responder = createResponder({ start: turned, mallory: { tags: released() } });

    const outcome = await responder.respond(event);

    expect(outcome).toMatchObject({ status: "IGNORED", alerted: false });
  });
});
