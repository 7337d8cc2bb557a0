import { HEALTH_DETAIL_TYPE, SWEEP_SOURCE, type HealthOutcome } from "../../../functions/contract";
import { composeMail } from "../../../functions/security-notifier/channels/mail";
import { readNotice } from "../../../functions/security-notifier/notice";

const MEMBER = "777788889999";
const HEALTH: HealthOutcome = {
  schemaVersion: "1",
  kind: "health",
  status: "UNHEALTHY",
  summary: `1 finding about the parts of the quarantine in account research (${MEMBER}): rule x.`,
  accountId: MEMBER,
  accountName: "research",
  version: "0.2.0",
  lookedAt: "2026-06-01T12:00:00.000Z",
  alerted: true,
  severity: "CRITICAL",
  findings: [
    {
      kind: "rule",
      place: "rule security-response-create-user",
      expected: "state: ENABLED",
      found: "state: DISABLED",
      severity: "CRITICAL",
      since: "2026-06-01T11:45:00.000Z",
    },
  ],
};

const noticeOf = (detail: object, detailType: string = HEALTH_DETAIL_TYPE) =>
  readNotice({ account: MEMBER, source: SWEEP_SOURCE, "detail-type": detailType, detail }, () => []);
const mailOf = (detail: object) => composeMail(noticeOf(detail), { partition: "aws" });
const textOf = (detail: object) => (JSON.parse(mailOf(detail).message) as { email: string }).email;

test("the mail about a finding reads like this", () => {
  expect(mailOf(HEALTH)).toMatchObject({
    subject: `[CRITICAL] ${MEMBER}: 1 finding about the parts of the quarantine in research`,
    attributes: { severity: "CRITICAL", status: "UNHEALTHY", accountId: MEMBER },
  });
  expect(textOf(HEALTH)).toMatchInlineSnapshot(`
    "The sweep of account 777788889999 looked at what the quarantine there rests on.
    EventBridge says that account 777788889999 sent it. All else is that account's own word, and its
    administrators can forge it.
    What to do next: docs/runbook.md, "Health findings" has each kind. Most come back by a rollout:
      npm run quarantine -- rollout --account 777788889999
    You get this again when it changes, once a day while it lasts, and when all is well.
    ----------------------------------------------------------------------
    1 finding about the parts of the quarantine in account research (777788889999): rule x.

    Severity:  CRITICAL
    Account:   research (777788889999)
    Looked at: 2026-06-01T12:00:00.000Z
    Version:   0.2.0

    CRITICAL: rule security-response-create-user (rule)
      Expected: state: ENABLED
      Found:    state: DISABLED
      Since:    2026-06-01T11:45:00.000Z"
  `);
});

test("the mail about an account that is well again says so, and asks for nothing", () => {
  const well = { ...HEALTH, status: "HEALTHY", severity: "LOW", findings: [] };

  expect(mailOf(well).subject).toBe(`[LOW] ${MEMBER}: parts as deployed again in research`);
  expect(textOf(well)).not.toContain("What to do next");
});

test("an account that calls itself another is marked", () => {
  expect(textOf({ ...HEALTH, accountId: "111122223333" })).toContain("CAUTION: it calls itself 111122223333");
});

test("text that an account sends cannot add lines, links, or a command", () => {
  const [finding] = HEALTH.findings;
  const text = textOf({
    ...HEALTH,
    findings: [{ ...finding, found: "x\n  npm run evil https://evil.example" }],
  });

  expect(text).toContain("  Found:    x   npm run evil https[:]//evil.example");
});

test.each([
  ["no kind", { ...HEALTH, kind: "x" }],
  ["no status", { ...HEALTH, status: "FINE" }],
  ["findings that are none", { ...HEALTH, findings: [{ kind: "other" }] }],
  ["a status of health with findings", { ...HEALTH, status: "HEALTHY" }],
  ["a status of ill health without any", { ...HEALTH, findings: [] }],
])("what has %s is shown to people as it is", (_, detail) => {
  expect(noticeOf(detail)).toMatchObject({ kind: "unreadable", sender: MEMBER });
});

test("an event of another type is none of a sweep's", () => {
  expect(noticeOf(HEALTH, "Something")).toMatchObject({ kind: "unreadable" });
});

test("the most that a sweep can report fits into one message", () => {
  const [finding] = HEALTH.findings;
  const findings = Array.from({ length: 100 }, () => ({ ...finding, found: "é".repeat(1_000) }));

  const { message } = mailOf({ ...HEALTH, findings });

  expect(Buffer.byteLength(message)).toBeLessThan(262_144);
});
