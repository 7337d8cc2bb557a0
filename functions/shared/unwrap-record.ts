import { isObject, objectAt, stringAt } from "./json";

/** A record that was redriven twice is wrapped twice; no real event is wrapped deeper than this. */
const MAX_WRAPPERS = 10;

/**
 * Unwraps an event from the records of Lambda's on-failure destination, so that a dead letter can be sent
 * back to its function as it is.
 *
 * @returns The event, and the ids of the Lambda requests that failed on it, the last one first.
 */
export function unwrapRecord(payload: unknown): { inner: unknown; requestIds: string[] } {
  const requestIds: string[] = [];
  let inner = payload;
  for (let depth = 0; depth < MAX_WRAPPERS && isObject(inner) && "requestPayload" in inner; depth++) {
    const requestId = stringAt(objectAt(inner, "requestContext"), "requestId");
    if (requestId) {
      requestIds.push(requestId);
    }
    inner = inner["requestPayload"];
  }
  return { inner, requestIds };
}
