import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  ListAttachedUserPoliciesCommand,
  ListUsersCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import type { UserCredentials } from "../../lab/organization/seed";
import { labApi } from "../support/lab/api";
import { document, LabUsers } from "../support/lab/users";

const MANAGEMENT = "123456789012";
const MEMBER = "444455556666";
const OTHER = "777788889999";
/** On the lab's clock, which the tests move: long enough that no slow machine gets through it by itself. */
const WINDOW_MS = 20 * 60_000;
const ALLOW = document("Allow", "*");
const DENY = document("Deny", "*");

let lab: Lab;
let client: LabClient;
let users: LabUsers;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  client = new LabClient(addressOf(lab));
  users = new LabUsers(lab, MEMBER);
});

afterAll(async () => {
  await lab.stop();
});

/** A call whose answer the change decides. */
type Call = () => Promise<unknown>;

/** How a call was answered: `allowed`, or the error. */
async function answerOf(call: Call): Promise<string> {
  return call().then(
    () => "allowed",
    (error: unknown) => (error as Error).name,
  );
}

interface NewUser {
  readonly UserName: string;
  readonly credentials: UserCredentials;
  readonly list: Call;
}

async function newUser(PolicyDocument?: string): Promise<NewUser> {
  const UserName = users.newName();
  await users.iam.send(new CreateUserCommand({ UserName }));
  if (PolicyDocument !== undefined) {
    await users.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "Own", PolicyDocument }));
  }
  const credentials = await newKey(UserName);
  return { UserName, credentials, list: () => listUsers(credentials) };
}

async function newKey(UserName: string): Promise<UserCredentials> {
  const { AccessKey } = await users.iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

const listUsers = (credentials: UserCredentials) =>
  client.iam(MEMBER, credentials).send(new ListUsersCommand({}));

const whoAmI = (credentials: UserCredentials) =>
  new STSClient({ endpoint: lab.endpoint, region: lab.region, credentials }).send(
    new GetCallerIdentityCommand({}),
  );

async function newRole(): Promise<string> {
  const RoleName = users.newName();
  const AssumeRolePolicyDocument = trustPolicy("Allow");
  await users.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await users.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "Own", PolicyDocument: ALLOW }));
  return RoleName;
}

function trustPolicy(Effect: "Allow" | "Deny"): string {
  const Principal = { AWS: `arn:aws:iam::${MEMBER}:root` };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect, Principal, Action: "sts:AssumeRole" }],
  });
}

function ifTag(key: string): string {
  const Condition = { StringEquals: { [key]: "red" } };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "iam:*", Resource: "*", Condition }],
  });
}

const tag = (UserName: string, Value: string) =>
  users.iam.send(new TagUserCommand({ UserName, Tags: [{ Key: "team", Value }] }));

/** A change, and the call that it decides about. */
interface Case {
  readonly change: () => Promise<unknown>;
  readonly call: Call;
}

const denyInline = (UserName: string) =>
  users.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "Deny", PolicyDocument: DENY }));

