import { setTimeout as sleep } from "node:timers/promises";
import {
  AttachUserPolicyCommand,
  ListUserTagsCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UntagUserCommand,
} from "@aws-sdk/client-iam";
import { PublishCommand } from "@aws-sdk/client-sns";
import { TAG_KEYS } from "../../../functions/contract";
import { iamError } from "../../support/functions/iam-error";
import {
  createResponder,
  OTHER_REQUEST,
  POLICY_ARN,
  REQUEST,
  type Responder,
} from "../../support/functions/responder";
import { change, loadFixture } from "../../support/load-fixture";

const event = (): Record<string, unknown> => loadFixture("events/by-iam-user");
const EVENT_ID = "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001";
const denied = iamError("AccessDenied", "no", 403);

test("the same event again changes nothing and stays silent", async () => {
  const responder = createResponder();
  await responder.respond(event(), {}, REQUEST);
  const before = structuredClone(responder.mallory);

  const outcome = await responder.respond(event(), {}, OTHER_REQUEST);

  expect(responder.mallory).toEqual(before);
  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: false });
  expect(outcome.done).toContain("already answered");
  expect(responder.alerts()).toHaveLength(1);
});

test("ten deliveries at the same moment alert once", async () => {
  let turn = 0;
  const latency = (): Promise<void> => sleep(1 + (turn++ % 4));
  const responder = createResponder({ sleep: (ms) => sleep(ms / 5), latency });
  const deliveries = Array.from({ length: 10 }, (_, index) =>
    responder.respond(event(), {}, `7a0c6f6e-4d5b-4e0e-9a39-53a3b0c3f00${index}`),
  );

  const outcomes = await Promise.all(deliveries);

  expect(responder.iam.commandCalls(TagUserCommand).length).toBeGreaterThan(1);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill("QUARANTINED"));
  expect(outcomes.filter(({ alerted }) => alerted)).toHaveLength(1);
  expect(responder.alerts()).toHaveLength(1);
});

test("Lambda's retry of the same request alerts", async () => {
  const responder = createResponder();
  await responder.respond(event(), {}, REQUEST);

  const outcome = await responder.respond(event(), {}, REQUEST);

  expect(outcome.alerted).toBe(true);
});

test("Lambda's retry of a request says when the user was contained, which was at the first attempt", async () => {
  const responder = createResponder();
  responder.sns.on(PublishCommand).rejectsOnce(new Error("SNS is down"));
  await expect(responder.respond(event(), {}, REQUEST)).rejects.toThrow("SNS is down");
  const containedAt = responder.mallory.tags.get("QuarantineTime");

  const outcome = await responder.respond(event(), {}, REQUEST);

  expect(responder.slept()).toBeGreaterThan(0);
  expect(outcome.containedAt).toBe(containedAt);
  expect(responder.mallory.tags.get("QuarantineTime")).toBe(containedAt);
});

test("a time that another request has written is not taken for this one's", async () => {
  const responder = createResponder();
  responder.mallory.tags.set("QuarantineTime", "2025-03-04T05:06:08.000Z");
  responder.mallory.tags.set("QuarantineMethod", "managed-policy");

  const outcome = await responder.respond(event(), {}, REQUEST);

  expect(outcome.containedAt).toBe("2025-03-04T05:06:09.000Z");
});

test("an event sent back from the dead-letter queue alerts, though its first request has claimed the user", async () => {
  const record = loadFixture("events/on-failure-record");
  const responder = createResponder();
  responder.mallory.tags.set("QuarantineEventId", `${EVENT_ID}/7a0c6f6e-4d5b-4e0e-9a39-53a3b0c3f001`);

  const outcome = await responder.respond(record, {}, REQUEST);

  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true });
});

test("an event sent back after another delivery has answered it stays silent", async () => {
  const record = loadFixture("events/on-failure-record");
  const responder = createResponder();
  responder.mallory.tags.set("QuarantineEventId", `${EVENT_ID}/${OTHER_REQUEST}`);

  const outcome = await responder.respond(record, {}, REQUEST);

  expect(outcome.alerted).toBe(false);
});

test("another creation of a user of the same name is answered anew", async () => {
  const responder = createResponder();
  await responder.respond(event(), {}, REQUEST);
  const recreated = change(event(), "detail.eventID", "another-event");

  const outcome = await responder.respond(recreated, {}, OTHER_REQUEST);

  expect(outcome.alerted).toBe(true);
  expect(responder.mallory.tags.get("QuarantineEventId")).toBe(`another-event/${OTHER_REQUEST}`);
});

test.each([
  ["of no known form", "claimed"],
  ["that only begins alike", `${EVENT_ID}0/${OTHER_REQUEST}`],
  ["without a request", EVENT_ID],
  ["by no Lambda request", `${EVENT_ID}/request-2`],
])("a claim %s silences nothing", async (_, value) => {
  const responder = createResponder();
  responder.mallory.tags.set("QuarantineEventId", value);

  const outcome = await responder.respond(event());

  expect(outcome.alerted).toBe(true);
});

test("tags that cannot be read do not hold the alert back", async () => {
  const responder = createResponder();
  responder.iam.on(ListUserTagsCommand).rejects(denied);

  const outcome = await responder.respond(event());

  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true });
});

test.each([
  ["a refusal", denied, "AccessDenied: no"],
  ["50 tags", iamError("LimitExceeded", "TagsPerUser: 50", 409), "LimitExceeded: TagsPerUser: 50"],
])("tags that cannot be written for %s hide neither containment nor alert", async (_, error, text) => {
  const responder = createResponder();
  responder.iam.on(TagUserCommand).rejects(error);

  const outcome = await responder.respond(event());

  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true });
  expect(outcome.failed).toEqual([{ step: "tag", error: text }]);
});

