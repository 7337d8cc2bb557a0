import type { Outcome } from "../contract";
import { composeOutcomeAlert } from "../shared/alert/outcome-alert";
import { publish } from "../shared/alert/publish";
import { Deadline } from "../shared/deadline";
import { ignoredOutcome, outcomeOf } from "./alert/outcome";
import { composeUnreadable } from "./alert/unreadable";
import type { ContainmentResult } from "./containment/containment-result";
import { enforce } from "./containment/enforce";
import type { Incident } from "./containment/incident";
import { observe } from "./containment/observe";
import type { Invocation, Dependencies } from "./dependencies";
import { ContainmentError, EventError } from "./errors";
import { readEvent, type CloudTrailEvent } from "./event/event";
import type { UserCreation } from "./event/user-creation";
import type { Settings } from "./settings";
import { decide, type Decision } from "./verdict/verdict";

/** Milliseconds kept for the alert, whatever IAM does. */
const ALERT_RESERVE_MS = 10_000;
/** When the function has little time in all, the reserve takes at most this part of it. */
const LARGEST_RESERVE = 0.4;

/**
 * Answers one event: decides what to do, contains the user, sends the alert.
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
  const parsedEvent = await parseEvent(payload, settings, dependencies, invocation);
  const { event, decision } = parsedEvent;
  const user = (decision.creation ?? decision.tampering)?.userName;
  const log = dependencies.log.with({ eventId: event.eventId, user });
  const outcome = await act(parsedEvent, settings, { ...dependencies, log }, invocation);
  log.info(outcome.summary, { status: outcome.status, rule: outcome.verdict.rule, method: outcome.method });
  return outcome;
}

interface ParsedEvent {
  readonly event: CloudTrailEvent;
  readonly decision: Decision;
}

async function parseEvent(
  payload: unknown,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<ParsedEvent> {
  try {
    const event = readEvent(payload);
    return { event, decision: decide(event, settings) };
  } catch (error) {
    if (!(error instanceof EventError)) {
      throw error;
    }
    dependencies.log.error("The event cannot be read", { field: error.field, error: error.message });
    await publish(
      composeUnreadable(error, payload, settings),
      settings.topicArn,
      dependencies,
      invocation,
    ).catch((alertError: unknown) => dependencies.log.error(String(alertError)));
    throw error;
  }
}

async function act(
  { event, decision: { verdict, creation } }: ParsedEvent,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Promise<Outcome> {
  if (verdict.action === "restore") {
    // TODO(engine): read the user's state and close the gap. Until then the outcome only records the call.
    return ignoredOutcome(verdict, event.eventId, settings);
  }
  if (verdict.action === "ignore" || !creation) {
    return ignoredOutcome(verdict, event.eventId, settings);
  }
  if (verdict.action === "trust") {
    return outcomeOf(creation, verdict, LEFT_ALONE, settings);
  }
  const incident = incidentOf(creation, verdict.reason, settings, dependencies, invocation);
  const result = await (verdict.action === "observe" ? observe(incident) : enforce(incident));
  const finalVerdict = result.ignored ? { action: "ignore" as const, ...result.ignored } : verdict;
  const outcome = outcomeOf(creation, finalVerdict, result, settings);
  await sendAlert(outcome, incident);
  return outcome;
}

const LEFT_ALONE: ContainmentResult = {
  status: "TRUSTED",
  method: "none",
  containedAt: "",
  done: [],
  failed: [],
};

function incidentOf(
  creation: UserCreation,
  reason: string,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Incident {
  const remaining = invocation.remaining();
  const reserve = Math.min(ALERT_RESERVE_MS, remaining * LARGEST_RESERVE);
  const deadline = new Deadline(dependencies.clock, dependencies.clock() + remaining - reserve);
  return { creation, reason, settings, dependencies, invocation, deadline };
}

async function sendAlert(outcome: Outcome, { settings, dependencies, invocation }: Incident): Promise<void> {
  const notContained = outcome.status === "FAILED" ? outcome.summary : undefined;
  for (const { step, error } of outcome.failed) {
    dependencies.log.warn(`Step failed: ${step}`, { error });
  }
  if (outcome.answeredElsewhere) {
    dependencies.log.warn("The alert was left to another delivery of this event", {
      answeredElsewhere: true,
    });
  }
  if (!outcome.alerted) {
    return;
  }
  try {
    await publish(composeOutcomeAlert(outcome, settings), settings.topicArn, dependencies, invocation);
  } catch (error) {
    dependencies.log.error(String(error));
    if (notContained === undefined) {
      throw error;
    }
    throw new ContainmentError(`${notContained} The alert was not published either.`, { cause: error });
  }
  if (notContained !== undefined) {
    throw new ContainmentError(notContained);
  }
}
