import type { Outcome } from "../../../functions/contract";
import { composeUnreadable } from "../../../functions/security-response/alert/unreadable";
import { EventError } from "../../../functions/security-response/errors";
import { composeOutcomeAlert } from "../../../functions/shared/alert/outcome-alert";
import { MAX_PUBLISHED_BYTES, type Alert } from "../../../functions/shared/alert/sns-alert";
import { createResponder, SETTINGS } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

async function quarantine(fixture = "by-iam-user"): Promise<Outcome> {
  const responder = createResponder({ mallory: { keys: new Map([["AKIAIOSFODNN7EXAMPLE", "Active"]]) } });
  return responder.respond(loadFixture(`events/${fixture}`));
}

function parts(message: string): Record<string, string> {
  return JSON.parse(message) as Record<string, string>;
}

test("the mail reads like this", async () => {
  const outcome = await quarantine();

  const { message } = composeOutcomeAlert(outcome, SETTINGS);

  expect(parts(message)["email"]).toMatchInlineSnapshot(`
    "IAM user mallory in account payments (111122223333), created by arn:aws:iam::111122223333:user/alice, is denied everything by managed-policy 2 s after creation.

    Severity:    MEDIUM
    Status:      QUARANTINED
    Account:     payments (111122223333)
    User:        mallory
    User ARN:    arn:aws:iam::111122223333:user/mallory
    Created by:  arn:aws:iam::111122223333:user/alice
    From:        198.51.100.7
    User agent:  aws-cli/2.17.32 md/awscrt#0.21.2 md/command#iam.create-user
    Event:       2f6c1d7a-93f4-4a42-b0a5-7f0e4fd0a001
    Created at:  2025-03-04T05:06:07.000Z
    Contained:   2025-03-04T05:06:09.000Z
    Seconds:     2 from creation to containment
    Method:      managed-policy
    Verdict:     quarantine by default: creator arn:aws:iam::111122223333:user/alice is not trusted to create /mallory
    Version:     1.2.3

    Done:
    - attached the policy arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine
    - set access key AKIAIOSFODNN7EXAMPLE inactive
    - tagged the user
    - read back the managed-policy

    Failed:
    - nothing

    Still open:
    - nothing that was looked for

    What to do next:
    Ask arn:aws:iam::111122223333:user/alice whether the creation was meant. If not, delete the user and look into the creator, who is not denied anything.
    If it was meant, release the user, from a checkout of the project:
      npm run quarantine -- release 111122223333 mallory --reason TEXT --approved-by WHO
    Without a checkout, as a break-glass role (guard.breakGlassRoles in rollout.yaml), two minutes after the quarantine or later, the tags first:
      aws iam tag-user --user-name mallory --tags Key=SecurityStatus,Value=RELEASED Key=QuarantineReleasedBy,Value=YOU Key=QuarantineApprovedBy,Value=WHO Key=QuarantineReleaseReason,Value=WHY Key=QuarantineReleasedAt,Value=NOW
      aws iam detach-user-policy --user-name mallory --policy-arn arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine
      aws iam update-access-key --user-name mallory --status Active --access-key-id AKIAIOSFODNN7EXAMPLE
    Then add the creator to the trusted creators in rollout.yaml.
    The runbook: docs/runbook.md, "An alert says QUARANTINED"
    The user in the console: https://us-east-1.console.aws.amazon.com/iam/home#/users/details/mallory"
  `);
});

test("machines get the outcome as JSON, people get text", async () => {
  const outcome = await quarantine();

  const { message } = composeOutcomeAlert(outcome, SETTINGS);

  const { default: text, email, ...machines } = parts(message);
  expect(text).toBe(email);
  expect(Object.keys(machines).sort()).toEqual(["email-json", "http", "https", "lambda", "sqs"]);
  for (const json of Object.values(machines)) {
    expect(JSON.parse(json)).toMatchObject(outcome);
  }
});

test.each([
  ["aws", "https://us-east-1.console.aws.amazon.com/iam/home#/users/details/a%2Bb%3D%2C.%40-_"],
  ["aws-us-gov", "https://console.amazonaws-us-gov.com/iam/home#/users/details/a%2Bb%3D%2C.%40-_"],
  ["aws-cn", "https://console.amazonaws.cn/iam/home#/users/details/a%2Bb%3D%2C.%40-_"],
])("links to the user in the console of %s", async (partition, link) => {
  const outcome = { ...(await quarantine()), userName: "a+b=,.@-_" };

  const { message } = composeOutcomeAlert(outcome, { ...SETTINGS, partition });

  expect(parts(message)["email"]).toContain(link);
});

