import type { Outcome } from "../contract";
import { publish } from "../shared/alert/publish";
import type { JsonObject } from "../shared/json";
import type { Log } from "../shared/log";
import { unwrapRecord } from "../shared/unwrap-record";
import { ignoredOutcome, outcomeOf } from "./alert/outcome";
import { composeUnreadable } from "./alert/unreadable";
import { audienceOfDrill } from "./announced-drill";
import { conclude, originOf } from "./conclude";
import { closeGap } from "./containment/close-gap";
import { leftAlone, untouched, type Undoer } from "./containment/containment-result";
import { enforce } from "./containment/enforce";
import { hold } from "./containment/hold";
import { incidentOf } from "./containment/incident";
import { observe } from "./containment/observe";
import { restoreUnnamed, restoreUser } from "./containment/restore";
import { restorePolicy } from "./containment/restore-policy";
import type { Invocation, Dependencies } from "./dependencies";
import { EventError } from "./errors";
import { readEvent, type CloudTrailEvent } from "./event/event";
import { subjectOfTampering, type Tampering } from "./event/tampering";
import type { UserCreation } from "./event/user-creation";
import { readHoldRequest, type HoldRequest } from "./hold-request";
import type { Settings } from "./settings";
import { readSweepRequest, subjectOfSweep, type SweepRequest } from "./sweep-request";
import { decide, judgeUnknown, type Decision, type Verdict } from "./verdict/verdict";

/**
 * Responds to one event: decides what to do, contains the user, sends the alert.
 * @returns the outcome, which Lambda's on-success destination puts on the bus
 * @throws EventError when the event cannot be read, ContainmentError when the user is not contained, both
 * after alerting; AlertError when the user is contained but the alert was not published
 */
export async function respond(
  payload: unknown,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  const { inner, requestIds } = unwrapRecord(payload);
  const request = readHoldRequest(inner);
  if (request?.kind === "outcome") {
    return request.outcome;
  }
  if (request) {
    return answerHold(request, settings, dependencies, invocation);
  }
  const swept = readSweepRequest(inner);
  return swept
    ? answerSweep(swept, requestIds, settings, dependencies, {
        ...invocation,
        foundBy: "sweep",
        isUnanswered: "answered" in swept && swept.answered === false,
      })
    : answerEvent(payload, [], settings, dependencies, invocation);
}

/**
 * @param earlierRequestIds Ids of the Lambda requests that failed on this event before.
 */
async function answerEvent(
  payload: unknown,
  earlierRequestIds: readonly string[],
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  const parsedEvent = await parseEvent(payload, earlierRequestIds, settings, dependencies, invocation);
  const { event, decision } = parsedEvent;
  const { userName: user, userId } = decision.creation ?? decision.tampering ?? {};
  const log = dependencies.log.with({ eventId: event.eventId, user, userId });
  const outcome = await act(parsedEvent, settings, { ...dependencies, log }, invocation);
  return logEnd(outcome, log);
}

/**
 * Writes the log line from which the sweep knows that a user was answered. The event may not state the id.
 */
function logEnd(outcome: Outcome, log: Log): Outcome {
  const { summary, status, verdict, method, userId } = outcome;
  log.info(summary, { status, rule: verdict.rule, method, ...(userId !== undefined && { userId }) });
  return outcome;
}

/** Responds to what the sweep found, by the same verdict, trust and claim as to an event. */
async function answerSweep(
  request: SweepRequest,
  earlierRequestIds: readonly string[],
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  if (request.found === "event") {
    return answerEvent(request.event, earlierRequestIds, settings, dependencies, invocation);
  }
  const isNew = request.found === "unknown-creator";
  const user = request.found === "policy" ? {} : request.user;
  // The time of a creation is known; when a quarantine was undone is not.
  const creation = subjectOfSweep(isNew ? user : { ...user, createdAt: "" }, settings, earlierRequestIds);
  const { eventId, userName, userId } = creation;
  const log = dependencies.log.with({ eventId, user: userName, userId });
  const withLog = { ...dependencies, log };
  if (isNew) {
    const verdict = judgeUnknown(creation, request.action, { ...settings, now: dependencies.clock() });
    return logEnd(await answerCreation(creation, verdict, settings, withLog, invocation), log);
  }
  const verdict = { action: "restore", rule: "sweep", reason: SWEPT[request.found] } as const;
  if (settings.mode !== "enforce") {
    const reason = `nothing is quarantined in the mode ${settings.mode}`;
    return logEnd(ignoredOutcome({ action: "ignore", rule: "mode", reason }, eventId, settings), log);
  }
  const start = incidentOf(creation, verdict.reason, settings, withLog, invocation);
  const { incident, result } =
    request.found === "policy"
      ? { incident: start, result: await restorePolicy(start, undefined) }
      : await closeGap(start, undoerIn(request.event, userName, settings, dependencies));
  return logEnd(await conclude(incident, verdict, result), log);
}

