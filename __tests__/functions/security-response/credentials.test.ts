import {
  DeleteLoginProfileCommand,
  GetLoginProfileCommand,
  ListAccessKeysCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateSSHPublicKeyCommand,
} from "@aws-sdk/client-iam";
import { iamError, noSuchUser } from "../../support/functions/iam-error";
import { createResponder } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const denied = iamError("AccessDenied", "no", 403);
const threeKeys = (): Map<string, string> =>
  new Map([
    ["AKIAIOSFODNN0EXAMPLE", "Active"],
    ["AKIAIOSFODNN1EXAMPLE", "Inactive"],
    ["AKIAIOSFODNN2EXAMPLE", "Active"],
  ]);

test("every active access key is set inactive, also on the second page", async () => {
  const responder = createResponder({ mallory: { keys: threeKeys() } });

  const outcome = await responder.respond(event);

  expect([...responder.mallory.keys.values()]).toEqual(["Inactive", "Inactive", "Inactive"]);
  expect(responder.iam.commandCalls(UpdateAccessKeyCommand)).toHaveLength(2);
  expect(outcome.done).toEqual(
    expect.arrayContaining([
      "set access key AKIAIOSFODNN0EXAMPLE inactive",
      "set access key AKIAIOSFODNN2EXAMPLE inactive",
    ]),
  );
  expect(outcome.open).toEqual([]);
});

test("a key made while the response ran is set inactive too", async () => {
  const responder = createResponder();
  responder.iam
    .on(TagUserCommand)
    .callsFake(() => responder.mallory.keys.set("AKIAIOSFODNN9EXAMPLE", "Active") && {});

  const outcome = await responder.respond(event);

  expect(responder.mallory.keys.get("AKIAIOSFODNN9EXAMPLE")).toBe("Inactive");
  expect(outcome.open).toEqual([]);
});

test("keys are left alone, and reported, when the settings say so", async () => {
  const responder = createResponder({ mallory: { keys: threeKeys() } });

  const outcome = await responder.respond(event, { deactivateAccessKeys: false });

  expect(responder.iam.commandCalls(UpdateAccessKeyCommand)).toHaveLength(0);
  expect(outcome.open).toEqual(["active access keys: AKIAIOSFODNN0EXAMPLE, AKIAIOSFODNN2EXAMPLE"]);
});

describe("credentials of other kinds", () => {
  const mallory = {
    sshKeys: ["APKAEIBAERJR2EXAMPLE"],
    serviceCredentials: ["codecommit.amazonaws.com", "bedrock.amazonaws.com", "cassandra.amazonaws.com"],
    certificates: ["TA7SMP42TDN5Z26OBPJE7EXAMPLE"],
  };

  test("are set inactive like access keys, also on the second page, and the alert says how to undo it", async () => {
    const responder = createResponder({ mallory });

    const outcome = await responder.respond(event);

    expect([...responder.mallory.stopped].sort()).toEqual([
      "ACCAEXAMPLE0",
      "ACCAEXAMPLE1",
      "ACCAEXAMPLE2",
      "APKAEIBAERJR2EXAMPLE",
      "TA7SMP42TDN5Z26OBPJE7EXAMPLE",
    ]);
    expect(outcome.open).toEqual([]);
    const mail = responder.alerts()[0]?.email ?? "";
    const name = "--user-name mallory --status Active";
    expect(mail).toContain("- set SSH public key APKAEIBAERJR2EXAMPLE inactive");
    expect(mail).toContain(`aws iam update-ssh-public-key ${name} --ssh-public-key-id APKAEIBAERJR2EXAMPLE`);
    expect(mail).toContain(
      `aws iam update-service-specific-credential ${name} --service-specific-credential-id ACCAEXAMPLE2`,
    );
    expect(mail).toContain(
      `aws iam update-signing-certificate ${name} --certificate-id TA7SMP42TDN5Z26OBPJE7EXAMPLE`,
    );
  });

  test("are left alone, and reported, when the settings say so", async () => {
    const responder = createResponder({ mallory });

    const outcome = await responder.respond(event, { deactivateAccessKeys: false });

    expect(responder.mallory.stopped.size).toBe(0);
    expect(outcome.open).toEqual([
      "SSH public keys: APKAEIBAERJR2EXAMPLE",
      expect.stringContaining("bedrock.amazonaws.com (ACCAEXAMPLE1)"),
      "signing certificates: TA7SMP42TDN5Z26OBPJE7EXAMPLE",
    ]);
  });

  test("of another user, who has got the name meanwhile, are left alone", async () => {
    const responder = createResponder({ mallory });
    responder.iam.on(TagUserCommand).callsFake(() => {
      responder.mallory.userId = "AIDAOTHEROTHEROTHER00";
      responder.mallory.keys.set("AKIAIOSFODNN9EXAMPLE", "Active");
      return {};
    });

    await responder.respond(event).catch(() => undefined);

    expect(responder.mallory.stopped.size).toBe(0);
    expect(responder.mallory.keys.get("AKIAIOSFODNN9EXAMPLE")).toBe("Active");
  });

  test("that cannot be stopped are reported, and stop nothing else", async () => {
    const responder = createResponder({ mallory });
    responder.iam.on(UpdateSSHPublicKeyCommand).rejects(denied);

    const outcome = await responder.respond(event);

    expect(outcome.status).toBe("QUARANTINED");
    expect(outcome.failed).toEqual([
      { step: "deactivate SSH public key APKAEIBAERJR2EXAMPLE", error: "AccessDenied: no" },
    ]);
    expect(outcome.open).toEqual(["SSH public keys: APKAEIBAERJR2EXAMPLE"]);
    expect(responder.mallory.stopped.size).toBe(4);
  });
});

