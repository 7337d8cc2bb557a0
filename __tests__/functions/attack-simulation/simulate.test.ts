import { AttachUserPolicyCommand, CreateLoginProfileCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import type { Kind } from "../../../functions/attack-simulation/request";
import { simulate, type SimulationAnswer } from "../../../functions/attack-simulation/simulate";
import { fakeIam, type FakeUser, type IamMock } from "../../support/functions/fake-iam";
import { iamError, noSuchUser } from "../../support/functions/iam-error";

const PASSWORD = "not-to-be-seen-either";

let users: Map<string, FakeUser>;
let iam: IamMock;
let remaining: number;
let run: (kind: Kind, count?: number, partition?: string) => Promise<SimulationAnswer>;

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
    password: () => PASSWORD,
  };
  run = (kind, count = 1, partition = "aws") =>
    simulate({ runId: "run1", kind, count, partition }, dependencies);
});

test("creates a bare user below the path of its run", async () => {
  const answer = await run("create-user");

  expect(answer).toEqual({
    runId: "run1",
    kind: "create-user",
    users: [
      {
        userName: "attack-simulation-run1-1",
        arn: "arn:aws:iam::111122223333:user/attack-simulation/run1/attack-simulation-run1-1",
        path: "/attack-simulation/run1/",
        loginProfile: false,
        administratorAccess: false,
      },
    ],
    failed: [],
  });
  expect([...users.keys()]).toEqual(["attack-simulation-run1-1"]);
});

test.each(["aws", "aws-us-gov", "aws-cn"])("creates an administrator with a key in %s", async (partition) => {
  const answer = await run("create-admin-user", 1, partition);

  expect(answer.users[0]).toMatchObject({ administratorAccess: true, accessKeyId: "AKIAIOSFODNN0EXAMPLE" });
  const [user] = users.values();
  expect([...(user?.policies ?? [])]).toEqual([`arn:${partition}:iam::aws:policy/AdministratorAccess`]);
});

test("creates a user with a console password", async () => {
  const answer = await run("create-console-user");

  expect(answer.users[0]).toMatchObject({ loginProfile: true, administratorAccess: false });
  expect(iam.commandCalls(CreateLoginProfileCommand)[0]?.args[0].input.Password).toBe(PASSWORD);
});

test("neither the secret key nor the password is in the answer", async () => {
  const answers = [await run("create-admin-user"), await run("create-console-user")];

  expect(JSON.stringify(answers)).not.toContain("not-to-be-seen");
});

test("a burst creates as many users as asked for", async () => {
  const answer = await run("burst", 57);

  expect(answer.users).toHaveLength(57);
  expect(users.size).toBe(57);
});

test("IAM not knowing the user yet is waited for", async () => {
  iam.on(AttachUserPolicyCommand).rejectsOnce(noSuchUser("x")).rejectsOnce(noSuchUser("x")).resolves({});

  const answer = await run("create-admin-user");

  expect(answer.failed).toEqual([]);
  expect(answer.users[0]?.administratorAccess).toBe(true);
});

test("a part that fails is told beside what was made", async () => {
  iam.on(AttachUserPolicyCommand).rejects(iamError("AccessDenied", "no", 403));

  const answer = await run("create-admin-user");

  expect(answer.users[0]).toMatchObject({ administratorAccess: false, accessKeyId: "AKIAIOSFODNN0EXAMPLE" });
  expect(answer.failed).toEqual([
    { userName: "attack-simulation-run1-1", step: "AttachUserPolicy", error: "AccessDeniedException: no" },
  ]);
});

test("a burst that fails half-way answers with both halves", async () => {
  iam
    .on(CreateUserCommand, { UserName: "attack-simulation-run1-2" })
    .rejects(iamError("LimitExceeded", "5000"));

  const answer = await run("burst", 3);

  expect(answer.users.map(({ userName }) => userName).sort()).toEqual([
    "attack-simulation-run1-1",
    "attack-simulation-run1-3",
  ]);
  expect(answer.failed).toHaveLength(1);
});

test("no user is begun when there is no time left to answer", async () => {
  remaining = 1_000;

  const answer = await run("burst", 3);

  expect(answer.users).toEqual([]);
  expect(answer.failed.map(({ error }) => error)).toEqual(
    Array(3).fill("Error: no time was left to create this user"),
  );
});
