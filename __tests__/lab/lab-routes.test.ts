import type { Emulation } from "../../lab/emulation";
import type { BusEvent } from "../../lab/exchange/bus-event";
import type { AwsResponse } from "../../lab/exchange/messages";
import { Faults } from "../../lab/faults/faults";
import { labRoutes } from "../../lab/lab-routes";
import { SettingsStore } from "../../lab/settings";
import { ACCOUNT } from "../support/lab/exchange";
import { manualClock } from "../support/lab/manual-clock";

const SETTINGS = {
  ...{ newUserDelayMs: 0, propagationMs: 0, eventDelayMs: 0, lookupDelayMs: 0 },
  ...{ lambdaRetryDelaysMs: [1_000], rolesLeadTo: {} },
};

function lab() {
  const clock = manualClock();
  const received: [string, BusEvent][] = [];
  const emulation = {
    faults: new Faults(clock, () => 0),
    settings: new SettingsStore(SETTINGS),
    buses: {
      receive: (bus: { accountId: string }, event: BusEvent) => received.push([bus.accountId, event]),
    },
    accountIds: [ACCOUNT],
    now: clock.now,
  } as unknown as Emulation;
  const route = labRoutes(emulation, (account) => ({ AWS_PROFILE: undefined, KEY: `it's ${account}` }));
  const ask = (method: string, path: string, body?: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
    const answer = route(new URL(`http://lab${path}`), method, Buffer.from(text)) as AwsResponse | undefined;
    return { status: answer?.status, body: JSON.parse(answer?.body.toString() ?? "null") as unknown };
  };
  const text = (path: string) =>
    (route(new URL(`http://lab${path}`), "GET", Buffer.from("")) as AwsResponse | undefined)?.body.toString();
  return { ask, text, received };
}

describe("/_lab/shell", () => {
  test("has the lines that give a shell the credentials of an account", () => {
    expect(lab().text(`/_lab/shell?account=${ACCOUNT}`)).toBe(
      `unset AWS_PROFILE\nexport KEY='it'\\''s ${ACCOUNT}'\n`,
    );
  });

  test("refuses an account that the lab does not have", () => {
    expect(lab().ask("GET", "/_lab/shell?account=1").status).toBe(400);
  });
});

describe("/_lab/faults", () => {
  test("sets, lists and clears faults", () => {
    const { ask } = lab();
    const fault = { service: "iam", action: "AttachUserPolicy", kind: "throttle", rate: 0.5 };

    const { status, body } = ask("POST", "/_lab/faults", fault);
    const { id } = body as { id: string };
    const listed = ask("GET", "/_lab/faults").body;
    const removed = ask("DELETE", `/_lab/faults/${id}`);

    expect(status).toBe(201);
    expect(listed).toEqual([{ ...fault, id, hits: 0 }]);
    expect(removed).toEqual({ status: 200, body: [] });
    expect(ask("DELETE", `/_lab/faults/${id}`).status).toBeUndefined();
    expect(ask("DELETE", "/_lab/faults")).toEqual({ status: 200, body: [] });
  });

  test.each<[string, unknown, string]>([
    ["text that is not JSON", "{", "body"],
    ["a body that is not an object", [1], "body"],
    ["no action", { kind: "throttle" }, "action"],
    ["an unknown kind", { action: "*", kind: "explode" }, "kind"],
    ["a rate above 1", { action: "*", kind: "throttle", rate: 2 }, "rate"],
    ["an account that is not an id", { action: "*", kind: "throttle", account: "payments" }, "account"],
    ["a status that is not an error", { action: "*", kind: "error", status: 200 }, "status"],
    ["an unknown field", { action: "*", kind: "throttle", chance: 1 }, "chance"],
  ])("an invalid fault is refused by the name of its field: %s", (_name, body, field) => {
    const { ask } = lab();

    const answer = ask("POST", "/_lab/faults", body);

    expect(answer).toEqual({ status: 400, body: { field, message: expect.stringContaining(`${field}: `) } });
    expect(ask("GET", "/_lab/faults").body).toEqual([]);
  });
});

describe("/_lab/settings", () => {
  test("PUT changes the given settings and keeps the others", () => {
    const { ask } = lab();

    ask("PUT", "/_lab/settings", { newUserDelayMs: 3_000 });

    expect(ask("GET", "/_lab/settings").body).toEqual({ ...SETTINGS, newUserDelayMs: 3_000 });
  });

  test.each([
    ["a value that is not valid", { lambdaRetryDelaysMs: [-1] }, "lambdaRetryDelaysMs.0"],
    ["a setting that is gone", { propagationMs: 1, denyPropagationMs: 1 }, "denyPropagationMs"],
  ])("refuses %s by the name of its field, and changes nothing", (_name, body, field) => {
    const { ask } = lab();

    const answer = ask("PUT", "/_lab/settings", body);

    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(ask("GET", "/_lab/settings").body).toEqual(SETTINGS);
  });
});

describe("POST /_lab/events", () => {
  const EVENT = {
    source: "aws.iam",
    "detail-type": "AWS API Call via CloudTrail",
    detail: { eventName: "CreateUser" },
  };

  test("events reach the default bus, also with a source of AWS, and missing fields get default values", () => {
    const { ask, received } = lab();

    const one = ask("POST", `/_lab/events?account=${ACCOUNT}`, EVENT);
    ask("POST", `/_lab/events?account=${ACCOUNT}`, [
      { ...EVENT, id: "same" },
      { ...EVENT, id: "same" },
    ]);

    expect(one.status).toBe(202);
    expect(received.map(([account, { id }]) => [account, id])).toEqual([
      [ACCOUNT, (one.body as { ids: string[] }).ids[0]],
      [ACCOUNT, "same"],
      [ACCOUNT, "same"],
    ]);
    expect(received[0]?.[1]).toMatchObject({
      ...EVENT,
      version: "0",
      account: ACCOUNT,
      region: "us-east-1",
      time: "2026-01-05T08:00:00Z",
      resources: [],
    });
  });

  test.each([
    ["an unknown account", "999999999999", EVENT, "account"],
    ["no detail", ACCOUNT, { ...EVENT, detail: undefined }, "0.detail"],
  ])("refuses %s", (_name, account, body, field) => {
    const { ask, received } = lab();

    const answer = ask("POST", `/_lab/events?account=${account}`, body);

    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(received).toEqual([]);
  });
});
