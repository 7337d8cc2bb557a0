import { jsonResponse } from "../../../lab/exchange/responses";
import { NewUsers } from "../../../lab/faults/new-users";
import { exchangeOf } from "../../support/lab/exchange";
import { manualClock } from "../../support/lab/manual-clock";

const call = (action: string, UserName: string) =>
  exchangeOf({ service: "iam", action, params: { UserName } });

async function created(delayMs: number, status = 200) {
  const clock = manualClock();
  const users = new NewUsers(clock, () => delayMs);
  await users.observe(call("CreateUser", "bob"), jsonResponse({}, status));
  return { clock, ask: async (action: string, name: string) => users.guard(call(action, name)) };
}

describe("NewUsers", () => {
  test("hide a new user for a while", async () => {
    const { clock, ask } = await created(3_000);

    await expect(ask("AttachUserPolicy", "bob")).rejects.toMatchObject({ code: "NoSuchEntity", status: 404 });
    await clock.sleep(3_000);

    await expect(ask("AttachUserPolicy", "bob")).resolves.toBeUndefined();
  });

  test.each([
    ["another user", 3_000, 200, "GetUser", "alice"],
    ["a second creation", 3_000, 200, "CreateUser", "bob"],
    ["a user whose creation was refused", 3_000, 409, "GetUser", "bob"],
    ["anybody when there is no delay", 0, 200, "GetUser", "bob"],
  ])("do not hide %s", async (_name, delayMs, status, action, name) => {
    const { ask } = await created(delayMs, status);

    await expect(ask(action, name)).resolves.toBeUndefined();
  });
});
