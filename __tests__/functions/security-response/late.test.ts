import { ListUsersCommand } from "@aws-sdk/client-iam";
import { fakeUser, USER_ID } from "../../support/functions/fake-iam";
import { iamError } from "../../support/functions/iam-error";
import { createResponder, POLICY_ARN, START, type Responder } from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";
import { eventOf, type Call } from "../../support/undoing-calls";

const event = loadFixture("events/by-iam-user");
const EVENT_ID = "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001";
const MINUTES = 60_000;
const RELEASED = new Map([
  ["SecurityStatus", "RELEASED"],
  ["QuarantineEventId", `${EVENT_ID}/9d8e7f6a-5b4c-4d3e-8f2a-1b0c9d8e7f6a`],
]);
const late = (): Responder => createResponder({ start: START + 31 * MINUTES });
const namesake = () => fakeUser({ userId: "AIDACKCEVSQ6C2EXAMPLE" });

/** Calls that change something. */
const writes = (responder: Responder): string[] =>
  responder.calls().filter((call) => !/^(Get|List)/.test(call));

test("a late copy leaves a released user alone", async () => {
  const responder = late();
  responder.mallory.tags = new Map(RELEASED);

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "IGNORED", userName: "mallory", alerted: false, severity: "LOW" });
  expect(outcome.verdict).toMatchObject({ action: "ignore", rule: "released" });
  expect(writes(responder)).toEqual([]);
  expect(responder.alerts()).toEqual([]);
});

// The attacker keeps both events waiting for more than two minutes: a function of its own takes all of the
// account's concurrency. The time lies after the call that writes the tags by then, and is not one of them.
test("a release whose time came with the user frees nobody, however late the events are", async () => {
  const created = Date.parse("2025-03-04T05:06:07Z");
  const releasedAt = new Date(created + 3 * MINUTES).toISOString();
  const written = [...RELEASED].map(([key, value]) => ({ key, value }));
  const responder = late();
  responder.mallory.tags = new Map([...RELEASED, ["QuarantineReleasedAt", releasedAt]]);
  const creation = change(loadFixture("events/by-iam-user"), "detail.requestParameters", {
    userName: "mallory",
    tags: [{ key: "quarantineReleasedAt", value: releasedAt }],
  });
  const tagging = change(
    eventOf(["TagUser", { userName: "mallory", tags: written }]),
    "detail.eventTime",
    new Date(created + 20_000).toISOString(),
  );

  await responder.respond(tagging);
  await responder.respond(creation);

  expect([...responder.mallory.policies]).toEqual([POLICY_ARN]);
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
});

