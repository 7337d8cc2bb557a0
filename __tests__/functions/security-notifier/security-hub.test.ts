import { BatchImportFindingsCommand, SecurityHubClient } from "@aws-sdk/client-securityhub";
import { mockClient } from "aws-sdk-client-mock";
import { OUTCOME_STATUSES } from "../../../functions/contract";
import { findingOf, securityHubChannel } from "../../../functions/security-notifier/channels/security-hub";
import { HOSTILE, otherNotices, outcomeNotice } from "../../support/functions/notices";
import { asffFinding, MAX_FINDING_BYTES } from "../../support/functions/published-formats";

const ACCOUNT = { partition: "aws", accountId: "111122223333" };
const PRODUCT = "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default";
const NOW = Date.parse("2026-11-24T18:00:00Z");
const hub = mockClient(SecurityHubClient);
beforeEach(() => hub.reset());

const findingFor = (...parts: Parameters<typeof outcomeNotice>) =>
  findingOf(outcomeNotice(...parts), { productArn: PRODUCT }, ACCOUNT, NOW);
const channel = securityHubChannel(
  {
    channel: "security-hub",
    minimumSeverity: "MEDIUM",
    productArn: PRODUCT,
  },
  { ...ACCOUNT, runbookUrl: "https://wiki.example.com/r" },
  { hub: new SecurityHubClient({}), clock: () => NOW },
);
const invocation = { remaining: () => 30_000 };

describe("the finding about a user", () => {
  test("reads like this", () => {
    expect(findingFor({ userId: "AIDACKCEVSQ6C2EXAMPLE" })).toMatchSnapshot();
  });

  test.each(OUTCOME_STATUSES)("of the status %s is one that Security Hub takes", (status) => {
    const finding = findingFor({ status });

    expect(asffFinding.parse(finding)).toEqual(finding);
    expect(finding.ProductFields).toMatchObject({ "iam-user-quarantine/status": status });
  });

  test.each([
    ["what an attacker writes", HOSTILE],
    ["more than any field takes", "x".repeat(10_000)],
    ["characters that take four bytes", "\u{1f600}".repeat(5_000)],
    ["nothing", ""],
    ["white space", "  \n "],
  ])("with %s in every field is one that Security Hub takes, in 240 KB", (_, text) => {
    const finding = findingFor({
      ...{ summary: text, accountName: text, createdBy: text, sourceIp: text, userAgent: text, actor: text },
      ...{ eventId: text, eventTime: text, userArn: text, method: text, version: text, accountId: text },
    });

    expect(asffFinding.parse(finding)).toEqual(finding);
    expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(MAX_FINDING_BYTES);
  });

  test("is archived when the user is released, and active again when it is quarantined again", () => {
    expect(findingFor({ status: "RELEASED" }).RecordState).toBe("ARCHIVED");
    expect(findingFor({ status: "RESTORED" }).RecordState).toBe("ACTIVE");
  });

  test("keeps its id through all states", () => {
    const ids = OUTCOME_STATUSES.map((status) => findingFor({ status, userId: "AIDACKCEVSQ6C2EXAMPLE" }).Id);

    expect(new Set(ids)).toEqual(new Set(["iam-user-quarantine/user/777788889999/AIDACKCEVSQ6C2EXAMPLE"]));
  });

  test("names the user of the account that sent it alone", () => {
    const { Resources } = findingFor({ userArn: "arn:aws:iam::111122223333:user/admin" });

    expect(Resources?.[0]?.Id).toBe("arn:aws:iam::777788889999:user/eve");
  });
});

describe("which state counts", () => {
  const updatedAt = (...parts: Parameters<typeof outcomeNotice>) => String(findingFor(...parts).UpdatedAt);

  test("the one of the later event, not the one that arrived later", () => {
    expect(
      updatedAt({ status: "QUARANTINED" }, { time: "2026-11-24T17:41:24Z" }) <
        updatedAt({ status: "RELEASED" }, { time: "2026-11-24T17:50:00Z" }),
    ).toBe(true);
  });

  test("the same event again changes nothing: Security Hub ignores an update of the same time", () => {
    expect(updatedAt()).toBe(updatedAt());
  });

  test("of two in one second the worse one, whichever comes first", () => {
    expect(updatedAt({ severity: "LOW" }) < updatedAt({ severity: "CRITICAL" })).toBe(true);
  });

  test.each(["2099-01-01T00:00:00Z", "yesterday", ""])(
    "an account that sends the time %j cannot keep later states out",
    (time) => {
      expect(updatedAt({}, { time })).toBe("2026-11-24T18:00:00.000Z");
    },
  );

  test("a finding is never created after its update", () => {
    const finding = findingFor({ eventTime: "2099-01-01T00:00:00Z" });

    expect(finding.CreatedAt).toBe(finding.UpdatedAt);
  });
});

describe("the channel", () => {
  test("imports the finding, with a link to the runbook", async () => {
    hub.resolves({ SuccessCount: 1, FailedCount: 0 });

    await channel.send(outcomeNotice(), invocation);

    expect(hub.commandCalls(BatchImportFindingsCommand)[0]?.args[0].input.Findings).toMatchObject([
      {
        ProductArn: PRODUCT,
        Remediation: { Recommendation: { Url: "https://wiki.example.com/r#an-alert-says-quarantined" } },
      },
    ]);
  });

  test("fails when Security Hub refuses the finding, which it says in an answer that is no error", async () => {
    hub.resolves({
      ...{ SuccessCount: 0, FailedCount: 1 },
      FailedFindings: [{ Id: "x", ErrorCode: "InvalidInput", ErrorMessage: "no" }],
    });

    await expect(channel.send(outcomeNotice(), invocation)).rejects.toThrow("refused: InvalidInput: no");
  });

  test("fails when Security Hub is off", async () => {
    hub.rejects(Object.assign(new Error("not subscribed"), { name: "InvalidAccessException" }));

    await expect(channel.send(outcomeNotice(), invocation)).rejects.toThrow("InvalidAccess: not subscribed");
  });

  test.each(Object.entries(otherNotices()))("makes no finding of a notice of the kind %s", (_, notice) => {
    expect(channel.wants(notice)).toBe(false);
  });

  test.each([
    ["a user whose severity is less", outcomeNotice({ severity: "LOW" }), false],
    ["a user", outcomeNotice(), true],
    ["a release, whatever its severity", outcomeNotice({ status: "RELEASED", severity: "LOW" }), true],
    ["a policy, which is no user", outcomeNotice({ status: "RESTORED", userName: "" }), false],
    ["a user of a drill", outcomeNotice({ drill: "people" }), false],
  ])("of %s: %s", (_, notice, isWanted) => {
    expect(channel.wants(notice)).toBe(isWanted);
  });
});
