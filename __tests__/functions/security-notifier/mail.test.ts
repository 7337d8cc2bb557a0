import { composeMail } from "../../../functions/security-notifier/channels/mail";
import { readNotice } from "../../../functions/security-notifier/notice";
import type { Alert } from "../../../functions/shared/alert/sns-alert";
import { drillEnded } from "../../support/functions/drill-events";
import { loadFixture } from "../../support/load-fixture";

const mailOf = (event: unknown): Alert =>
  composeMail(
    readNotice(event, (accountId) => [`arn:aws:iam::${accountId}:role/Deployer`]),
    { partition: "aws" },
  );
const textOf = (event: unknown): string => (JSON.parse(mailOf(event).message) as { email: string }).email;
const recorded = (name: string) => loadFixture(`central-events/${name}`);

/** A recorded outcome with some fields changed, as whoever rules the account can send it. */
function forged(changes: Record<string, unknown>, envelope: Record<string, unknown> = {}): unknown {
  const event = recorded("quarantined") as { detail: { responsePayload: object } };
  const responsePayload = { ...event.detail.responsePayload, ...changes };
  return { ...event, ...envelope, detail: { ...event.detail, responsePayload } };
}

describe("the mail about an outcome", () => {
  test("reads like this", () => {
    expect(textOf(recorded("quarantined"))).toMatchInlineSnapshot(`
      "Account 777788889999 reports what stands below the line.
      EventBridge says that account 777788889999 sent it. All else is that account's own word, and its
      administrators can forge it.
      Run the commands in account 777788889999, after a look at the user there.
      ----------------------------------------------------------------------
      IAM user eve in account research (777788889999), created by arn:aws:sts::777788889999:assumed-role/OrganizationAccountAccessRole/op, is denied everything by managed-policy 3.057 s after creation.

      Severity:    LOW
      Status:      QUARANTINED
      Account:     research (777788889999)
      User:        eve
      User ARN:    arn:aws:iam::777788889999:user/eve
      Created by:  arn:aws:sts::777788889999:assumed-role/OrganizationAccountAccessRole/op
      From:        127.0.0.1
      User agent:  aws-cli/1.45.11
      Event:       3d8d725b-4bf8-4845-ac69-03ddb42a88da
      Created at:  2026-11-24T17:41:20.000Z
      Contained:   2026-11-24T17:41:23.057Z
      Seconds:     3.057 from creation to containment
      Method:      managed-policy
      Verdict:     quarantine by default: creator arn:aws:sts::777788889999:assumed-role/OrganizationAccountAccessRole/op is not trusted to create /eve
      Version:     0.2.0

      Done:
      - attached the policy arn:aws:iam::777788889999:policy/AutomatedSecurityQuarantine
      - tagged the user
      - read back the managed-policy

      Failed:
      - nothing

      Still open:
      - nothing that was looked for

      What to do next:
      Ask arn:aws:sts::777788889999:assumed-role/OrganizationAccountAccessRole/op whether the creation was meant. If not, delete the user and look into the creator, who is not denied anything.
      If it was meant, release the user, from a checkout of the project:
        npm run quarantine -- release 777788889999 eve --reason TEXT --approved-by WHO
      Without a checkout, as a break-glass role (guard.breakGlassRoles in rollout.yaml), two minutes after the quarantine or later, the tags first:
        aws iam tag-user --user-name eve --tags Key=SecurityStatus,Value=RELEASED Key=QuarantineReleasedBy,Value=YOU Key=QuarantineApprovedBy,Value=WHO Key=QuarantineReleaseReason,Value=WHY Key=QuarantineReleasedAt,Value=NOW
        aws iam detach-user-policy --user-name eve --policy-arn arn:aws:iam::777788889999:policy/AutomatedSecurityQuarantine
      Then add the creator to the trusted creators in rollout.yaml.
      The runbook: docs/runbook.md, "An alert says QUARANTINED"
      The user in the console: https://us-east-1.console.aws.amazon.com/iam/home#/users/details/eve"
    `);
  });

  test("says of a user who was only observed what enforcing would have done", () => {
    expect(textOf(recorded("observed"))).toContain(
      "The mode enforce would have done:\n- attach the policy arn:aws:iam::777788889999:policy/",
    );
  });

  test("has a subject that names severity, account, what happened and the user", () => {
    expect(mailOf(recorded("quarantined")).subject).toMatchInlineSnapshot(
      `"[LOW] 777788889999: IAM user quarantined: eve in research"`,
    );
    expect(mailOf(recorded("observed")).subject).toMatchInlineSnapshot(
      `"[LOW] 777788889999: IAM user observed, nothing changed: peter in research"`,
    );
  });

  test("of a long user name keeps all but the end in the subject", () => {
    const { subject } = mailOf(
      forged({ userName: "u".repeat(64), severity: "CRITICAL", status: "OBSERVED" }),
    );

    expect(subject.length).toBeLessThan(100);
    expect(subject).toContain("[CRITICAL] 777788889999: IAM user observed, nothing changed: uuuuu");
  });

  test("says so when the account takes itself for another one", () => {
    const event = forged({ accountId: "111122223333", accountName: "security" });

    expect(textOf(event)).toContain("\nCAUTION: it calls itself 111122223333, which is another account.\n");
    expect(mailOf(event).subject).toContain("777788889999");
    expect(mailOf(event).attributes.accountId).toBe("777788889999");
  });

  test("gives commands on the policy of the account that sent it, whatever it calls itself", () => {
    const text = textOf(forged({ accountId: "111122223333" }));

    expect(text).toContain("--policy-arn arn:aws:iam::777788889999:policy/AutomatedSecurityQuarantine");
    expect(text).not.toContain("arn:aws:iam::111122223333");
  });

  test("of an earlier version of the responder shows what there is", () => {
    const { version, ...older } = (forged({}) as { detail: { responsePayload: Record<string, unknown> } })
      .detail.responsePayload;
    const event = { ...recorded("quarantined"), detail: { responsePayload: older } };

    expect(version).toBeDefined();
    expect(textOf(event)).toContain("Status:      QUARANTINED");
  });

  test.each([
    ["a line break in a field", { createdBy: "x\n\nStatus: TRUSTED" }],
    ["a terminal's control characters", { summary: "\u001b[2Jall is well" }],
    ["marks that turn text around", { accountName: "\u202Egnitset" }],
    ["a list that is none", { done: "everything", failed: 5, open: { a: 1 } }],
    ["lists of other things", { done: [1, null, {}], failed: ["x", null], open: [[]] }],
    ["a method that JavaScript knows", { method: "constructor" }],
    ["a severity that there is not", { severity: "NONE" }],
    ["a megabyte of text", { summary: "x".repeat(1_000_000), userAgent: "y".repeat(1_000_000) }],
    ["a time that is none", { secondsToContain: "1", eventTime: { now: 1 } }],
  ])("with %s stays one that people can read", (_, changes) => {
    const { subject, message } = mailOf(forged(changes));
    const { email } = JSON.parse(message) as { email: string };

    expect(subject).toMatch(/^\[(LOW|MEDIUM|HIGH|CRITICAL)\] 777788889999: [\x20-\x7e]+$/);
    expect(Buffer.byteLength(message)).toBeLessThan(262_144);

    expect(email).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]|^Status: TRUSTED|function|\[object/m,
    );
    expect(email).toMatch(/^Account:\s+/m);
  });

  test("shows a severity that it does not know as the worst", () => {
    expect(mailOf(forged({ severity: "NONE" })).attributes.severity).toBe("CRITICAL");
  });

  test.each(["mallory; rm -rf /", "$(id)", "a b", "", "x".repeat(65), 5])(
    "puts the user name %j, which IAM does not allow, into no command",
    (userName) => {
      const event = forged({ userName });

      expect(mailOf(event).attributes.status).toBe("UNREADABLE");
      expect(textOf(event)).not.toContain("aws iam");
    },
  );
});

