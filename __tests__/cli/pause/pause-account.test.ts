import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  type FunctionConfiguration,
} from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { changePause, RESUME } from "../../../cli/pause/pause-account";
import { pauseOrder } from "../../../cli/pause/pause-text";

const ORDER = pauseOrder({
  until: Date.parse("2026-12-24T18:00:00Z"),
  ...{ operator: "alice", approvedBy: "bob", reason: "INC-12" },
});
const DESCRIPTION = "Denies everything to a new IAM user whose creator is not trusted";
const VARIABLES = { QUARANTINE_MODE: "enforce", QUARANTINE_PAUSE: "none", TRUSTED_CREATIONS: "{}" };

/** Lambda with the responder in it: a change is a new revision, and counts after some looks. */
function fakeLambda(changes: Partial<FunctionConfiguration> = {}, { looks = 1 } = {}) {
  const client = new LambdaClient({ region: "us-east-1" });
  const mock = mockClient(client);
  const stored: FunctionConfiguration = {
    ...{ RevisionId: "r1", Description: DESCRIPTION, Environment: { Variables: VARIABLES } },
    ...{ LastUpdateStatus: "Successful", ...changes },
  };
  let left = 0;
  mock.on(GetFunctionConfigurationCommand).callsFake(() => ({
    ...stored,
    LastUpdateStatus: left-- > 0 ? "InProgress" : stored.LastUpdateStatus,
  }));
  mock
    .on(UpdateFunctionConfigurationCommand)
    .callsFake((input: UpdateFunctionConfigurationCommand["input"]) => {
      if (input.RevisionId !== stored.RevisionId) {
        throw Object.assign(new Error("revision"), { name: "PreconditionFailedException" });
      }
      left = looks;
      const { Description, Environment } = input;
      return Object.assign(stored, { RevisionId: `${stored.RevisionId}+`, Description, Environment });
    });
  return {
    client,
    mock,
    stored,
    updates: () => mock.commandCalls(UpdateFunctionConfigurationCommand).length,
  };
}

function timing() {
  let now = 0;
  const sleep = (ms: number): Promise<void> => {
    now += ms;
    return Promise.resolve();
  };
  return { clock: () => now, sleep };
}

test("a pause changes one variable and the description, and nothing else", async () => {
  const { client, mock, updates } = fakeLambda();

  const result = await changePause(client, ORDER, timing());

  expect(result).toEqual({ kind: "done" });
  expect(updates()).toBe(1);
  expect(mock.commandCalls(UpdateFunctionConfigurationCommand)[0]?.args[0].input).toEqual({
    FunctionName: "security-response",
    RevisionId: "r1",
    Description: "PAUSED until 2026-12-24T18:00:00Z by alice, approved by bob: INC-12",
    Environment: { Variables: { ...VARIABLES, QUARANTINE_PAUSE: "until 2026-12-24T18:00:00Z by alice" } },
  });
});

test("it is done when Lambda says that the change counts", async () => {
  const time = timing();
  const { client } = fakeLambda({}, { looks: 5 });

  await changePause(client, ORDER, time);

  expect(time.clock()).toBeGreaterThan(2_000);
});

test("a resume makes the configuration what the stack deployed", async () => {
  const { client, stored } = fakeLambda();
  const before = structuredClone(stored);
  await changePause(client, ORDER, timing());

  const result = await changePause(client, RESUME, timing());

  expect(result).toEqual({ kind: "done" });
  expect(stored).toMatchObject({ Description: before.Description, Environment: before.Environment });
});

test("somebody else's change is never overwritten: it is read anew", async () => {
  const { client, mock, stored, updates } = fakeLambda();
  const old = { ...stored, RevisionId: "r0", Environment: { Variables: { ...VARIABLES, OLD: "1" } } };
  let reads = 0;
  mock.on(GetFunctionConfigurationCommand).callsFake(() => (reads++ === 0 ? old : stored));

  const result = await changePause(client, ORDER, timing());

  expect(result).toEqual({ kind: "done" });
  expect(updates()).toBe(2);
  expect(stored.Environment?.Variables).not.toHaveProperty("OLD");
});

test.each<[string, Partial<FunctionConfiguration>, string]>([
  [
    "an environment that cannot be decrypted is left alone",
    { Environment: { Error: { ErrorCode: "KMSAccessDeniedException", Message: "no key" } } },
    "the environment of security-response cannot be read: no key",
  ],
  ["an answer without an environment is no empty one", { Environment: {} }, "no mode in it"],
  [
    "a version that knows no pause is not told that it is paused",
    { Environment: { Variables: { QUARANTINE_MODE: "enforce", QUARANTINE_VERSION: "0.2.0" } } },
    "version 0.2.0 cannot be paused: roll the account out first",
  ],
])("%s", async (_, changes, error) => {
  const { client, updates } = fakeLambda(changes);

  const result = await changePause(client, ORDER, timing());

  expect(result).toMatchObject({ kind: "failed", error: expect.stringContaining(error) });
  expect(updates()).toBe(0);
});

test.each<[string, Partial<FunctionConfiguration>, typeof ORDER, string]>([
  [
    "an account that only observes",
    { Environment: { Variables: { ...VARIABLES, QUARANTINE_MODE: "observe" } } },
    ORDER,
    "denies nobody in the mode observe",
  ],
  [
    "an account with the same pause",
    {
      Description: ORDER.description,
      Environment: { Variables: { ...VARIABLES, QUARANTINE_PAUSE: ORDER.variable } },
    },
    ORDER,
    "paused already",
  ],
  ["a resume without a pause", {}, RESUME, "not paused"],
])("%s needs nothing", async (_, changes, order, why) => {
  const { client, updates } = fakeLambda(changes);

  const result = await changePause(client, order, timing());

  expect(result).toEqual({ kind: "nothing-to-do", why });
  expect(updates()).toBe(0);
});

test("an account without the responder needs nothing", async () => {
  const { client, mock } = fakeLambda();
  const missing = Object.assign(new Error("Function not found"), { name: "ResourceNotFoundException" });
  mock.on(GetFunctionConfigurationCommand).rejects(missing);

  expect(await changePause(client, ORDER, timing())).toEqual({ kind: "nothing-to-do", why: "not deployed" });
});

test.each<[string, (fake: ReturnType<typeof fakeLambda>) => unknown, string]>([
  [
    "what Lambda refuses",
    ({ mock }) =>
      mock
        .on(UpdateFunctionConfigurationCommand)
        .rejects(Object.assign(new Error("not authorized"), { name: "AccessDeniedException" })),
    "AccessDenied: not authorized",
  ],
  [
    "a change that Lambda cannot bring into effect",
    ({ stored, mock }) =>
      mock
        .on(UpdateFunctionConfigurationCommand)
        .callsFake((input: object) =>
          Object.assign(stored, input, { LastUpdateStatus: "Failed", LastUpdateStatusReason: "no network" }),
        ),
    "Lambda did not accept it: no network",
  ],
  [
    "a function that is being changed all the time",
    ({ stored }) => Object.assign(stored, { LastUpdateStatus: "InProgress" }),
    "still being changed after 60 s",
  ],
])("%s is a failure of the account", async (_, change, error) => {
  const fake = fakeLambda();
  change(fake);

  const result = await changePause(fake.client, ORDER, timing());

  expect(result).toMatchObject({ kind: "failed", error: expect.stringContaining(error) });
});