test("two writes that meet are tried again", async () => {
  const responder = createResponder();
  responder.iam
    .on(TagUserCommand)
    .rejectsOnce(iamError("ConcurrentModification", "try again", 409))
    .resolves({});

  const outcome = await responder.respond(event());

  expect(outcome.failed).toEqual([]);
  expect(outcome.done).toContain("tagged the user");
});

describe("a user who has come with fifty tags, the most that IAM allows", () => {
  const withTags = (first: readonly [string, string][]) => {
    const filling = Array.from({ length: 50 - first.length }, (_, index) => [`k${index}`, "v"] as const);
    return createResponder({ mallory: { tags: new Map([...first, ...filling]) } });
  };

  // The guard knows such a user by the status alone, where no managed policy is attached.
  test("gets all of ours, and the alert lists those that went for them", async () => {
    const responder = withTags([["SecurityStatus", "RELEASED"]]);

    const outcome = await responder.respond(event());

    expect(outcome.failed).toEqual([]);
    expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
    expect(responder.mallory.tags.get("QuarantineEventId")).toBe(`${EVENT_ID}/${REQUEST}`);
    expect(responder.mallory.tags.get("k36")).toBe("v");
    expect(outcome.done).toContain("removed the tag k37=v, to make room for ours");
  });

  test("has room for the tags of a release, too", async () => {
    const responder = withTags([]);

    await responder.respond(event());

    const foreign = [...responder.mallory.tags.keys()].filter((key) => key.startsWith("k"));
    expect(foreign).toHaveLength(50 - Object.keys(TAG_KEYS).length);
  });

  test("loses none of them where ours fit", async () => {
    const responder = createResponder({ mallory: { tags: new Map([["team", "blue"]]) } });

    await responder.respond(event());

    expect(responder.mallory.tags.get("team")).toBe("blue");
    expect(responder.iam.commandCalls(UntagUserCommand)).toHaveLength(0);
  });

  test("gets them though somebody fills the room again once", async () => {
    const responder = withTags([]);
    responder.iam.on(UntagUserCommand).callsFakeOnce(() => ({}));

    const outcome = await responder.respond(event());

    expect(outcome.failed).toEqual([]);
    expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
  });
});

test("a tag an attacker spelt otherwise is replaced by ours; tags of others stay", async () => {
  const responder = createResponder();
  responder.mallory.tags.set("securitystatus", "TRUSTED").set("QUARANTINEEVENTID", "x").set("team", "blue");

  const outcome = await responder.respond(event());

  expect(responder.iam.commandCalls(UntagUserCommand)).toHaveLength(1);
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
  expect([...responder.mallory.tags.keys()]).not.toContain("securitystatus");
  expect(responder.mallory.tags.get("team")).toBe("blue");
  expect(outcome.done).toContain("removed the tags securitystatus, QUARANTINEEVENTID");
});

test("a claim under another spelling of the key is none of ours, and is replaced", async () => {
  const responder = createResponder();
  responder.mallory.tags.set("quarantineeventid", `${EVENT_ID}/${OTHER_REQUEST}`);

  const outcome = await responder.respond(event());

  expect(outcome.alerted).toBe(true);
  expect([...responder.mallory.tags.keys()]).not.toContain("quarantineeventid");
  expect(responder.mallory.tags.get("QuarantineEventId")).toBe(`${EVENT_ID}/${REQUEST}`);
});

/** Mallory with a key, and with a claim on the event that someone else wrote. */
const claimed = () => ({
  keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]),
  hasPassword: true,
  tags: new Map([["QuarantineEventId", `${EVENT_ID}/${OTHER_REQUEST}`]]),
});

test("a forged claim silences the mail and nothing else, and leaves a line to raise an alarm on", async () => {
  const responder = createResponder({ mallory: claimed() });

  const outcome = await responder.respond(event());

  expect(responder.mallory.keys.get("AKIAIOSFODNN7EXAMPLE")).toBe("Inactive");
  expect(responder.mallory.hasPassword).toBe(false);
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
  expect(responder.mallory.tags.get("QuarantineEventId")).toBe(`${EVENT_ID}/${OTHER_REQUEST}`);
  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: false, answeredElsewhere: true });
  expect(outcome.done).toContain("read back the managed-policy");
  expect(responder.logLines).toContainEqual(
    expect.objectContaining({ level: "warn", answeredElsewhere: true }),
  );
  expect(responder.alerts()).toEqual([]);
});

test("a claim does not silence a response that fails", async () => {
  const responder = createResponder({ mallory: claimed() });
  responder.iam.on(AttachUserPolicyCommand).rejects(denied);
  responder.iam.on(PutUserPolicyCommand).rejects(denied);
  responder.iam.on(PutUserPermissionsBoundaryCommand).rejects(denied);

  const responding = responder.respond(event());

  await expect(responding).rejects.toThrow("is NOT contained");
  expect(responder.alerts()[0]?.json).toMatchObject({ alerted: true, answeredElsewhere: false });
});

test("a claim written while the tags settle hides no deny that was taken off meanwhile", async () => {
  const responder: Responder = createResponder({
    onSleep: () => {
      responder.mallory.tags.set("QuarantineEventId", `${EVENT_ID}/${OTHER_REQUEST}`);
      responder.mallory.policies.delete(POLICY_ARN);
    },
  });

  const outcome = await responder.respond(event());

  expect(responder.mallory.inline.size).toBe(1);
  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "inline-policy", answeredElsewhere: true });
  expect(responder.mallory.tags.get("QuarantineMethod")).toBe("inline-policy");
  expect(responder.mallory.tags.get("QuarantineEventId")).toBe(`${EVENT_ID}/${OTHER_REQUEST}`);
});
