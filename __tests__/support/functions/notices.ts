import { readNotice, type Notice, type OutcomeNotice } from "../../../functions/security-notifier/notice";
import { loadFixture } from "../load-fixture";
import { apiCallEvent, MEMBER, userNamed } from "./api-call-event";
import { drillEnded } from "./drill-events";

/** A notice of what arrived. */
export function noticeOf(event: unknown): Notice {
  return readNotice(event, (accountId) => [`arn:aws:iam::${accountId}:role/Deployer`]);
}

/** A recorded outcome with some fields changed, as whoever rules the account can send it. */
export function outcomeNotice(changes: Record<string, unknown> = {}, envelope: object = {}): OutcomeNotice {
  const event = loadFixture("central-events/quarantined") as { detail: { responsePayload: object } };
  const responsePayload = { ...event.detail.responsePayload, severity: "HIGH", ...changes };
  const notice = noticeOf({ ...event, ...envelope, detail: { ...event.detail, responsePayload } });
  if (notice.kind !== "outcome") {
    throw new Error(`expected the notice of an outcome, got ${notice.kind}`);
  }
  return notice;
}

/** One notice of each other kind that channels get, with whatever text an attacker may write. */
export function otherNotices(hostile = "x"): Record<string, Notice> {
  const alarm = loadFixture("central-events/alarm") as { detail: Record<string, unknown> };
  const health = {
    ...{ source: "quarantine-sweep", "detail-type": "Quarantine Health", account: MEMBER },
    detail: {
      ...{ schemaVersion: "1", kind: "health", status: "UNHEALTHY", summary: hostile, severity: "HIGH" },
      ...{ accountId: MEMBER, accountName: hostile, version: "0.2.0", lookedAt: "2026-11-24T17:41:20Z" },
      findings: [
        { kind: "rule", place: hostile, expected: hostile, found: hostile, severity: "HIGH", since: "" },
      ],
    },
  };
  return {
    alarm: noticeOf({
      ...alarm,
      detail: { ...alarm.detail, alarmName: hostile, configuration: { description: hostile } },
    }),
    change: noticeOf(
      apiCallEvent({
        ...{ service: "events", eventName: "DisableRule", requestParameters: { name: hostile } },
        userIdentity: userNamed(hostile),
      }),
    ),
    drill: noticeOf(drillEnded({ status: "FAILED", summary: hostile }, {})),
    health: noticeOf(health),
    refusal: noticeOf(
      apiCallEvent({
        ...{ service: "iam", eventName: "DetachUserPolicy", errorCode: "AccessDenied" },
        ...{ errorMessage: hostile, userIdentity: userNamed(hostile) },
      }),
    ),
    unreadable: noticeOf({
      account: MEMBER,
      source: "lambda",
      detail: { responsePayload: { status: hostile } },
    }),
  };
}

/** What somebody writes who wants to mention a channel, link, format, or break out of a text. */
export const HOSTILE =
  '<!channel> <@U024BE7LH> <https://evil.example|click> [click](https://evil.example) @everyone `x` *b* & "q" \\ \u202e\n# Done';
