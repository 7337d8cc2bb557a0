import { EXIT } from "../../../cli/exit-codes";
import { colorsFor } from "../../../cli/shell";
import { statusCsv, statusExitCode, statusJson, statusText } from "../../../cli/status/status-report";
import type { AccountReading } from "../../../cli/users/read-accounts";
import type { UserStatus } from "../../../cli/users/user-status";
import { parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const [sandbox, payments] = parseRollout("rollout.yaml", SAMPLE_YAML, "/").accounts;
const PLAIN = colorsFor({ write: () => undefined }, { env: {} });

const user = (parts: Partial<UserStatus> = {}): UserStatus => ({
  userName: "mallory",
  userArn: "arn:aws:iam::777788889999:user/mallory",
  status: "QUARANTINED",
  since: "2026-06-01T12:00:00.000Z",
  createdBy: "arn:aws:iam::777788889999:user/eve",
  sourceIp: "192.0.2.7",
  deniedBy: ["managed-policy"],
  open: [],
  gap: [],
  unread: [],
  ...parts,
});
const released = {
  by: "alice",
  approvedBy: "bob",
  reason: 'says "onboarding", TICKET-12',
  at: "2026-06-02T12:00:00.000Z",
  until: "2026-06-03T12:00:00.000Z",
};
const read = (...users: UserStatus[]): AccountReading => ({
  ...{ kind: "read", account: payments!, users },
  pause: { kind: "none" },
});
const paused: AccountReading = {
  ...{ kind: "read", account: sandbox!, users: [] },
  pause: { kind: "paused", text: "PAUSED until 2026-12-24T18:00:00Z by alice" },
};
const unknown: AccountReading = {
  ...{ kind: "read", account: payments!, users: [] },
  pause: { kind: "unknown", error: "AccessDenied: no\u001b[2J" },
};
const lost: AccountReading = { kind: "unreadable", account: sandbox!, error: "AccessDenied: no\u001b[2J" };
const GAP = read(user({ gap: ["nothing denies the user"], deniedBy: [] }));

test.each<[string, AccountReading[], number]>([
  ["no gap", [read(user())], EXIT.done],
  ["no user", [read()], EXIT.done],
  ["a gap", [read(), GAP], EXIT.changes],
  ["an account that could not be read", [lost], EXIT.failed],
  ["a part of a user that could not be read", [read(user({ unread: ["x"] }))], EXIT.failed],
  ["both: gaps may be missing from the list", [GAP, lost], EXIT.failed],
])("the exit code with %s", (_name, readings, code) => {
  expect(statusExitCode(readings)).toBe(code);
});

test("the table says how users are denied, and names every gap", () => {
  const text = statusText(
    [
      read(
        user({ open: ["groups: admins"] }),
        user({ userName: "trudy", gap: ["nothing denies the user"], deniedBy: [] }),
        user({ userName: "eve", status: "RELEASED", deniedBy: [], released }),
      ),
      lost,
    ],
    PLAIN,
  );

  expect(text).toContain("GAP: nothing denies the user");
  expect(text).toContain("released by alice, approved by bob");
  expect(text).toContain("sandbox could not be read: AccessDenied: no\uFFFD[2J");
  expect(text).toContain("1 account read, 3 users, 1 with a gap, 1 account not read");
  expect(text).toMatchSnapshot();
});

test("a gap is red", () => {
  const colors = colorsFor({ write: () => undefined, isTTY: true }, { env: {} });

  expect(statusText([GAP], colors)).toContain(colors.red("GAP: nothing denies the user"));
});

test("nothing that others have written moves the cursor", () => {
  const hostile = user({ userName: "m\u001b[1A", createdBy: "a\u202Eb\nc", gap: ["g\u001b[0m"] });

  expect(statusText([read(hostile)], PLAIN)).not.toMatch(/[\u001b\u202E]/);
});

test("CSV: one line a user or unread account, and no cell that a spreadsheet takes for a formula", () => {
  const lines = statusCsv([
    read(user({ userName: "=cmd|'/c calc'!A1", released }), user({ userName: "@sum", open: ["a", "b"] })),
    lost,
  ]).split("\n");

  expect(lines).toEqual([
    "account,accountId,user,status,since,createdBy,sourceIp,deniedBy,open,gap,unread,releasedBy,approvedBy,releaseReason,releasedAt,releasedUntil",
    "payments,777788889999,'=cmd|'/c calc'!A1,QUARANTINED,2026-06-01T12:00:00.000Z,arn:aws:iam::777788889999:user/eve,192.0.2.7,managed-policy,,,," +
      'alice,bob,"says ""onboarding"", TICKET-12",2026-06-02T12:00:00.000Z,2026-06-03T12:00:00.000Z',
    'payments,777788889999,\'@sum,QUARANTINED,2026-06-01T12:00:00.000Z,arn:aws:iam::777788889999:user/eve,192.0.2.7,managed-policy,"a; b",,,,,,,',
    "sandbox,444455556666,,,,,,,,,AccessDenied: no\uFFFD[2J,,,,,",
  ]);
});

test.each(["=1", "+1", "-1", "@x"])("the cell %s is text", (userName) => {
  expect(statusCsv([read(user({ userName }))])).toContain(`,'${userName},`);
});

// Where the decimal separator is a comma, a spreadsheet ends a cell at each semicolon.
test("no part of a cell after a semicolon is a formula", () => {
  expect(statusCsv([read(user({ userName: "m;=1+1; @x" }))])).toContain(`,"m;'=1+1; '@x",`);
});

test("JSON has every account and user", () => {
  expect(statusJson([read(user()), lost])).toMatchObject({
    accounts: 2,
    users: [{ account: "payments", accountId: "777788889999", userName: "mallory", gap: [] }],
    unreadable: [{ account: "sandbox", accountId: "444455556666" }],
  });
});

test("a pause is named, and so is an account of which it is not known", () => {
  const text = statusText([paused, unknown], PLAIN);

  expect(text).toContain("PAUSED until 2026-12-24T18:00:00Z by alice, nobody new is denied: sandbox");
  expect(text).toMatch(/Whether it is paused could not be read \(AccessDenied: no.*\): payments/);
  expect(text).not.toContain("\u001b");
  expect(statusJson([paused, unknown])).toMatchObject({
    pauses: [
      { account: "sandbox", pause: { kind: "paused" } },
      { account: "payments", pause: { kind: "unknown" } },
    ],
  });
  expect(statusCsv([paused]).split("\n")[1]).toMatch(
    /^sandbox,\d{12},,PAUSED until 2026-12-24T18:00:00Z by alice,/,
  );
  // It says nothing of gaps.
  expect(statusExitCode([paused, unknown])).toBe(EXIT.done);
});
