import { notify, type Channel } from "../../../functions/security-notifier/notify";
import { createLog } from "../../../functions/shared/log";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("central-events/quarantined");
const invocation = { remaining: () => 30_000 };
let lines: string[];
const log = createLog((line) => lines.push(line));
beforeEach(() => (lines = []));

/** A channel that keeps what it got. */
function channel(name: string, fails = false): Channel & { readonly got: string[] } {
  const got: string[] = [];
  return {
    name,
    got,
    send: async ({ kind, sender }) => {
      if (fails) {
        return Promise.reject(new Error("down"));
      }
      got.push(`${kind} of ${sender}`);
      return Promise.resolve();
    },
  };
}

test("every channel gets the notice", async () => {
  const channels = [channel("mail"), channel("chat")];

  await notify(event, channels, log, invocation);

  expect(channels.map(({ got }) => got)).toEqual([["outcome of 777788889999"], ["outcome of 777788889999"]]);
  expect(lines.join("")).toContain("777788889999");
});

test("a channel that fails stops no other, and is named in the error", async () => {
  const last = channel("chat");

  await expect(notify(event, [channel("mail", true), last], log, invocation)).rejects.toMatchObject({
    name: "ChannelError",
    message: "Nobody was told by these channels: mail: down",
  });
  expect(last.got).toEqual(["outcome of 777788889999"]);
});
