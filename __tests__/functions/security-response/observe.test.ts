import { GetUserCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { fakeUser } from "../../support/functions/fake-iam";
import { iamError, noSuchUser } from "../../support/functions/iam-error";
import { createResponder, type Responder } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const observe = (responder: Responder) => responder.respond(event, { mode: "observe" });

test("a user IAM does not show yet is waited for", async () => {
  const hidden = fakeUser({ keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]) });
  const responder: Responder = createResponder({
    onSleep: () => {
      if (responder.slept() > 3_000) {
        responder.users.set("mallory", hidden);
      }
    },
  });
  responder.users.clear();

  const outcome = await observe(responder);

  expect(outcome).toMatchObject({ status: "OBSERVED", failed: [] });
  expect(outcome.open).toEqual(["active access keys: AKIAIOSFODNN7EXAMPLE"]);
});

test("a renamed user is observed under its new name", async () => {
  const responder = createResponder();
  responder.users.set("svc-backup", responder.mallory);
  responder.users.set("mallory", fakeUser({ userId: "AIDACKCEVSQ6C2EXAMPLE" }));
  responder.mallory.groups.push("admins");

  const outcome = await observe(responder);

  expect(outcome).toMatchObject({ status: "OBSERVED", userName: "svc-backup", open: ["groups: admins"] });
});

test("a user who never shows has vanished", async () => {
  const responder = createResponder();
  responder.users.clear();

  const outcome = await observe(responder);

  expect(outcome).toMatchObject({ status: "VANISHED", severity: "MEDIUM", alerted: true });
  expect(responder.slept()).toBeLessThan(9_000);
});

test("a user who never shows and cannot be looked up is said not to be found", async () => {
  const responder = createResponder();
  responder.iam.on(GetUserCommand).rejects(noSuchUser("mallory"));
  responder.iam.on(ListUsersCommand).rejects(iamError("AccessDenied", "no", 403));

  const outcome = await observe(responder);

  expect(outcome.status).toBe("OBSERVED");
  expect(outcome.failed).toEqual([{ step: "find the user", error: "AccessDenied: no" }]);
});
