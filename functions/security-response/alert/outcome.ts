import { PAUSED_RULE, type DrillAudience, type Outcome } from "../../contract";
import { plain } from "../../shared/text";
import { isTampered, type ContainmentResult } from "../containment/containment-result";
import type { UserCreation } from "../event/user-creation";
import type { Settings } from "../settings";
import type { Verdict } from "../verdict/verdict";
import { describeOpen } from "./open";
import { rateSeverity } from "./severity";
import { accountOf, summarize } from "./summary";

/** Limits for lists and lines of an outcome, which keep it far below the 256 KB of an EventBridge entry. */
const MAX_ITEMS = 60;
const MAX_LINE = 400;

/**
 * The outcome of a creation that was contained, observed or trusted, or whose user vanished.
 * @param drill Who gets the mail, when the user is one of the drill's.
 */
export function outcomeOf(
  creation: UserCreation,
  verdict: Verdict,
  result: ContainmentResult,
  settings: Settings,
  drill?: DrillAudience,
): Outcome {
  const { userState, user = creation } = result;
  const answeredElsewhere = isLeftToOther(result);
  const seconds = secondsBetween(creation.eventTime, result.containedAt);
  const userId = userState?.id ?? creation.userId;
  return {
    ...base(settings, verdict),
    status: result.status,
    summary: plain(summarize(creation, verdict, result, settings, seconds), 1_000),
    userName: plain(user.userName),
    userArn: plain(user.userArn, 700),
    ...(userId !== undefined && { userId: plain(userId, 128) }),
    createdBy: plain(creation.creator.label, 300),
    sourceIp: plain(creation.sourceIp, 100),
    userAgent: plain(creation.userAgent, 300),
    ...(result.undoing?.by !== undefined && { actor: plain(result.undoing.by, 300) }),
    eventId: plain(creation.eventId, 200),
    eventTime: creation.eventTime,
    containedAt: result.containedAt,
    secondsToContain: seconds,
    method: result.method,
    ...(drill !== undefined && { drill }),
    severity: rateSeverity(result, creation.creator.type, settings.policyArn, {
      isDrill: drill !== undefined,
      isPaused: verdict.rule === PAUSED_RULE,
    }),
    alerted: !answeredElsewhere && !SILENT.includes(result.status) && result.isRepeated !== true,
    answeredElsewhere,
    done: bounded(result.done),
    failed: result.failed
      .slice(0, MAX_ITEMS)
      .map(({ step, error }) => ({ step: plain(step, 100), error: plain(error, MAX_LINE) })),
    ...(result.wouldDo && { wouldDo: bounded(result.wouldDo) }),
    open: userState ? bounded(describeOpen(userState, settings.policyArn)) : [],
  };
}

/** Statuses without an alert. */
const SILENT: readonly Outcome["status"][] = ["TRUSTED", "IGNORED", "HELD"];

/** Anyone who may tag users can forge a claim, so it only suppresses the alert about a success. */
function isLeftToOther(result: ContainmentResult): boolean {
  return result.status === "QUARANTINED" && result.answeredElsewhere === true && !isTampered(result);
}

/** The outcome of an event that is ignored. */
export function ignoredOutcome(verdict: Verdict, eventId: string, settings: Settings): Outcome {
  return {
    ...base(settings, verdict),
    status: "IGNORED",
    summary: plain(`Ignored an event in account ${accountOf(settings)}: ${verdict.reason}.`),
    userName: "",
    userArn: "",
    createdBy: "",
    sourceIp: "",
    userAgent: "",
    eventId: plain(eventId, 200),
    eventTime: "",
    containedAt: "",
    secondsToContain: null,
    method: "none",
    severity: "LOW",
    alerted: false,
    answeredElsewhere: false,
    done: [],
    failed: [],
    open: [],
  };
}

function base(settings: Settings, { action, rule, reason }: Verdict) {
  return {
    schemaVersion: "1",
    verdict: { action, rule: plain(rule, 100), reason: plain(reason, 1_000) },
    accountId: settings.accountId,
    accountName: plain(settings.accountName, 100),
    version: settings.version,
  } as const;
}

/**
 * Seconds with millisecond precision; null when either time is unknown. Clocks may differ, so never below 0.
 */
function secondsBetween(eventTime: string, containedAt: string): number | null {
  if (eventTime === "" || containedAt === "") {
    return null;
  }
  return Math.max(0, (Date.parse(containedAt) - Date.parse(eventTime)) / 1_000);
}

function bounded(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_ITEMS).map((line) => plain(line, MAX_LINE));
  return lines.length > MAX_ITEMS ? [...shown, `and ${lines.length - MAX_ITEMS} more`] : shown;
}