/** By what is changed. What a case needs is made when nothing is delayed yet. */
const CASES: Readonly<Record<string, () => Promise<Case>>> = {
  "an attached policy": async () => {
    const { UserName, list } = await newUser(ALLOW);
    const PolicyArn = await users.newPolicy(DENY);
    return { change: () => users.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn })), call: list };
  },
  "an inline policy": async () => {
    const { UserName, list } = await newUser(ALLOW);
    return { change: () => denyInline(UserName), call: list };
  },
  "membership in a group": async () => {
    const { UserName, list } = await newUser(ALLOW);
    const GroupName = users.newName();
    await users.iam.send(new CreateGroupCommand({ GroupName }));
    await users.iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName: "Deny", PolicyDocument: DENY }));
    return { change: () => users.iam.send(new AddUserToGroupCommand({ GroupName, UserName })), call: list };
  },
  "a policy of a group": async () => {
    const { UserName, list } = await newUser(ALLOW);
    const GroupName = users.newName();
    await users.iam.send(new CreateGroupCommand({ GroupName }));
    await users.iam.send(new AddUserToGroupCommand({ GroupName, UserName }));
    const put = new PutGroupPolicyCommand({ GroupName, PolicyName: "Deny", PolicyDocument: DENY });
    return { change: () => users.iam.send(put), call: list };
  },
  "the default version of a policy": async () => {
    const { UserName, list } = await newUser();
    const PolicyArn = await users.newPolicy(ALLOW);
    await users.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    const version = { PolicyArn, PolicyDocument: DENY, SetAsDefault: true };
    return { change: () => users.iam.send(new CreatePolicyVersionCommand(version)), call: list };
  },
  "a detached and deleted policy": async () => {
    const { UserName, list } = await newUser();
    const PolicyArn = await users.newPolicy(ALLOW);
    await users.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    const change = async () => {
      await users.iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
      await users.iam.send(new DeletePolicyCommand({ PolicyArn }));
    };
    return { change, call: list };
  },
  "a permissions boundary": async () => {
    const { UserName, list } = await newUser(ALLOW);
    const PermissionsBoundary = await users.newPolicy(DENY);
    const put = new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary });
    return { change: () => users.iam.send(put), call: list };
  },
  "a policy of a role": async () => {
    const RoleName = await newRole();
    const session = await client.assumeRole(MEMBER, RoleName);
    const change = () => users.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "Own" }));
    return { change, call: () => listUsers(session) };
  },
  "a trust policy": async () => {
    const RoleName = await newRole();
    const update = new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trustPolicy("Deny") });
    return { change: () => users.iam.send(update), call: () => client.assumeRole(MEMBER, RoleName) };
  },
  "a deleted role": async () => {
    const RoleName = await newRole();
    const change = async () => {
      await users.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "Own" }));
      await users.iam.send(new DeleteRoleCommand({ RoleName }));
    };
    return { change, call: () => client.assumeRole(MEMBER, RoleName) };
  },
  "a tag of the caller": async () => {
    const { UserName, list } = await newUser(ifTag("aws:PrincipalTag/team"));
    await tag(UserName, "red");
    return { change: () => tag(UserName, "blue"), call: list };
  },
  "a tag of the resource": async () => {
    const { credentials } = await newUser(ifTag("aws:ResourceTag/team"));
    const { UserName } = await newUser();
    await tag(UserName, "red");
    const get = new GetUserCommand({ UserName });
    return { change: () => tag(UserName, "blue"), call: () => client.iam(MEMBER, credentials).send(get) };
  },
  "a deactivated key": async () => {
    const { UserName, credentials } = await newUser();
    return { change: () => setKey(UserName, credentials, "Inactive"), call: () => whoAmI(credentials) };
  },
  "a key that is active again": async () => {
    const { UserName, credentials } = await newUser();
    await setKey(UserName, credentials, "Inactive");
    return { change: () => setKey(UserName, credentials, "Active"), call: () => whoAmI(credentials) };
  },
  "a new key": async () => {
    const { UserName } = await newUser();
    let credentials = { accessKeyId: "AKIAUNKNOWNEXAMPLE00", secretAccessKey: "x" };
    const change = async () => (credentials = await newKey(UserName));
    return { change, call: () => whoAmI(credentials) };
  },
  "a deleted key": async () => {
    const { UserName, credentials } = await newUser();
    const remove = new DeleteAccessKeyCommand({ UserName, AccessKeyId: credentials.accessKeyId });
    return { change: () => users.iam.send(remove), call: () => whoAmI(credentials) };
  },
  "a deleted user": async () => {
    const { UserName, credentials } = await newUser();
    const AccessKeyId = credentials.accessKeyId;
    const change = async () => {
      await users.iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      await users.iam.send(new DeleteUserCommand({ UserName }));
    };
    return { change, call: () => whoAmI(credentials) };
  },
};

const setKey = (UserName: string, { accessKeyId }: UserCredentials, Status: "Active" | "Inactive") =>
  users.iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: accessKeyId, Status }));

