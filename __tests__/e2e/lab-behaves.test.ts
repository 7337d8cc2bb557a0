import { setTimeout as sleep } from "node:timers/promises";
import {
  AttachUserPolicyCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeleteUserCommand,
  GetUserCommand,
  ListServiceSpecificCredentialsCommand,
  ListUserTagsCommand,
  ListUsersCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  TagUserCommand,
} from "@aws-sdk/client-iam";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { eventually } from "../support/eventually";
import { document, LabUsers } from "../support/lab/users";

const MEMBER = "444455556666";
const DEFAULTS = { newUserDelayMs: 0, propagationMs: 0, eventDelayMs: 0 };

let lab: Lab;
let users: LabUsers;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  users = new LabUsers(lab, MEMBER);
});

afterEach(() => {
  lab.faults.clear();
  lab.settings.change(DEFAULTS);
});

afterAll(async () => {
  await lab.stop();
});

describe("IAM's own rules", () => {
  const refused = { $metadata: { httpStatusCode: 409 } };

  test("allow ten managed policies a user", async () => {
    const { UserName } = await users.newUser({ administers: false });
    const attach = async (PolicyArn: string) =>
      users.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    const arns = await Promise.all(
      Array.from({ length: 11 }, () => users.newPolicy(document("Deny", "s3:*"))),
    );
    for (const arn of arns.slice(0, 10)) {
      await attach(arn);
    }

    const again = attach(arns[0] ?? "");
    const eleventh = attach(arns[10] ?? "");

    await expect(again).resolves.toBeDefined();
    await expect(eleventh).rejects.toMatchObject({
      ...refused,
      name: "LimitExceededException",
      message: "Cannot exceed quota for PoliciesPerUser: 10",
    });
  });

  test("allow 2,048 characters of inline policies a user", async () => {
    const { UserName } = await users.newUser();
    const put = (PolicyName: string, length: number) => {
      const PolicyDocument = document("Deny", `s3:${"x".repeat(length)}`);
      return users.iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
    };
    await put("a", 900);
    await put("a", 900);

    await expect(put("b", 1_000)).rejects.toMatchObject({ ...refused, name: "LimitExceededException" });
    await expect(put("b", 800)).resolves.toBeDefined();
  });

  test("take a tag in another case for the same tag, and 50 a user", async () => {
    const { UserName } = await users.newUser();
    const tag = (...keys: string[]) =>
      users.iam.send(new TagUserCommand({ UserName, Tags: keys.map((Key) => ({ Key, Value: "v" })) }));
    await tag("securitystatus");

    await tag("SecurityStatus");

    const { Tags } = await users.iam.send(new ListUserTagsCommand({ UserName }));
    expect(Tags).toEqual([{ Key: "SecurityStatus", Value: "v" }]);
    await tag(...Array.from({ length: 49 }, (_, index) => `key-${index}`));
    await expect(tag("one-more")).rejects.toMatchObject({ ...refused, name: "LimitExceededException" });
  });

  test("keep what is still in use", async () => {
    const { UserName } = await users.newUser();
    const PolicyArn = await users.newPolicy(document("Deny", "s3:*"));
    await users.iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: PolicyArn }));

    await expect(users.iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await expect(users.iam.send(new DeleteUserCommand({ UserName }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
  });

  test("list no service-specific credentials", async () => {
    const { UserName } = await users.newUser();

    const { ServiceSpecificCredentials } = await users.iam.send(
      new ListServiceSpecificCredentialsCommand({ UserName }),
    );

    expect(ServiceSpecificCredentials).toEqual([]);
  });
});

describe("settings", () => {
  test("let a new user be unknown for a while", async () => {
    lab.settings.change({ newUserDelayMs: 60_000 });
    const UserName = users.newName();
    await users.iam.send(new CreateUserCommand({ UserName }));

    const atOnce = users.iam.send(new GetUserCommand({ UserName }));

    await expect(atOnce).rejects.toMatchObject({ name: "NoSuchEntityException" });
    lab.settings.change({ newUserDelayMs: 300 });
    await eventually("the user", () =>
      users.iam.send(new GetUserCommand({ UserName })).catch(() => undefined),
    );
  });
});

describe("faults", () => {
  const list = () => users.iam.send(new ListUsersCommand({}));
  const post = (fault: object) =>
    fetch(`${lab.endpoint}/_lab/faults`, { method: "POST", body: JSON.stringify(fault) });

  test.each([
    ["throttle", "Throttling", 400],
    ["error", "ServiceFailureException", 500],
    ["refuse", "AccessDenied", 403],
  ])("of the kind %s are answered as IAM does, until they are cleared", async (kind, name, status) => {
    const set = await post({ service: "iam", action: "ListUsers", kind });

    const failed = list();

    expect(set.status).toBe(201);
    await expect(failed).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(lab.faults.list()).toMatchObject([{ kind, hits: 1 }]);
    await fetch(`${lab.endpoint}/_lab/faults`, { method: "DELETE" });
    await expect(list()).resolves.toBeDefined();
  });

  test("of the kind timeout leave the client waiting", async () => {
    await post({ action: "ListUsers", kind: "timeout", count: 1 });
    const patience = new AbortController();

    const waited = users.iam.send(new ListUsersCommand({}), { abortSignal: patience.signal });
    const ended = waited.then(
      () => "answered",
      (error: Error) => error.name,
    );
    await eventually("the hit", () => lab.faults.list()[0]?.hits === 1 || undefined);
    await expect(Promise.race([ended, sleep(300, "waiting")])).resolves.toBe("waiting");
    patience.abort();

    await expect(ended).resolves.toBe("AbortError");
    await expect(list()).resolves.toBeDefined();
  });

  test("hit only the caller they name", async () => {
    const { UserName, api } = await users.newUser();
    await post({ action: "*", kind: "refuse", principal: `user/${UserName}` });

    await expect(api("iam", "ListUsers", {})).rejects.toMatchObject({ code: "AccessDenied" });
    await expect(list()).resolves.toBeDefined();
  });

  test("that cannot be set are refused with the field", async () => {
    const answer = await post({ action: "*", kind: "explode" });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ field: "kind" });
  });
});
