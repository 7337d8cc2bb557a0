import { isObject, stringAt, type JsonObject } from "../../shared/json";
import { unwrapRecord } from "../../shared/unwrap-record";
import { EventError } from "../errors";
import { strictStringAt } from "./strict-string";

/** A CloudTrail record as EventBridge delivers it, with nothing decided yet. */
export interface CloudTrailEvent {
  readonly envelope: JsonObject;
  /** The CloudTrail record. */
  readonly detail: JsonObject;
  readonly eventSource: string | undefined;
  readonly eventName: string | undefined;
  /** Every account that the event names as its own, with the field that does. */
  readonly accounts: readonly { readonly field: string; readonly id: string }[];
  /** CloudTrail's event id, else the envelope's, else empty. */
  readonly eventId: string;
  /** Ids of the Lambda requests that failed with this event before, when it comes back from the queue. */
  readonly earlierRequestIds: readonly string[];
}

/**
 * Reads what invoked the function: an EventBridge envelope, or the record of Lambda's on-failure destination
 * around one, so that a dead letter can be sent back as it is.
 * @param earlier Ids of the Lambda requests that failed on this event before.
 * @throws EventError when there is no CloudTrail record in it
 */
export function readEvent(payload: unknown, earlier: readonly string[] = []): CloudTrailEvent {
  const { inner: envelope, requestIds } = unwrapRecord(payload);
  if (!isObject(envelope)) {
    throw new EventError("event", "an EventBridge event (a JSON object)", envelope);
  }
  const detail = envelope["detail"];
  if (!isObject(detail)) {
    throw new EventError("detail", "a CloudTrail record (a JSON object)", detail);
  }
  return {
    envelope,
    detail,
    eventSource: strictStringAt(detail, "eventSource", "detail.eventSource"),
    eventName: strictStringAt(detail, "eventName", "detail.eventName"),
    accounts: readAccounts(envelope, detail),
    eventId: stringAt(detail, "eventID") ?? stringAt(envelope, "id") ?? "",
    earlierRequestIds: [...earlier, ...requestIds],
  };
}

function readAccounts(envelope: JsonObject, detail: JsonObject): CloudTrailEvent["accounts"] {
  const stated = [
    {
      field: "detail.recipientAccountId",
      id: strictStringAt(detail, "recipientAccountId", "detail.recipientAccountId"),
    },
    { field: "account", id: strictStringAt(envelope, "account", "account") },
  ];
  return stated.flatMap(({ field, id }) => (id ? [{ field, id }] : []));
}
