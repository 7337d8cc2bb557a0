import type { NamedPolicy } from "../../../lab/authorization/evaluate-policies";
import { Identities } from "../../../lab/authorization/identities";
import type { ResourceNames } from "../../../lab/authorization/permissions/permission";
import type { MotoClient } from "../../../lab/exchange/moto-client";
import { jsonResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";
import { manualClock, propagationOf } from "../../support/lab/manual-clock";

const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const BOB = { kind: "user", accountId: ACCOUNT, name: "bob" } as const;
const DENY = arn("policy/Deny");
const ALLOW = arn("policy/Allow");

const NAMES: ResourceNames = {
  organizationId: "o-lab0000001",
  boundary: () => Promise.resolve(undefined),
  iamEntity: (kind, _account, name) => Promise.resolve(arn(`${kind}/${name}`)),
  keyOwner: () => Promise.resolve(undefined),
  key: () => Promise.resolve(""),
};

/** What IAM stores, in the place of moto. What is undefined does not exist. */
interface Stored {
  users: Record<
    string,
    { attached: string[]; groups: string[]; boundary?: string; team: string } | undefined
  >;
  groups: Record<string, { attached: string[] } | undefined>;
  /** The action that the default version of a policy allows. */
  policies: Record<string, string | undefined>;
  trust: string | undefined;
}

function answer(stored: Stored, action: string, params: Record<string, unknown>): object {
  const user = stored.users[String(params["UserName"])];
  const group = stored.groups[String(params["GroupName"])];
  const policy = stored.policies[String(params["PolicyArn"])];
  const missing = [
    "UserName" in params && user,
    "GroupName" in params && group,
    "PolicyArn" in params && policy,
    "RoleName" in params && stored.trust,
  ].includes(undefined);
  if (missing) {
    throw new AwsError("NoSuchEntity", "not found", 404);
  }
  const attached = (arns: string[] = []) => ({ AttachedPolicies: arns.map((PolicyArn) => ({ PolicyArn })) });
  const answers: Record<string, object> = {
    GetUser: { User: { PermissionsBoundary: { PermissionsBoundaryArn: user?.boundary } } },
    ListAttachedUserPolicies: attached(user?.attached),
    ListGroupsForUser: { Groups: user?.groups.map((GroupName) => ({ GroupName })) },
    ListUserTags: { Tags: [{ Key: "team", Value: user?.team }] },
    ListAttachedGroupPolicies: attached(group?.attached),
    GetPolicy: { Policy: { DefaultVersionId: "v1" } },
    GetPolicyVersion: { PolicyVersion: { Document: JSON.stringify({ Action: policy }) } },
    GetGroup: { Group: { Arn: arn("group/g") } },
    GetRole: {
      Role: {
        Arn: arn("role/path/r"),
        RoleId: "AROADBQP57FF2AEXAMPLE",
        AssumeRolePolicyDocument: JSON.stringify({ Action: stored.trust }),
      },
    },
  };
  return answers[action] ?? {};
}

/** Bob with the policy `Allow`. */
function setUp(propagationMs = 0) {
  const stored: Stored = {
    users: {
      bob: { attached: [ALLOW], groups: [], team: "red" },
      eve: { attached: [], groups: [], team: "red" },
    },
    groups: { admins: { attached: [] } },
    policies: { [ALLOW]: "*", [DENY]: "none" },
    trust: "sts:AssumeRole",
  };
  const moto = jest.fn<ReturnType<MotoClient>, Parameters<MotoClient>>(async (_account, { action, params }) =>
    Promise.resolve(answer(stored, action, params) as Record<string, unknown>),
  );
  const clock = manualClock();
  const identities = new Identities({ moto, names: NAMES, propagation: propagationOf(propagationMs, clock) });
  /** Changes what is stored, by the call that does so. */
  const change = async (action: string, params: Record<string, unknown>, edit: (stored: Stored) => void) => {
    const exchange = exchangeOf({ service: "iam", action, params });
    await identities.beforeChange(exchange);
    edit(stored);
    await identities.observe(exchange, jsonResponse({}));
  };
  const attach = (UserName: string, PolicyArn = DENY) =>
    change("AttachUserPolicy", { UserName, PolicyArn }, ({ users }) =>
      users[UserName]?.attached.push(PolicyArn),
    );
  const bob = () => identities.stateOf(BOB);
  const names = (policies: readonly NamedPolicy[]): string[] => policies.map(({ name }) => name);
  const namesOf = async (): Promise<string[]> => names((await bob()).identityPolicies);
  return { identities, moto, clock, change, attach, bob, namesOf };
}

describe("Identities", () => {
  test("read the state of a user once", async () => {
    const { moto, bob } = setUp();

    const first = await bob();
    const calls = moto.mock.calls.length;

    expect(first).toMatchObject({
      identityPolicies: [{ name: ALLOW }],
      boundary: undefined,
      tags: { team: "red" },
    });
    expect(await bob()).toEqual(first);
    expect(moto).toHaveBeenCalledTimes(calls);
  });

  test("apply a change at once when nothing is delayed, and read nothing else again", async () => {
    const { moto, attach, namesOf } = setUp();
    await namesOf();
    await attach("eve");
    const calls = moto.mock.calls.length;
    const before = await namesOf();
    const callsOfOthers = moto.mock.calls.length - calls;

    await attach("bob");

    expect(before).toEqual([ALLOW]);
    expect(callsOfOthers).toBe(0);
    expect(await namesOf()).toEqual([ALLOW, DENY]);
  });

  type Change = Parameters<ReturnType<typeof setUp>["change"]>;

  test.each<[string, (lab: ReturnType<typeof setUp>) => Promise<unknown>, Change, unknown, unknown]>([
    [
      "an attached policy",
      ({ namesOf }) => namesOf(),
      ["AttachUserPolicy", { UserName: "bob" }, ({ users }) => users["bob"]?.attached.push(DENY)],
      [ALLOW],
      [ALLOW, DENY],
    ],
    [
      "membership in a group",
      ({ namesOf }) => namesOf(),
      [
        "AddUserToGroup",
        { UserName: "bob", GroupName: "admins" },
        ({ users, groups }) => {
          groups["admins"]?.attached.push(DENY);
          users["bob"]?.groups.push("admins");
        },
      ],
      [ALLOW],
      [ALLOW, DENY],
    ],
    [
      "the default version of a policy",
      async ({ bob }) => (await bob()).identityPolicies[0]?.policy,
      ["SetDefaultPolicyVersion", { PolicyArn: ALLOW }, ({ policies }) => (policies[ALLOW] = "s3:*")],
      { Action: "*" },
      { Action: "s3:*" },
    ],
    [
      "a permissions boundary",
      async ({ bob }) => (await bob()).boundary?.name,
      [
        "PutUserPermissionsBoundary",
        { UserName: "bob" },
        ({ users }) => Object.assign(users["bob"] ?? {}, { boundary: DENY }),
      ],
      undefined,
      DENY,
    ],
    [
      "the tags of the caller",
      async ({ bob }) => (await bob()).tags,
      ["TagUser", { UserName: "bob" }, ({ users }) => Object.assign(users["bob"] ?? {}, { team: "blue" })],
      { team: "red" },
      { team: "blue" },
    ],
    [
      "the tags of the resource",
      async ({ identities }) => (await identities.tagsOf(arn("user/bob")))["aws:ResourceTag/team"],
      ["TagUser", { UserName: "bob" }, ({ users }) => Object.assign(users["bob"] ?? {}, { team: "blue" })],
      "red",
      "blue",
    ],
    [
      "a trust policy",
      ({ identities }) => identities.role(ACCOUNT, "r").then((role) => role?.trustPolicy),
      ["UpdateAssumeRolePolicy", { RoleName: "r" }, (stored) => (stored.trust = "none")],
      { Action: "sts:AssumeRole" },
      { Action: "none" },
    ],
    [
      "the deletion of a role",
      ({ identities }) => identities.role(ACCOUNT, "r").then((role) => role && [role.arn, role.id]),
      ["DeleteRole", { RoleName: "r" }, (stored) => (stored.trust = undefined)],
      [arn("role/path/r"), "AROADBQP57FF2AEXAMPLE"],
      undefined,
    ],
    [
      "the deletion of a user",
      ({ namesOf }) => namesOf(),
      ["DeleteUser", { UserName: "bob" }, ({ users }) => (users["bob"] = undefined)],
      [ALLOW],
      [],
    ],
    [
      "the deletion of a policy",
      ({ namesOf }) => namesOf(),
      ["DeletePolicy", { PolicyArn: ALLOW }, ({ policies }) => (policies[ALLOW] = undefined)],
      [ALLOW],
      [],
    ],
  ])(
    "apply %s only when it has propagated, even if it was never read",
    async (_name, look, change, old, changed) => {
      const lab = setUp(4_000);
      await lab.change(...change);

      const atOnce = await look(lab);
      await lab.clock.sleep(3_999);
      const shortly = await look(lab);
      await lab.clock.sleep(1);

      expect([atOnce, shortly, await look(lab)]).toEqual([old, old, changed]);
    },
  );

  test("apply each change on its own clock", async () => {
    const { attach, namesOf, clock } = setUp(4_000);
    await attach("bob");
    await clock.sleep(1_000);
    await attach("bob", arn("policy/unknown"));
    await attach("bob", ALLOW);

    await clock.sleep(2_999);
    const before = await namesOf();
    await clock.sleep(1);
    const first = await namesOf();
    await clock.sleep(1_000);

    expect([before, first]).toEqual([[ALLOW], [ALLOW, DENY]]);
    expect(await namesOf()).toEqual([ALLOW, DENY, ALLOW]);
  });

  test("go on with a policy that was detached and deleted until the detachment has propagated", async () => {
    const { change, namesOf, clock } = setUp(4_000);
    await change("DetachUserPolicy", { UserName: "bob" }, ({ users }) => users["bob"]?.attached.pop());
    await clock.sleep(10);
    await change("DeletePolicy", { PolicyArn: ALLOW }, ({ policies }) => (policies[ALLOW] = undefined));

    await clock.sleep(3_989);
    const before = await namesOf();
    await clock.sleep(1);

    expect(before).toEqual([ALLOW]);
    expect(await namesOf()).toEqual([]);
  });

  test("give a renamed user its policies under both names until the change has propagated", async () => {
    const { identities, change, namesOf, clock } = setUp(4_000);
    const rename = { UserName: "bob", NewUserName: "rob" };
    await change(
      "UpdateUser",
      rename,
      ({ users }) => ([users["rob"], users["bob"]] = [users["bob"], undefined]),
    );

    const old = await namesOf();
    await clock.sleep(4_000);

    expect(old).toEqual([ALLOW]);
    expect(await identities.stateOf({ ...BOB, name: "rob" })).toMatchObject({
      identityPolicies: [{ name: ALLOW }],
    });
  });

  const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:alerts`;
  const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:q`;
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/q`;

  test.each([
    [
      "again after the Tagging API set them",
      "tagging",
      "TagResources",
      { ResourceARNList: [TOPIC] },
      TOPIC,
      2,
    ],
    [
      "again after the Tagging API removed them",
      "tagging",
      "UntagResources",
      { ResourceARNList: [TOPIC] },
      TOPIC,
      2,
    ],
    ["again after the queue was tagged", "sqs", "TagQueue", { QueueUrl }, QUEUE, 2],
    ["once when messages are deleted", "sqs", "DeleteMessage", { QueueUrl }, QUEUE, 1],
    ["once when messages are deleted in a batch", "sqs", "DeleteMessageBatch", { QueueUrl }, QUEUE, 1],
  ])("read tags %s", async (_name, service, action, params, tagged, reads) => {
    const { identities, moto } = setUp();
    await identities.tagsOf(tagged);

    const exchange = exchangeOf({ service: "sqs", action, params });
    await identities.observe({ ...exchange, request: { ...exchange.request, service } }, jsonResponse({}));
    await identities.tagsOf(tagged);

    expect(moto).toHaveBeenCalledTimes(reads);
  });

  test("ignore a refused change", async () => {
    const { identities, moto, namesOf } = setUp();
    await namesOf();
    const calls = moto.mock.calls.length;

    const exchange = exchangeOf({ service: "iam", action: "DeleteUser", params: { UserName: "bob" } });
    await identities.observe(exchange, jsonResponse({}, 403));

    expect(await namesOf()).toEqual([ALLOW]);
    expect(moto).toHaveBeenCalledTimes(calls);
  });
});
