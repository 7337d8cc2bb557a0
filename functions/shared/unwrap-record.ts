import { isObject, objectAt, stringAt } from "./json";

/** A record redriven twice is wrapped twice; nothing sensible is wrapped deeper than this. */
const MAX_WRAPPERS = 10;

/**
 * Takes the records of Lambda's on-failure destination off an event, so that what lies in a dead-letter queue
 * can be sent back to its function as it is.
 *
 * @returns What is inside, and the ids of the Lambda requests that failed with it, the last one first.
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