describe("a change", () => {
  /** What the call of each case was answered: before the change, at once, in the window and after it. */
  const seen: Record<string, string[]> = {};

  beforeAll(async () => {
    const cases: [string, Case][] = [];
    for (const [name, prepare] of Object.entries(CASES)) {
      cases.push([name, await prepare()]);
    }
    lab.settings.change({ propagationMs: WINDOW_MS });
    const look = () =>
      Promise.all(cases.map(async ([name, { call }]) => (seen[name] ??= []).push(await answerOf(call))));
    await look();
    await Promise.all(cases.map(([, { change }]) => change()));
    await look();
    await lab.advance(WINDOW_MS / 2);
    await look();
    await lab.advance(WINDOW_MS / 2);
    await look();
    lab.settings.change({ propagationMs: 0 });
  });

  test.each([
    ["an attached policy", "allowed", "AccessDenied"],
    ["an inline policy", "allowed", "AccessDenied"],
    ["membership in a group", "allowed", "AccessDenied"],
    ["a policy of a group", "allowed", "AccessDenied"],
    ["the default version of a policy", "allowed", "AccessDenied"],
    ["a detached and deleted policy", "allowed", "AccessDenied"],
    ["a permissions boundary", "allowed", "AccessDenied"],
    ["a policy of a role", "allowed", "AccessDenied"],
    ["a trust policy", "allowed", "AccessDenied"],
    ["a deleted role", "allowed", "AccessDenied"],
    ["a tag of the caller", "allowed", "AccessDenied"],
    ["a tag of the resource", "allowed", "AccessDenied"],
    ["a deactivated key", "allowed", "InvalidClientTokenId"],
    ["a key that is active again", "InvalidClientTokenId", "allowed"],
    ["a new key", "InvalidClientTokenId", "allowed"],
    ["a deleted key", "allowed", "InvalidClientTokenId"],
    ["a deleted user", "allowed", "InvalidClientTokenId"],
  ])("of %s takes effect after the window, not before", (name, before, after) => {
    expect(seen[name]).toEqual([before, before, before, after]);
  });

  test("takes effect on its own clock, and is shown at once", async () => {
    const [first, second] = [await newUser(ALLOW), await newUser(ALLOW)];
    const PolicyArn = await users.newPolicy(DENY);
    const attach = ({ UserName }: NewUser) =>
      users.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    lab.settings.change({ propagationMs: WINDOW_MS });

    await attach(first);
    const { AttachedPolicies } = await users.iam.send(
      new ListAttachedUserPoliciesCommand({ UserName: first.UserName }),
    );
    const answers: string[][] = [];
    const look = async () => answers.push([await answerOf(first.list), await answerOf(second.list)]);
    await lab.advance(WINDOW_MS / 2);
    await attach(second);
    await look();
    await lab.advance(WINDOW_MS / 2);
    await look();
    await lab.advance(WINDOW_MS / 2);
    await look();

    lab.settings.change({ propagationMs: 0 });
    expect(AttachedPolicies).toMatchObject([{ PolicyArn }]);
    expect(answers).toEqual([
      ["allowed", "allowed"],
      ["AccessDenied", "allowed"],
      ["AccessDenied", "AccessDenied"],
    ]);
  });
});

test("a service control policy is in force once it is attached", async () => {
  lab.settings.change({ propagationMs: 600_000 });
  const management = labApi(lab.endpoint, lab.credentials(MANAGEMENT).accessKeyId);
  const list = () => client.iam(OTHER).send(new ListUsersCommand({}));
  const { Policy } = await management("organizations", "CreatePolicy", {
    ...{ Name: "no-lists", Description: "", Type: "SERVICE_CONTROL_POLICY" },
    Content: document("Deny", "iam:ListUsers"),
  });
  const { Id: PolicyId } = (Policy as { PolicySummary: { Id: string } }).PolicySummary;
  const before = await answerOf(list);

  await management("organizations", "AttachPolicy", { PolicyId, TargetId: OTHER });
  const attached = await answerOf(list);
  await management("organizations", "DetachPolicy", { PolicyId, TargetId: OTHER });

  expect([before, attached, await answerOf(list)]).toEqual(["allowed", "AccessDenied", "allowed"]);
  lab.settings.change({ propagationMs: 0 });
});
