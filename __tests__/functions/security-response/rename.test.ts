import {
  AttachUserPolicyCommand,
  GetUserCommand,
  ListUserTagsCommand,
  ListUsersCommand,
} from "@aws-sdk/client-iam";
import { fakeUser, USER_ID } from "../../support/functions/fake-iam";
import { iamError } from "../../support/functions/iam-error";
import { createResponder, POLICY_ARN, type Responder } from "../../support/functions/responder";
import { change, DELETE, loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const denied = iamError("AccessDenied", "no", 403);
const KEY = "AKIAIOSFODNN7EXAMPLE";
const withKey = () => ({ keys: new Map([[KEY, "Active"]]) });
const decoy = () => fakeUser({ userId: "AIDACKCEVSQ6C2EXAMPLE", ...withKey() });

function rename(responder: Responder, to: string): void {
  for (const [name, user] of [...responder.users]) {
    if (user.userId !== USER_ID) {
      continue;
    }
    responder.users.delete(name);
    responder.users.set(to, Object.assign(user, { arn: `arn:aws:iam::111122223333:user/${to}` }));
  }
}

test("a user renamed before the response is found by its id and contained", async () => {
  const responder = createResponder({ mallory: withKey() });
  responder.users.set("zoe", decoy());
  rename(responder, "svc-backup");

  const outcome = await responder.respond(event);

  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
  expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
  expect(responder.slept()).toBeLessThan(6_000);
  expect(outcome).toMatchObject({
    status: "QUARANTINED",
    userName: "svc-backup",
    userArn: "arn:aws:iam::111122223333:user/svc-backup",
    failed: [],
  });
  expect(outcome.done[0]).toBe("followed the user, renamed from mallory to svc-backup");
  expect(outcome.summary).toContain("IAM user svc-backup (created as mallory) in account");
  expect(responder.alerts()[0]?.email).toContain("aws iam detach-user-policy --user-name svc-backup");
});

test("a second user under the old name does not draw the quarantine off the first", async () => {
  const responder = createResponder({ mallory: withKey() });
  rename(responder, "svc-backup");
  const namesake = decoy();
  responder.users.set("mallory", namesake);

  const outcome = await responder.respond(event);

  expect(responder.calls()[0]).toBe("AttachUserPolicy");
  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
  expect(namesake.keys.get(KEY)).toBe("Active");
  expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "svc-backup" });
  expect(outcome.done[0]).toBe(`on another user, now named mallory: attached the policy ${POLICY_ARN}`);
});

test("a user renamed after the attach is followed to its keys", async () => {
  const responder = createResponder({ mallory: withKey() });
  responder.iam.on(AttachUserPolicyCommand).callsFakeOnce(() => {
    responder.mallory.policies.add(POLICY_ARN);
    rename(responder, "svc-backup");
    return {};
  });

  const outcome = await responder.respond(event);

  expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
  expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "svc-backup", open: [] });
});

test("a user renamed while its tags settle is followed to its keys", async () => {
  const responder: Responder = createResponder({
    mallory: withKey(),
    onSleep: () => {
      rename(responder, "svc-backup");
      responder.mallory.keys.set("AKIAIOSFODNN9EXAMPLE", "Active");
    },
  });

  const outcome = await responder.respond(event);

  expect([...responder.mallory.keys.values()]).toEqual(["Inactive", "Inactive"]);
  expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "svc-backup" });
});

test("a user swapped for a namesake after the first look is noticed by the inventory", async () => {
  const responder: Responder = createResponder({
    mallory: withKey(),
    onSleep: () => {
      if (responder.users.has("svc-backup")) {
        return;
      }
      rename(responder, "svc-backup");
      responder.users.set("mallory", decoy());
    },
  });

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "svc-backup" });
});

test("a user who is renamed again and again is followed for a while, then reported as not contained", async () => {
  const responder = createResponder({ mallory: withKey() });
  let round = 0;
  responder.iam.on(ListUserTagsCommand).callsFake(() => {
    rename(responder, `svc-${round++}`);
    return {};
  });

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow("Failed: find the user");
  expect(responder.mallory.policies).toContain(POLICY_ARN);
  expect(round).toBeGreaterThan(2);
  expect(responder.alerts()[0]?.json).toMatchObject({ status: "FAILED", severity: "CRITICAL" });
});

test("a user is gone only when its id was looked up and nobody has it", async () => {
  const responder = createResponder();
  responder.users.clear();
  responder.users.set("zoe", decoy());

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "VANISHED", severity: "MEDIUM", alerted: true });
  expect(outcome.summary).toContain("does not exist or is not visible yet");
});

test("a user replaced by a namesake is gone, and the namesake is named", async () => {
  const responder = createResponder();
  responder.users.set("mallory", decoy());

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "VANISHED", severity: "MEDIUM" });
  expect(outcome.done).toEqual([`on another user, now named mallory: attached the policy ${POLICY_ARN}`]);
});

test("without an id in the event, a missing name counts as gone, and as high", async () => {
  const responder = createResponder();
  responder.users.clear();

  const outcome = await responder.respond(
    change(loadFixture("events/by-iam-user"), "detail.responseElements.user.userId", DELETE),
  );

  expect(outcome).toMatchObject({ status: "VANISHED", severity: "HIGH" });
  expect(outcome.summary).toContain("the event does not state its id");
  expect(responder.calls()).not.toContain("ListUsers");
});

test("a missing user whose id cannot be looked up is not contained", async () => {
  const responder = createResponder();
  responder.users.clear();
  responder.iam.on(ListUsersCommand).rejects(denied);

  const responding = responder.respond(event);

  await expect(responding).rejects.toThrow("Failed: find the user");
});

test("an id that nobody may read is reported, and stops nothing", async () => {
  const responder = createResponder({ mallory: withKey() });
  responder.iam.on(GetUserCommand).rejects(denied);
  responder.iam.on(ListUsersCommand).rejects(denied);

  const outcome = await responder.respond(event);

  expect(outcome.status).toBe("QUARANTINED");
  expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
  expect(outcome.failed).toContainEqual({ step: "read the user id", error: "AccessDenied: no" });
});