/** Who made the call in CloudTrail's record, if that is about this user. */
function undoerIn(
  event: JsonObject | undefined,
  userName: string,
  settings: Settings,
  { clock, log }: Dependencies,
): Undoer | undefined {
  try {
    const { tampering } = event ? decide(readEvent(event), { ...settings, now: clock() }) : {};
    return tampering?.userName === userName
      ? { by: tampering.caller.label, call: tampering.call }
      : undefined;
  } catch (error) {
    log.warn("The record of the sweep cannot be read", { error: String(error) });
    return undefined;
  }
}

const SWEPT = {
  gap: "the sweep found a gap in the quarantine",
  policy: "the sweep found that the quarantine policy does not deny everything",
} as const;

interface ParsedEvent {
  readonly event: CloudTrailEvent;
  readonly decision: Decision;
}

async function parseEvent(
  payload: unknown,
  earlierRequestIds: readonly string[],
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<ParsedEvent> {
  try {
    const event = readEvent(payload, earlierRequestIds);
    return { event, decision: decide(event, { ...settings, now: dependencies.clock() }) };
  } catch (error) {
    if (!(error instanceof EventError)) {
      throw error;
    }
    dependencies.log.error("The event cannot be read", { field: error.field, error: error.message });
    await alertUnreadable(error, payload, settings, dependencies, invocation);
    // Lambda keeps the event in the dead-letter queue.
    throw error;
  }
}

/** Alerts once: Lambda's retries cannot read the event either, and have the same request id. */
async function alertUnreadable(
  error: EventError,
  payload: unknown,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<void> {
  const { recent, clock, log } = dependencies;
  const key = `unreadable ${invocation.requestId}`;
  if (recent.has(key, clock())) {
    return;
  }
  const alert = composeUnreadable(error, payload, settings);
  try {
    await publish(alert, settings.topicArn, dependencies, invocation);
    recent.count(key, clock());
  } catch (alertError) {
    log.error(String(alertError));
  }
}

async function act(
  { event, decision: { verdict, creation, tampering } }: ParsedEvent,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  if (tampering) {
    return answerTampering(tampering, verdict, settings, dependencies, invocation);
  }
  if (verdict.action === "ignore" || !creation) {
    return { ...ignoredOutcome(verdict, event.eventId, settings), ...originOf(invocation) };
  }
  return answerCreation(creation, verdict, settings, dependencies, invocation);
}

async function answerCreation(
  creation: UserCreation,
  verdict: Verdict,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  if (verdict.action === "trust") {
    return { ...outcomeOf(creation, verdict, LEFT_ALONE, settings), ...originOf(invocation) };
  }
  const incident = incidentOf(creation, verdict.reason, settings, dependencies, invocation);
  const result = await (verdict.action === "observe" ? observe(incident) : enforce(incident));
  return conclude(incident, verdict, result, await audienceOfDrill(incident, result));
}

async function answerTampering(
  tampering: Tampering,
  verdict: Verdict,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  const subject = subjectOfTampering(tampering, settings.partition);
  const start = incidentOf(subject, verdict.reason, settings, dependencies, invocation);
  const { incident, result } =
    tampering.kind === "policy"
      ? { incident: start, result: await restorePolicy(start, tampering) }
      : await (tampering.userName === undefined ? restoreUnnamed : restoreUser)(start, tampering);
  return conclude(incident, verdict, result);
}

/** Checks a quarantine again, for as long as IAM takes to apply it. */
async function answerHold(
  { creation, reason, since, isFight }: HoldRequest,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  const incident = incidentOf(creation, reason, settings, dependencies, invocation);
  const { mode } = settings;
  const result =
    mode === "enforce"
      ? await hold(incident, since, isFight)
      : // The account was switched in the meantime: nothing may be put back any more.
        leftAlone("mode", `the mode is ${mode} since the quarantine, which stays`);
  // The time of the creation is not the time at which the quarantine was undone, which is not known.
  const reported = result.status === "RESTORED" ? { ...creation, eventTime: "" } : creation;
  return conclude(
    { ...incident, creation: reported },
    { action: "quarantine", rule: "hold", reason },
    result,
  );
}

const LEFT_ALONE = untouched({ status: "TRUSTED" });