test("one key that cannot be stopped stops nothing else", async () => {
  const responder = createResponder({ mallory: { keys: threeKeys() } });
  responder.iam.on(UpdateAccessKeyCommand, { AccessKeyId: "AKIAIOSFODNN0EXAMPLE" }).rejects(denied);

  const outcome = await responder.respond(event);

  expect(outcome.status).toBe("QUARANTINED");
  expect(responder.mallory.keys.get("AKIAIOSFODNN2EXAMPLE")).toBe("Inactive");
  expect(outcome.failed).toEqual([
    { step: "deactivate access key AKIAIOSFODNN0EXAMPLE", error: "AccessDenied: no" },
  ]);
  expect(outcome.open).toEqual(["active access keys: AKIAIOSFODNN0EXAMPLE"]);
});

test("keys that cannot be listed are said to be unchecked", async () => {
  const responder = createResponder();
  responder.iam.on(ListAccessKeysCommand).rejects(denied);

  const outcome = await responder.respond(event);

  expect(outcome.status).toBe("QUARANTINED");
  expect(outcome.failed).toContainEqual({ step: "read access keys", error: "AccessDenied: no" });
  expect(outcome.open).toEqual(["access keys could not be checked"]);
});

test("the console password is deleted when the settings say so", async () => {
  const responder = createResponder({ mallory: { hasPassword: true } });

  const outcome = await responder.respond(event);

  expect(responder.mallory.hasPassword).toBe(false);
  expect(outcome.done).toContain("deleted the console password");
  expect(outcome.open).toEqual([]);
});

test("the console password is kept and reported when the settings say so", async () => {
  const responder = createResponder({ mallory: { hasPassword: true, mfaDevices: ["arn:aws:iam::1:mfa/x"] } });

  const outcome = await responder.respond(event, { deleteLoginProfile: false });

  expect(responder.mallory.hasPassword).toBe(true);
  expect(outcome.open).toEqual(["console password"]);
});

test("a console password too new to be deleted is tried until it can be", async () => {
  const responder = createResponder({ mallory: { hasPassword: true } });
  const tooNew = iamError("EntityTemporarilyUnmodifiable", "Login Profile cannot be modified", 409);
  responder.iam
    .on(DeleteLoginProfileCommand)
    .rejectsOnce(tooNew)
    .rejectsOnce(tooNew)
    .callsFake(() => ((responder.mallory.hasPassword = false), {}));

  const outcome = await responder.respond(event);

  expect(outcome.done).toContain("deleted the console password");
  expect(outcome.failed).toEqual([]);
});

test("a console password that stays unmodifiable is reported when the budget is used up", async () => {
  const responder = createResponder({ mallory: { hasPassword: true } });
  const tooNew = iamError("EntityTemporarilyUnmodifiable", "Login Profile cannot be modified", 409);
  responder.iam.on(DeleteLoginProfileCommand).rejects(tooNew);

  const responding = responder.respond(event, {});

  await expect(responding).resolves.toMatchObject({ status: "QUARANTINED" });
  expect(responder.alerts()[0]?.json["open"]).toEqual(["console password, without MFA"]);
});

test("a password of a user IAM does not know is unchecked, not absent", async () => {
  const responder = createResponder({ mallory: { hasPassword: true } });
  responder.iam.on(GetLoginProfileCommand).rejects(noSuchUser("mallory"));

  const outcome = await responder.respond(event, { mode: "observe" });

  expect(outcome.open).toEqual(["console password could not be checked"]);
});
