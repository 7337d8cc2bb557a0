import {
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
} from "@aws-sdk/client-iam";
import { removeUsers, type RemovedUsers } from "../../../functions/shared/remove-users";
import { fakeIam, fakeUser, type FakeUser, type IamMock } from "../../support/functions/fake-iam";
import { iamError, noSuchUser } from "../../support/functions/iam-error";
import { POLICY_ARN } from "../../support/functions/responder";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

let users: Map<string, FakeUser>;
let iam: IamMock;
let remaining: number;
let run: (runId?: string) => Promise<RemovedUsers>;

const victim = (runId: string, parts: Partial<FakeUser> = {}): FakeUser =>
  fakeUser({ path: `/attack-simulation/${runId}/`, ...parts });

beforeEach(() => {
  users = new Map();
  remaining = 60_000;
  const { mock, client } = fakeIam(users);
  iam = mock;
  const sleep = (ms: number): Promise<void> => Promise.resolve(void (remaining -= ms));
  const dependencies = {
    iam: client,
    clock: () => -remaining,
    random: () => 0.5,
    sleep,
    remaining: () => remaining,
  };
  run = (runId) =>
    removeUsers(
      `/attack-simulation/${runId === undefined ? "" : `${runId}/`}`,
      { quarantinePolicyArn: POLICY_ARN, ownPolicyArns: [ADMINISTRATOR] },
      dependencies,
    );
});

test("removes a quarantined user with all it holds", async () => {
  users.set(
    "a",
    victim("run1", {
      policies: new Set([POLICY_ARN, ADMINISTRATOR]),
      inline: new Map([["AutomatedSecurityQuarantine", "{}"]]),
      boundary: POLICY_ARN,
      keys: new Map([
        ["AKIAIOSFODNN0EXAMPLE", "Inactive"],
        ["AKIAIOSFODNN1EXAMPLE", "Active"],
      ]),
      hasPassword: true,
    }),
  );

  const answer = await run();

  expect(answer).toEqual({ removed: ["a"], failed: [] });
  expect(users.size).toBe(0);
});

test("removes the users of every run, on every page, and of nobody else", async () => {
  for (let number = 0; number < 7; number++) {
    users.set(`u${number}`, victim(`run${number % 2}`));
  }
  users.set("alice", fakeUser({ path: "/" })).set("bob", fakeUser({ path: "/attack-simulation-not/" }));

  const answer = await run();

  expect(answer.removed).toHaveLength(7);
  expect([...users.keys()]).toEqual(["alice", "bob"]);
});

test("removes the users of one run only", async () => {
  users.set("a", victim("run1")).set("b", victim("run10"));

  const answer = await run("run1");

  expect(answer.removed).toEqual(["a"]);
  expect([...users.keys()]).toEqual(["b"]);
});

// IAM would refuse to delete it, and it would be left without a deny.
test.each<[string, Partial<FakeUser>]>([
  ["the policy arn:aws:iam::1:policy/c", { policies: new Set([POLICY_ARN, "arn:aws:iam::1:policy/c"]) }],
  ["the inline policy mine", { inline: new Map([["mine", "{}"]]) }],
  ["the group admins", { groups: ["admins"] }],
  ["an MFA device", { mfaDevices: ["arn:aws:iam::1:mfa/a"] }],
  ["an SSH public key", { sshKeys: ["APKAEXAMPLE"] }],
  ["a service-specific credential", { serviceCredentials: ["codecommit.amazonaws.com"] }],
  ["a signing certificate", { certificates: ["CERTEXAMPLE"] }],
])("a user with %s, which the function gives to nobody, keeps all it has", async (what, parts) => {
  const keys = new Map([["AKIAIOSFODNN0EXAMPLE", "Inactive"]]);
  const user = victim("run1", { policies: new Set([POLICY_ARN]), boundary: POLICY_ARN, keys, ...parts });
  users.set("a", user);

  const answer = await run();

  expect(answer.removed).toEqual([]);
  expect(answer.failed[0]?.error).toContain(what);
  expect([user.policies.has(POLICY_ARN), user.boundary, user.keys.size]).toEqual([true, POLICY_ARN, 1]);
});

test("the quarantine policy goes last, so that a call that is refused before leaves it on", async () => {
  const user = victim("run1", { policies: new Set([POLICY_ARN, ADMINISTRATOR]) });
  users.set("a", user);
  iam.on(DetachUserPolicyCommand, { PolicyArn: ADMINISTRATOR }).rejects(iamError("AccessDenied", "no", 403));

  const answer = await run();

  expect(answer.failed).toHaveLength(1);
  expect([...user.policies]).toContain(POLICY_ARN);
});

test("may be run again when nothing is left", async () => {
  const answer = await run();

  expect(answer).toEqual({ removed: [], failed: [] });
});

test("detaches the quarantine although IAM does not list it yet", async () => {
  users.set("a", victim("run1", { policies: new Set([POLICY_ARN]) }));
  iam.on(ListAttachedUserPoliciesCommand).resolves({ AttachedPolicies: [] });

  const answer = await run();

  expect(answer.removed).toEqual(["a"]);
});

test("strips again when the responder was faster than the deletion", async () => {
  const user = victim("run1");
  users.set("a", user);
  iam.on(DeleteUserCommand).callsFakeOnce(() => {
    user.policies.add(POLICY_ARN);
    throw iamError("DeleteConflict", "must detach all policies first", 409);
  });

  const answer = await run();

  expect(answer).toEqual({ removed: ["a"], failed: [] });
});

test("a console password too new to be deleted is tried until it can be", async () => {
  const user = victim("run1", { hasPassword: true });
  users.set("a", user);
  iam
    .on(DeleteLoginProfileCommand)
    .rejectsOnce(iamError("EntityTemporarilyUnmodifiable", "too new", 409))
    .callsFake(() => ((user.hasPassword = false), {}));

  const answer = await run();

  expect(answer.removed).toEqual(["a"]);
});

test("a user somebody else removed meanwhile counts as removed", async () => {
  users.set("a", victim("run1"));
  iam.on(DeleteUserCommand).rejects(noSuchUser("a"));

  const answer = await run();

  expect(answer).toEqual({ removed: ["a"], failed: [] });
});

test("a user that cannot be removed is told, and the others are removed", async () => {
  users.set("a", victim("run1")).set("b", victim("run1"));
  iam.on(DeleteUserCommand, { UserName: "a" }).rejects(iamError("AccessDenied", "no", 403));

  const answer = await run();

  expect(answer.removed).toEqual(["b"]);
  expect(answer.failed).toEqual([{ userName: "a", step: "remove", error: "AccessDeniedException: no" }]);
});
