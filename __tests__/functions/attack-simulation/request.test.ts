import { parseRequest } from "../../../functions/attack-simulation/request";

test.each([
  [{ kind: "create-user" }, { action: "simulate", kind: "create-user", count: 1 }],
  [
    { action: "simulate", kind: "create-admin-user" },
    { action: "simulate", kind: "create-admin-user", count: 1 },
  ],
  [
    { kind: "create-console-user", count: 1 },
    { action: "simulate", kind: "create-console-user", count: 1 },
  ],
  [{ kind: "burst" }, { action: "simulate", kind: "burst", count: 20 }],
  [
    { kind: "burst", count: 500 },
    { action: "simulate", kind: "burst", count: 500 },
  ],
  [{ action: "clean-up" }, { action: "clean-up", runId: undefined }],
  [
    { action: "clean-up", runId: "0a1b2c3d" },
    { action: "clean-up", runId: "0a1b2c3d" },
  ],
])("understands %j", (payload, expected) => {
  const request = parseRequest(payload);

  expect(request).toEqual(expected);
});

test.each([
  [undefined, "expected a JSON object, got nothing"],
  [[], "expected a JSON object, got []"],
  [{}, "kind: expected one of create-user, create-admin-user, create-console-user, burst, got nothing"],
  [{ action: "destroy" }, 'action: expected simulate or clean-up, got "destroy"'],
  [
    { kind: "create-role" },
    'kind: expected one of create-user, create-admin-user, create-console-user, burst, got "create-role"',
  ],
  [{ kind: "burst", count: 0 }, "count: expected a whole number from 1 to 500, got 0"],
  [{ kind: "burst", count: 501 }, "count: expected a whole number from 1 to 500, got 501"],
  [{ kind: "burst", count: 1.5 }, "count: expected a whole number from 1 to 500, got 1.5"],
  [{ kind: "burst", count: "9" }, 'count: expected a whole number from 1 to 500, got "9"'],
  [{ kind: "create-user", count: 3 }, "count: only burst takes one, create-user makes a single user"],
  [{ kind: "create-user", runId: "x" }, "runId: unknown, expected only action, kind, count"],
  [
    { action: "clean-up", runId: "../admins" },
    `runId: expected the runId of a simulation's answer, got "../admins"`,
  ],
  [{ action: "clean-up", runId: "" }, `runId: expected the runId of a simulation's answer, got ""`],
  [{ action: "clean-up", kind: "burst" }, "kind: unknown, expected only action, runId"],
])("refuses %j", (payload, problem) => {
  const parsing = (): unknown => parseRequest(payload);

  expect(parsing).toThrow(`The request of attack-simulation is wrong: ${problem}. Examples:`);
});

test("lists every mistake at once", () => {
  const parsing = (): unknown => parseRequest({ kind: "x", count: -1, more: 1 });

  expect(parsing).toThrow(/more: unknown.*kind: expected.*count: expected/);
});
