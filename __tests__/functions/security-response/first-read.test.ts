import {
  AttachUserPolicyCommand,
  GetUserCommand,
  ListUsersCommand,
  ListUserTagsCommand,
} from "@aws-sdk/client-iam";
import { fakeUser } from "../../support/functions/fake-iam";
import { iamError } from "../../support/functions/iam-error";
import { createResponder, OTHER_REQUEST, POLICY_ARN, REQUEST } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const KEY = "AKIAIOSFODNN7EXAMPLE";
const withKey = () => ({ keys: new Map([[KEY, "Active"]]) });

/** Lets calls go on in steps: whoever waits in one step goes on in the next. */
function steps(): { readonly latency: () => Promise<void>; readonly count: () => number } {
  let waiting: (() => void)[] = [];
  let count = 0;
  const next = (): void => {
    const going = waiting;
    waiting = [];
    count += 1;
    for (const go of going) {
      go();
    }
  };
  const latency = (): Promise<void> =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) {
        setImmediate(next);
      }
    });
  return { latency, count: () => count };
}

test.each([
  ["a fresh", false, 4],
  ["a warm", true, 3],
])(
  "in %s environment the calls of IAM take few round trips after one another",
  async (_, isWarm, roundTrips) => {
    const { latency, count } = steps();
    const responder = createResponder({ isWarm, latency, mallory: withKey() });
    const tags = () => [...responder.mallory.tags].map(([Key, Value]) => ({ Key, Value }));
    responder.iam.on(ListUserTagsCommand).callsFake(() => ({ Tags: tags() })); // in one page, as IAM does

    const outcome = await responder.respond(event);

    expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true, failed: [] });
    expect(responder.calls()[0]).toBe("AttachUserPolicy");
    expect(count() / 2).toBe(roundTrips); // a call waits before and after
  },
);

test("in a fresh environment nothing goes out beside the deny", async () => {
  const responder = createResponder();
  let beside: string[] = [];
  responder.iam.on(AttachUserPolicyCommand).callsFake(async () => {
    await new Promise(setImmediate);
    beside = responder.calls();
    responder.mallory.policies.add(POLICY_ARN);
    return {};
  });

  await responder.respond(event);

  expect(beside).toEqual(["AttachUserPolicy"]);
});

describe("in a warm environment", () => {
  test("a user whom IAM does not know yet when the deny goes out is looked at again", async () => {
    const responder: ReturnType<typeof createResponder> = createResponder({
      isWarm: true,
      onSleep: () => responder.users.set("mallory", responder.mallory),
    });
    responder.users.delete("mallory");

    const outcome = await responder.respond(event);

    expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "mallory", failed: [] });
    expect(responder.iam.commandCalls(ListUsersCommand)).toHaveLength(0);
  });

  test("a name that was another user's before the deny, and is the user's after it, is the user's", async () => {
    const responder = createResponder({ isWarm: true, mallory: withKey() });
    const { userId } = fakeUser({ userId: "AIDACKCEVSQ6C2EXAMPLE" });
    responder.iam.on(GetUserCommand).resolvesOnce({ User: { UserName: "mallory", UserId: userId } as never });

    const outcome = await responder.respond(event);

    expect(outcome).toMatchObject({ status: "QUARANTINED", userName: "mallory" });
    expect(responder.mallory.keys.get(KEY)).toBe("Inactive");
    expect(responder.mallory.tags.get("SecurityStatus")).toBe("QUARANTINED");
  });

  test("a look that has become old by the time the deny is answered is taken anew", async () => {
    const responder = createResponder({ isWarm: true });
    const busy = iamError("ConcurrentModification", "Another write is under way.", 409);
    const attach = responder.iam.on(AttachUserPolicyCommand);
    for (let i = 0; i < 5; i += 1) {
      attach.rejectsOnce(busy);
    }
    attach.callsFake(() => {
      responder.mallory.tags.set("QuarantineEventId", `${String(claimed)}/${OTHER_REQUEST}`);
      responder.mallory.policies.add(POLICY_ARN);
      return {};
    });
    const claimed = "2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001";

    const outcome = await responder.respond(event, {}, REQUEST);

    expect(outcome).toMatchObject({ status: "QUARANTINED", answeredElsewhere: true });
  });

  test("the same event again stays silent", async () => {
    const responder = createResponder({ isWarm: true });
    await responder.respond(event, {}, REQUEST);

    const outcome = await responder.respond(event, {}, OTHER_REQUEST);

    expect(outcome.alerted).toBe(false);
    expect(responder.alerts()).toHaveLength(1);
  });
});
