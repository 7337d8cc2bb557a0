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
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { zipSync } from "fflate";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";
import { document, LabUsers } from "../support/lab/users";

const MEMBER = "444455556666";
const DEFAULTS = { newUserDelayMs: 0, propagationMs: 0, eventDelayMs: 0, lookupDelayMs: 0 };

let lab: Lab;
let users: LabUsers;
let administrator: LabApi;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  users = new LabUsers(lab, MEMBER);
  administrator = labApi(lab.endpoint, lab.credentials(MEMBER).accessKeyId);
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

  test("allow 6,144 characters a managed policy, 2,048 a trust policy, 10,240 inline a role and 5,120 a group", async () => {
    const iam = (action: string, params: Record<string, unknown>) => administrator("iam", action, params);
    const long = (length: number) => document("Deny", `s3:${"x".repeat(length)}`);
    const trust = (length: number) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            ...{ Sid: "x".repeat(length), Effect: "Allow", Action: "sts:AssumeRole" },
            Principal: { Service: "lambda.amazonaws.com" },
          },
        ],
      });
    await iam("CreateRole", { RoleName: "sized", AssumeRolePolicyDocument: trust(1_000) });
    await iam("CreateGroup", { GroupName: "sized" });
    const PolicyArn = await users.newPolicy(`${long(5_900)}${" ".repeat(1_000)}`);
    const ofRole = { RoleName: "sized", PolicyName: "a" };
    const ofGroup = { GroupName: "sized", PolicyName: "a" };
    await iam("PutRolePolicy", { ...ofRole, PolicyDocument: long(10_000) });
    await iam("PutGroupPolicy", { ...ofGroup, PolicyDocument: long(4_900) });

    const asked: readonly [string, Record<string, unknown>, string][] = [
      [
        "CreatePolicy",
        { PolicyName: "long", PolicyDocument: long(6_144) },
        "Cannot exceed quota for PolicySize: 6144",
      ],
      [
        "CreatePolicyVersion",
        { PolicyArn, PolicyDocument: long(6_144) },
        "Cannot exceed quota for PolicySize: 6144",
      ],
      [
        "CreateRole",
        { RoleName: "long", AssumeRolePolicyDocument: trust(2_048) },
        "Cannot exceed quota for ACLSizePerRole: 2048",
      ],
      [
        "UpdateAssumeRolePolicy",
        { RoleName: "sized", PolicyDocument: trust(2_048) },
        "Cannot exceed quota for ACLSizePerRole: 2048",
      ],
      [
        "PutRolePolicy",
        { ...ofRole, PolicyName: "b", PolicyDocument: long(1_000) },
        "Maximum policy size of 10240 bytes exceeded for role sized",
      ],
      [
        "PutGroupPolicy",
        { ...ofGroup, PolicyName: "b", PolicyDocument: long(1_000) },
        "Maximum policy size of 5120 bytes exceeded for group sized",
      ],
    ];
    for (const [action, params, message] of asked) {
      await expect(iam(action, params)).rejects.toMatchObject({
        code: "LimitExceeded",
        status: 409,
        message,
      });
    }
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

  test("keep a user's tags under another name, which nobody else has", async () => {
    const [user, other] = [await users.newUser(), await users.newUser()];
    const Tags = [{ Key: "SecurityStatus", Value: "QUARANTINED" }];
    await users.iam.send(new TagUserCommand({ UserName: user.UserName, Tags }));
    const rename = (NewUserName: string) =>
      users.iam.send(new UpdateUserCommand({ UserName: user.UserName, NewUserName, NewPath: "/moved/" }));

    await expect(rename(other.UserName)).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
    const UserName = `${user.UserName}-renamed`;
    await rename(UserName);

    const listed = await users.iam.send(new ListUserTagsCommand({ UserName }));
    expect(listed.Tags).toEqual(Tags);
    await users.iam.send(new DeleteUserCommand({ UserName }));
    await users.iam.send(new CreateUserCommand({ UserName, Path: "/moved/" }));
    expect((await users.iam.send(new ListUserTagsCommand({ UserName }))).Tags).toEqual([]);
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

  test("give no role a boundary that is not there", async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    });
    const PermissionsBoundary = `arn:aws:iam::${MEMBER}:policy/security/Missing`;
    const role = { RoleName: "bounded", AssumeRolePolicyDocument };

    await expect(administrator("iam", "CreateRole", { ...role, PermissionsBoundary })).rejects.toMatchObject({
      code: "NoSuchEntity",
    });
    await administrator("iam", "CreateRole", role);
    await expect(
      administrator("iam", "PutRolePermissionsBoundary", { RoleName: "bounded", PermissionsBoundary }),
    ).rejects.toMatchObject({ code: "NoSuchEntity" });
  });

  test("list no service-specific credentials", async () => {
    const { UserName } = await users.newUser();

    const { ServiceSpecificCredentials } = await users.iam.send(
      new ListServiceSpecificCredentialsCommand({ UserName }),
    );

    expect(ServiceSpecificCredentials).toEqual([]);
  });
});

describe("quotas of an account and Region", () => {
  test("leave 100 of 1,000 concurrent executions to functions that reserve none", async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    });
    await administrator("iam", "CreateRole", { RoleName: "function", AssumeRolePolicyDocument });
    const ZipFile = Buffer.from(zipSync({ "index.js": Buffer.from("") })).toString("base64");
    const Role = `arn:aws:iam::${MEMBER}:role/function`;
    for (const FunctionName of ["one", "two"]) {
      const params = {
        FunctionName,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role,
        Code: { ZipFile },
      };
      const rest = { method: "POST", path: "/2015-03-31/functions" };
      await administrator("lambda", "CreateFunction", params, rest);
    }
    const reserve = (name: string, ReservedConcurrentExecutions: number) =>
      administrator(
        "lambda",
        "PutFunctionConcurrency",
        { ReservedConcurrentExecutions },
        { method: "PUT", path: `/2017-10-31/functions/${name}/concurrency` },
      );
    await reserve("one", 600);
    await reserve("one", 500);

    await expect(reserve("two", 401)).rejects.toMatchObject({
      code: "InvalidParameterValueException",
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
    await expect(reserve("two", 400)).resolves.toBeDefined();
  });

  test("allow ten resource policies of CloudWatch Logs", async () => {
    const put = (policyName: string) =>
      administrator("logs", "PutResourcePolicy", { policyName, policyDocument: document("Allow", "logs:*") });
    for (let number = 1; number <= 10; number++) {
      await put(`policy-${number}`);
    }

    await expect(put("policy-10")).resolves.toBeDefined();
    await expect(put("policy-11")).rejects.toMatchObject({
      code: "LimitExceededException",
      message: "Resource limit exceeded.",
    });
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
