import type { Outcome } from "../contract";
import { isObject, objectAt, stringAt } from "../shared/json";
import { EventError } from "./errors";
import type { UserCreation } from "./event/user-creation";

/**
 * What the responder publishes to the topic that starts the hold. The topic's policy refuses every publisher
 * except the responder's role.
 */
export interface HoldRequest {
  readonly kind: typeof KIND;
  readonly creation: UserCreation;
  /** Why the user was quarantined. */
  readonly reason: string;
  /** When, in milliseconds since the epoch. */
  readonly since: number;
  /** Somebody has undone the quarantine before. */
  readonly isFight: boolean;
}

/**
 * The outcome of a response that throws, so that Lambda tries again. No destination gets it: the function of
 * the hold has nothing to do but to return it.
 */
export interface ThrownOutcome {
  readonly kind: typeof OUTCOME;
  readonly outcome: Outcome;
}

const KIND = "hold";
const OUTCOME = "outcome";

export function holdRequest(parts: Omit<HoldRequest, "kind">): HoldRequest {
  return { kind: KIND, ...parts };
}

export function thrownOutcome(outcome: Outcome): ThrownOutcome {
  return { kind: OUTCOME, outcome };
}

/**
 * The request in what invoked the function of the hold; undefined when it is an event.
 *
 * @param payload As SNS invokes a function. Source: Lambda developer guide, "Invoking Lambda functions with
 * Amazon SNS notifications".
 * @throws EventError when SNS delivered something else
 */
export function readHoldRequest(payload: unknown): HoldRequest | ThrownOutcome | undefined {
  const records = isObject(payload) ? payload["Records"] : undefined;
  if (!Array.isArray(records)) {
    return undefined;
  }
  const message = stringAt(objectAt(isObject(records[0]) ? records[0] : {}, "Sns"), "Message") ?? "";
  const request = parse(message);
  if (isObject(request) && request["kind"] === OUTCOME && isObject(request["outcome"])) {
    return request as unknown as ThrownOutcome;
  }
  if (!isObject(request) || request["kind"] !== KIND) {
    throw new EventError("Records[0].Sns.Message", "the order to hold a quarantine", message);
  }
  const { creation, since } = request;
  if (!isObject(creation) || stringAt(creation, "userName") === undefined) {
    throw new EventError("creation", "the user whose quarantine is to be held", creation);
  }
  if (typeof since !== "number") {
    throw new EventError("since", "milliseconds since the epoch", since);
  }
  return request as unknown as HoldRequest;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
