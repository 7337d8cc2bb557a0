import { PublishCommand } from "@aws-sdk/client-sns";
import type { DrillAudience, Outcome } from "../contract";
import { composeOutcomeAlert } from "../shared/alert/outcome-alert";
import { publish, publishMessage } from "../shared/alert/publish";
import { errorText } from "../shared/aws-error";
import { Deadline } from "../shared/deadline";
import { outcomeOf } from "./alert/outcome";
import type { ContainmentResult } from "./containment/containment-result";
import { HOLD_MS } from "./containment/durations";
import type { Incident } from "./containment/incident";
import type { Invocation } from "./dependencies";
import { ContainmentError } from "./errors";
import { holdRequest, thrownOutcome } from "./hold-request";
import { holdOf } from "./recent";
import type { Verdict } from "./verdict/verdict";

/**
 * Sends the alert, and then starts the hold.
 * @param drill Who gets the mail, when the user is one of the drill's.
 */
export async function conclude(
  incident: Incident,
  verdict: Verdict,
  result: ContainmentResult,
  drill?: DrillAudience,
): Promise<Outcome> {
  const finalVerdict = result.ignored ? { action: "ignore" as const, ...result.ignored } : verdict;
  const { creation, settings, dependencies } = incident;
  const { recent, clock } = dependencies;
  const { alertedAs } = result;
  const isRepeated =
    result.status !== "FAILED" && alertedAs !== undefined && recent.has(`alert ${alertedAs}`, clock());
  const outcome = {
    ...outcomeOf(creation, finalVerdict, { ...result, isRepeated }, settings, drill),
    ...originOf(incident.invocation),
  };
  try {
    await sendAlert(outcome, incident);
  } catch (error) {
    await forwardOutcome(outcome, incident);
    throw error;
  }
  if (alertedAs !== undefined && outcome.alerted) {
    // Counted only once it is published: otherwise Lambda's retry would not send it.
    recent.count(`alert ${alertedAs}`, clock());
  }
  return { ...outcome, failed: [...outcome.failed, ...(await startHold(incident, result))] };
}

export function originOf({ foundBy }: Invocation): Pick<Outcome, "foundBy"> {
  return foundBy === undefined ? {} : { foundBy };
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

/**
 * Forwards an outcome that is thrown, and not returned, to the security account. Once an hour is enough,
 * since Lambda repeats the event, and the sweep finds the user again: docs/adr/0036-failed-responses.md.
 */
async function forwardOutcome(
  outcome: Outcome,
  { settings, dependencies, invocation }: Incident,
): Promise<void> {
  const { recent, clock, log } = dependencies;
  const key = `outcome ${outcome.status} ${outcome.userName} ${outcome.eventId}`;
  if (settings.holdTopicArn === undefined || recent.has(key, clock())) {
    return;
  }
  const Message = JSON.stringify(thrownOutcome(outcome));
  try {
    await publishMessage({ TopicArn: settings.holdTopicArn, Message }, dependencies, invocation);
    recent.count(key, clock());
  } catch (error) {
    log.warn("The outcome does not reach the security account", { error: String(error) });
  }
}

/**
 * The hold is a function of its own, so that it does not use the concurrency that new users need.
 * @returns what failed
 */
async function startHold(
  { creation, reason, settings, dependencies, invocation }: Incident,
  { status, containedAt, user, answeredElsewhere, undoing }: ContainmentResult,
): Promise<Outcome["failed"]> {
  const isFight = status === "RESTORED" && undoing?.isUndone !== false;
  const isNew = status === "QUARANTINED" && answeredElsewhere !== true;
  const { recent, clock } = dependencies;
  // One hold at a time is enough: one that was started a moment ago follows the user through renames.
  const key = holdOf(creation.userId ?? creation.userName);
  const isStarted = isFight && recent.isWithin(key, HOLD_MS.stands, clock());
  if (!(isNew || isFight) || isStarted || creation.userName === "" || settings.holdTopicArn === undefined) {
    return [];
  }
  if (isFight) {
    recent.count(key, clock());
  }
  const request = holdRequest({
    creation: { ...creation, ...user },
    reason,
    since: Date.parse(containedAt),
    isFight,
  });
  try {
    const command = new PublishCommand({ TopicArn: settings.holdTopicArn, Message: JSON.stringify(request) });
    await Deadline.ofInvocation(clock, invocation).run((options) => dependencies.sns.send(command, options));
    return [];
  } catch (error) {
    dependencies.log.warn("The hold was not started", { error: String(error) });
    return [{ step: "start the hold", error: errorText(error) }];
  }
}