test("a name that begins with a dash is no option of the release command", async () => {
  const outcome = { ...(await quarantine()), userName: "-rf" };

  const { message } = composeOutcomeAlert(outcome, SETTINGS);

  const mail = parts(message)["email"];
  expect(mail).toContain("aws iam detach-user-policy --user-name=-rf --policy-arn");
  expect(mail).toContain("release --reason TEXT --approved-by WHO -- 111122223333 -rf");
});

test("by hand too, the tags come before the deny goes", async () => {
  const { message } = composeOutcomeAlert(await quarantine(), SETTINGS);

  const mail = parts(message)["email"] ?? "";
  expect(mail.indexOf("aws iam tag-user")).toBeGreaterThan(0);
  expect(mail.indexOf("aws iam tag-user")).toBeLessThan(mail.indexOf("aws iam detach-user-policy"));
});

test.each([
  ["a long name", { userName: "m".repeat(64), accountName: "a".repeat(100) }],
  ["a name that is not ASCII", { accountName: "Zürich\nBcc: x" }],
])("a subject with %s is one SNS takes", async (_, fields) => {
  const outcome = { ...(await quarantine()), ...fields };

  const { subject } = composeOutcomeAlert(outcome, SETTINGS);

  expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
});

test("what the caller wrote cannot add a line to the mail or a field to the JSON", async () => {
  const outcome = await quarantine("hostile-strings");

  const { message } = composeOutcomeAlert(outcome, SETTINGS);

  const mail = parts(message)["email"] ?? "";
  expect(mail.split(/\r?\n|\u2028/).filter((line) => /^(Status: TRUSTED|Bcc)/.test(line))).toEqual([]);
  expect(outcome.userAgent).toBe("curl Status: TRUSTED },{x: </a>");
  expect(outcome.sourceIp).toBe("198.51.100.7 Bcc: everyone@example.com");
});

/** What SNS counts: the message, and name, type and value of every attribute. */
function publishedBytes({ message, attributes }: Alert): number {
  const counted = Object.entries(attributes).map(([name, value]) => `${name}String${value}`);
  return Buffer.byteLength([message, ...counted].join(""));
}

test("a message with endless failures is cut to SNS's limit and stays JSON", async () => {
  const long = Array.from({ length: 1_000 }, (_, index) => `𐐀 "\\ ${index} ${"x".repeat(300)}`);
  const failed = long.map((error) => ({ step: "step", error }));
  const outcome: Outcome = { ...(await quarantine()), done: long, failed, open: long };

  const alert = composeOutcomeAlert(outcome, SETTINGS);

  expect(publishedBytes(alert)).toBeLessThanOrEqual(MAX_PUBLISHED_BYTES);
  expect(parts(alert.message)["email"]).toContain("mallory");
});

test("no text that an attacker wrote is a link in the account's own mail", async () => {
  const outcome = await quarantine();
  const link = "sign in at https://evil.example/x or www.evil.example";
  const forged = { ...outcome, userAgent: link, done: [link], failed: [{ step: "tag", error: link }] };
  const alerts = [
    composeOutcomeAlert(forged, { ...SETTINGS, runbookUrl: "https://wiki.example.com/runbook.md" }),
    composeUnreadable(new EventError("detail", "an object", link), { detail: link }, SETTINGS),
  ];

  const [text = "", ...others] = alerts.map(({ message }) => parts(message)["email"] ?? "");

  expect(text.match(/https\[:\]\/\/evil/g)).toHaveLength(3);
  expect([text, ...others].join("")).not.toMatch(/https:\/\/evil|www\.evil/);
  expect(text).toContain("https://wiki.example.com/runbook.md");
  expect(text).toContain("https://us-east-1.console.aws.amazon.com/");
});

test("an unreadable event of any size is cut to SNS's limit", () => {
  const payload = { detail: '\u0000"\\𐐀'.repeat(60_000) };

  const alert = composeUnreadable(new EventError("detail", "an object", "x"), payload, SETTINGS);

  expect(publishedBytes(alert)).toBeLessThanOrEqual(MAX_PUBLISHED_BYTES);
  expect(publishedBytes(alert)).toBeGreaterThan(MAX_PUBLISHED_BYTES / 2);
  expect(parts(alert.message)["email"]).toContain("detail: expected an object");
  expect(alert.subject.length).toBeLessThan(100);
});