// The attacker writes the time of a release before the calls that it is to excuse, and makes those wait for
// more than two minutes.
test.each([
  ["came with the creation", true],
  ["was written before, and answered", false],
])("a release whose time %s frees nobody, when the calls are answered late", async (_, withCreation) => {
  const releasedAt = new Date(START + 60 * MINUTES).toISOString();
  const tags = [{ key: "QuarantineReleasedAt", value: releasedAt }];
  const at = (call: Call, ms: number) =>
    change(eventOf(call), "detail.eventTime", new Date(START + ms).toISOString());
  const responder = createResponder();
  const { mallory } = responder;
  const write = () => tags.forEach(({ key, value }) => mallory.tags.set(key, value));
  if (withCreation) {
    write();
    await responder.respond(change(event, "detail.requestParameters", { userName: "mallory", tags }));
  } else {
    await responder.respond(loadFixture("events/by-iam-user"));
    await responder.advance(5 * MINUTES);
    write();
    await responder.respond(at(["TagUser", { userName: "mallory", tags }], responder.slept()));
  }
  expect(mallory.policies).toContain(POLICY_ARN);
  const called = 60 * MINUTES - 125_000;
  const status = [{ key: "SecurityStatus", value: "RELEASED" }];
  mallory.tags.set("SecurityStatus", "RELEASED");
  mallory.policies.clear();
  mallory.inline.clear();
  mallory.boundary = undefined;
  await responder.advance(60 * MINUTES + 1_000 - responder.slept());

  await responder.respond(at(["TagUser", { userName: "mallory", tags: status }], called));
  await responder.respond(at(["DetachUserPolicy", { userName: "mallory", policyArn: POLICY_ARN }], called));

  expect(mallory.policies).toContain(POLICY_ARN);
  expect(mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
});

// AWS does not say which case a key has after it was written in another one.
test.each([
  ["shows as it was before", "QuarantineReleasedAt", "SecurityStatus"],
  ["shows as it was written", "QUARANTINERELEASEDAT", "securitystatus"],
])("a release in keys of another case, which IAM %s, frees nobody", async (_, timeKey, statusKey) => {
  const responder = createResponder();
  const { mallory } = responder;
  await responder.respond(loadFixture("events/by-iam-user"));
  await responder.advance(60 * MINUTES);
  const called = START + responder.slept();
  const releasedAt = new Date(called + 125_000).toISOString();
  const tags = [
    { key: "QUARANTINERELEASEDAT", value: releasedAt },
    { key: "securitystatus", value: "RELEASED" },
  ];
  mallory.tags.delete("SecurityStatus");
  mallory.tags.set(timeKey, releasedAt).set(statusKey, "RELEASED");
  mallory.policies.clear();
  await responder.advance(3 * MINUTES);

  await responder.respond(
    change(
      eventOf(["TagUser", { userName: "mallory", tags }]),
      "detail.eventTime",
      new Date(called).toISOString(),
    ),
  );

  expect(mallory.policies).toContain(POLICY_ARN);
  expect(mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
});

test("a late copy leaves a user alone who was released and renamed since", async () => {
  const responder = late();
  responder.users.clear();
  responder.users.set("mallory", namesake());
  responder.users.set("mary", fakeUser({ tags: new Map(RELEASED) }));

  const outcome = await responder.respond(event);

  expect(outcome.verdict.rule).toBe("released");
  expect(writes(responder)).toEqual([]);
});

test("a late copy leaves a later user of the same name alone", async () => {
  const responder = late();
  responder.users.set("mallory", namesake());

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "IGNORED", alerted: false });
  expect(outcome.verdict.rule).toBe("other-user");
  expect(writes(responder)).toEqual([]);
});

test("a late event contains the user under its new name, and no namesake", async () => {
  const responder = late();
  const other = namesake();
  responder.users.set("svc-backup", responder.mallory);
  responder.users.set("mallory", other);

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "svc-backup" });
  expect(other.policies.size).toBe(0);
});

test("a late event touches no namesake when the id cannot be looked up", async () => {
  const responder = late();
  responder.users.set("mallory", namesake());
  responder.iam.on(ListUsersCommand).rejects(iamError("AccessDenied", "no", 403));

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow("Failed: find the user");
  expect(writes(responder)).toEqual([]);
});

test.each([
  ["has no tags", new Map<string, string>()],
  ["was released from another event", new Map([...RELEASED, ["QuarantineEventId", "another-event/x"]])],
])("a late event contains a user who %s", async (_, tags) => {
  const responder = late();
  responder.mallory.tags = tags;

  const outcome = await responder.respond(event);

  expect(responder.mallory.userId).toBe(USER_ID);
  expect(outcome.status).toBe("QUARANTINED");
  expect(responder.mallory.policies).toContain(POLICY_ARN);
});

test("a late event contains when nothing can be read", async () => {
  const responder = late();
  responder.iam.rejects(iamError("AccessDenied", "no", 403));

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow("is NOT contained");
  expect(responder.calls()).toContain("AttachUserPolicy");
});

test("a young event goes by no release, which an attacker could write as well", async () => {
  const responder = createResponder({ mallory: { tags: new Map(RELEASED) } });

  const outcome = await responder.respond(event);

  expect(responder.calls()[0]).toBe("AttachUserPolicy");
  expect(outcome.status).toBe("QUARANTINED");
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
});