describe("what a member account can make the mail say", () => {
  const done = (...lines: string[]) =>
    textOf(
      forged({
        method: "permissions-boundary",
        done: [
          "set the permissions boundary arn:aws:iam::777788889999:policy/AutomatedSecurityQuarantine",
          ...lines,
        ],
      }),
    );

  test.each([
    "replaced the permissions boundary file://=7E/.aws/credentials",
    "replaced the permissions boundary arn:aws:iam::aws:policy/AdministratorAccess",
  ])("%s: no command sets a boundary of its choice", (line) => {
    const text = done(line);

    expect(text).not.toContain("put-user-permissions-boundary");
    expect(text).toContain("if the user had another boundary before");
    expect(text).toContain("aws iam delete-user-permissions-boundary --user-name eve\n");
  });

  test("stands below what people have to know of it, whatever it says", () => {
    const text = textOf(forged({ summary: "x".repeat(2_000), done: Array(60).fill("y".repeat(400)) }));

    expect(text.split("\n").slice(0, 5).join("\n")).toMatch(/can forge it\.\n.*\n-+$/);
  });

  test.each(["summary", "createdBy", "accountName", "userAgent"])("is no link in %s", (field) => {
    expect(textOf(forged({ [field]: "sign in at https://evil.example/x" }))).toContain(
      "https[:]//evil.example",
    );
    expect(textOf(forged({ [field]: "sign in at https://evil.example/x" }))).not.toContain("https://evil");
  });

  // Mail clients make links of them.
  test.each(["summary", "createdBy", "accountName", "userAgent"])(
    "is no address without a scheme in %s",
    (field) => {
      const text = textOf(forged({ [field]: "sign in at www.evil.example, (WWW.evil.example/x)" }));

      expect(text).toContain("sign in at www[.]evil.example, (WWW[.]evil.example/x)");
    },
  );

  test("is no link in an event that is shown as it is", () => {
    const detail = { responsePayload: { status: "SIGN IN", summary: "sign in at https://evil.example/x" } };
    const text = textOf({ account: "777788889999", source: "lambda", detail });

    expect(text).toContain("https[:]//evil.example");
    expect(text).not.toContain("https://evil");
  });

  test("turns, hides and breaks no text of an event that is shown as it is", () => {
    const text = textOf({
      account: "777788889999",
      source: "x",
      detail: { a: "\u2028aws iam\u202e \u0085" },
    });

    expect(text).toContain("\\u2028aws iam\\u202e \\u0085");
  });

  test("does not keep an event from people that is nested more deeply than can be shown", () => {
    const event = JSON.parse(
      `{"account":"777788889999","source":"x","detail":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
    ) as unknown;

    expect(textOf(event)).toContain("The event reads:\n\nIt cannot be shown: ");
  });
});

describe("the mail about an alarm", () => {
  test("reads like this", () => {
    expect(mailOf(recorded("alarm")).subject).toMatchInlineSnapshot(
      `"[HIGH] 777788889999: alarm security-response-errors"`,
    );
    expect(textOf(recorded("alarm"))).toMatchInlineSnapshot(`
      "The quarantine of account 777788889999 needs attention.
      EventBridge says that account 777788889999 sent it. All else is that account's own word, and its
      administrators can forge it.
      What to do next: docs/runbook.md, "Other alarms" has each alarm by its name.
      ----------------------------------------------------------------------
      Account:     777788889999
      Alarm:       security-response-errors
      Went off at: 2026-11-24T17:40:43Z
      Meaning:     A response failed. Lambda retries it twice.
      Reason:      Threshold Crossed: 1 out of the last 5 datapoints [1.0 (24/11/26 17:39:00)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition)."
    `);
  });

  test("shows an alarm without description and reason", () => {
    const event = {
      ...recorded("alarm"),
      time: undefined,
      detail: { alarmName: "security-response-errors", state: { value: "ALARM" } },
    };

    expect(textOf(event)).toContain("Meaning:     the alarm has no description");
    expect(textOf(event)).toContain("Went off at: unknown");
  });
});

describe("an event that cannot be read", () => {
  test.each([
    ["text", "hello"],
    ["nothing", undefined],
    ["a list", []],
    ["an event without account", { source: "lambda", detail: {} }],
    ["an event of an account that is none", { ...recorded("quarantined"), account: "unknown" }],
    ["an outcome without status", forged({ status: undefined })],
    [
      "an outcome that is none",
      { account: "777788889999", source: "lambda", detail: { responsePayload: 5 } },
    ],
    [
      "an alarm without name",
      { account: "777788889999", source: "aws.cloudwatch", detail: { alarmName: "'" } },
    ],
    [
      "an alarm that is off",
      {
        account: "777788889999",
        source: "aws.cloudwatch",
        detail: { alarmName: "a", state: { value: "OK" } },
      },
    ],
    ["an event of another source", { account: "777788889999", source: "aws.iam", detail: { a: 1 } }],
  ])("%s is mailed as it is", (_, event) => {
    const { subject, attributes } = mailOf(event);

    expect(subject).toMatch(/^\[HIGH\] (777788889999|unknown): unreadable event on the central bus$/);
    expect(attributes).toMatchObject({ severity: "HIGH", status: "UNREADABLE" });
    expect(textOf(event)).toContain(event === undefined ? "nothing" : JSON.stringify(event));
  });
});

test("what comes back from the dead-letter queue is read like the event itself", () => {
  const event = recorded("quarantined");

  expect(mailOf({ version: "1.0", requestContext: { requestId: "r" }, requestPayload: event })).toEqual(
    mailOf(event),
  );
});

describe("the mail about a drill", () => {
  const FAILED = {
    ...{ status: "FAILED", secondsToContained: null, secondsToDenied: null },
    failed: [{ step: "denied", error: "the key still worked after 300 s" }],
    summary: "The response did not deny the user.",
  };

  test("that failed reads like this", () => {
    expect(mailOf(drillEnded(FAILED))).toMatchObject({
      subject: "[DRILL] 777788889999: drill FAILED in research",
      attributes: { severity: "HIGH", status: "DRILL_FAILED", accountId: "777788889999" },
    });
    expect(textOf(drillEnded(FAILED))).toMatchInlineSnapshot(`
      "The drill in account 777788889999 FAILED.
      EventBridge says that account 777788889999 sent it. All else is that account's own word, and its
      administrators can forge it.
      What to do next:
      Until a drill passes, treat the account as one where nothing answers the creation of a user:
      docs/runbook.md, "A drill failed". In a checkout of this project:
        npm run quarantine -- status --account 777788889999
        npm run quarantine -- rollout --account 777788889999
        npm run quarantine -- drill --account 777788889999
      ----------------------------------------------------------------------
      The response did not deny the user.

      Severity:    HIGH
      Status:      FAILED
      Account:     research (777788889999)
      User:        drill-3f9c0a
      Started at:  2026-11-24T17:41:20Z
      Contained:   no
      Denied:      no
      Version:     0.2.0

      Failed:
      - denied: the key still worked after 300 s

      Deleted users of earlier drills:
      - nothing"
    `);
  });

  test("that passed says the seconds, and that nothing is to be done", () => {
    expect(mailOf(drillEnded())).toMatchObject({
      subject: "[DRILL] 777788889999: drill PASSED in research",
      attributes: { severity: "LOW", status: "DRILL_PASSED" },
    });
    const lines = textOf(drillEnded()).split("\n");
    expect(lines).toEqual(expect.arrayContaining(["Contained:   6.5 s after the creation"]));
    expect(lines).toEqual(expect.arrayContaining(["Denied:      9.2 s after the creation"]));
    expect(lines.join("\n")).toContain("What to do next:\nNothing.");
  });

  test("keeps what its account made up on one line, without links, and names the true sender first", () => {
    const text = textOf(
      drillEnded({
        summary: "fine\n\nSeverity: LOW\nhttps://evil.example",
        accountName: 'x"; rm -rf /',
        accountId: "111122223333",
        leftOvers: ["a\u202eb", 7],
        failed: [{ step: "x\ny", error: "z\u0000" }, "no"],
        secondsToDenied: "9 s\nSeverity: LOW",
      }),
    );

    expect(text).toContain("fine Severity: LOW https[:]//evil.example\n");
    expect(text).not.toContain("https://");
    expect(text).toContain("CAUTION: it calls itself 111122223333, which is another account.");
    expect(text.split("\n")[0]).toBe("The drill in account 777788889999 passed.");
    expect(text).toContain("Account:     x; rm -rf / (111122223333)");
    expect(text).toContain("- x y: z");
    expect(text).toContain("- a b");
    expect(text).toContain("Denied:      no");
  });

  test.each([
    [
      "of another function",
      { detail: { requestContext: { functionArn: "arn:aws:lambda:us-east-1:777788889999:function:x:1" } } },
    ],
    ["of another account's function", { account: "444455556666" }],
    ["with a user name that IAM does not allow", { payload: { userName: "a; b" } }],
    ["without a status", { payload: { status: "FINE" } }],
  ])("that comes %s is shown as unreadable", (_, { detail = {}, payload = {}, ...envelope }: Forgery) => {
    const event = drillEnded(payload);
    const sent = { ...event, ...envelope, detail: { ...event.detail, ...detail } };

    expect(mailOf(sent).attributes.status).toBe("UNREADABLE");
  });
});

interface Forgery {
  readonly account?: string;
  readonly detail?: object;
  readonly payload?: object;
}

describe("the mail about silent accounts", () => {
  const silence = (count: number, part = 1, parts = 1) =>
    composeMail(
      {
        ...{ kind: "silence", sender: "111122223333", everyHours: 24, part, parts },
        accounts: Array.from({ length: count }, (_, index) => ({
          id: String(100_000_000_000 + index),
          name: `account-${index}`,
          lastPassed: index === 0 ? "2026-11-24T17:41:52.000Z" : undefined,
          lastUnproven: index === 1 ? "2026-11-26T03:00:00.000Z" : undefined,
        })),
      },
      { partition: "aws" },
    );
  const textIn = ({ message }: Alert) => (JSON.parse(message) as { email: string }).email;

  test("whose sweeps are missing has their ids: what they call themselves is their own word", () => {
    const account = { lastPassed: "2026-11-24T17:41:52.000Z", lastUnproven: undefined };
    const mail = composeMail(
      {
        ...{ kind: "silence", sign: "sweep", sender: "111122223333", everyHours: 24, part: 1, parts: 1 },
        accounts: [
          { ...account, id: "222233334444", name: "research" },
          { ...account, id: "555566667777", name: "payments; rm" },
        ],
      },
      { partition: "aws" },
    );

    expect(mail.subject).toBe("[HIGH] 2 silent accounts: 222233334444, 555566667777");
    expect(textIn(mail)).toMatchInlineSnapshot(`
      "2 silent accounts: for 48 hours no word of the sweep has come from them.
      Users who are created there may stay free, and nobody would hear of it.
      It is mailed again once a day, and when another account falls silent.

      - 222233334444 (calls itself research): the last came at 2026-11-24T17:41:52.000Z
      - 555566667777 (calls itself payments; rm): the last came at 2026-11-24T17:41:52.000Z

      What to do next (docs/runbook.md, "A silent account"), in a checkout of this project:
        npm run quarantine -- plan --account 222233334444 --account 555566667777 --diff
      Look at the rule security-response-sweep (disabled, without a target), at the function quarantine-sweep
      (gone, failing, concurrency 0?), at the rule security-response-outcomes and the role
      security-response-forwarding, and at the bus of this account.
      Then bring the account back:
        npm run quarantine -- rollout --account 222233334444 --account 555566667777"
    `);
  });

  test("names them all, when each was last heard of, and what to look at", () => {
    const mail = silence(3);

    expect(mail).toMatchObject({
      subject: "[HIGH] 3 silent accounts: account-0, account-1, account-2",
      attributes: { severity: "HIGH", status: "SILENT", accountId: "111122223333" },
    });
    expect(textIn(mail)).toMatchInlineSnapshot(`
      "3 silent accounts: for 48 hours no drill that passed has come from them.
      Users who are created there may stay free, and nobody would hear of it.
      It is mailed again once a day, and when another account falls silent.

      - 100000000000 account-0: the last drill passed at 2026-11-24T17:41:52.000Z
      - 100000000001 account-1: no drill passed in 72 hours; one failed or was not proven at 2026-11-26T03:00:00.000Z
      - 100000000002 account-2: no drill passed in 72 hours

      What to do next (docs/runbook.md, "A silent account"), in a checkout of this project:
        npm run quarantine -- drill --account account-0 --account account-1 --account account-2
      - It says that the function is not there: the account was not rolled out, or somebody deleted the function.
      - It fails: its steps say what does not answer. Look at the trail, at the rules security-response-* (disabled,
        without targets), and at the concurrency of security-response (0?).
      - It passes: what comes back does not arrive. Look at the rules security-response-drill and
        security-response-outcomes, at the role security-response-forwarding, and at the bus of this account.
      Then bring the account back:
        npm run quarantine -- rollout --account account-0 --account account-1 --account account-2"
    `);
  });

  test("says which part of a large organization it is about, and fits", () => {
    const mail = silence(300, 2, 4);

    expect(textIn(mail)).toContain("This is part 2 of 4 of the organization; each has a mail of its own.");
    expect(textIn(mail)).toContain("100000000299 account-299");
    expect(mail.subject.length).toBeLessThan(100);
  });
});
