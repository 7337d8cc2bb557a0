import { randomUUID } from "node:crypto";
import type { BusEvent } from "../exchange/bus-event";
import type { Exchange } from "../exchange/messages";
import type { Observer } from "../exchange/pipeline";
import { readError, readOutput } from "../exchange/read-response";
import { managementEvent } from "./management-events";
import { buildEvent, buildRecord, type CallResult } from "./record";

/** Makes an event of each call that changes something, successful or refused. */
export function cloudTrailRecorder(send: (event: BusEvent) => Promise<void>): Observer {
  return async (exchange, response) => {
    const event = managementEvent(exchange.request);
    if (event === undefined || isDelivery(exchange)) {
      return;
    }
    const record = buildRecord(exchange, event, resultOf(exchange, response), randomUUID());
    await send(buildEvent(record, event, randomUUID()));
  };
}

/**
 * EventBridge makes a stream in a log group for each event that it delivers there. An event about it would be
 * delivered as well by a rule that matches every event, and so on without end.
 */
function isDelivery({ request, principal }: Exchange): boolean {
  return principal.type === "AWSService" && request.action === "CreateLogStream";
}

function resultOf({ request }: Exchange, response: Parameters<Observer>[1]): CallResult {
  const error = readError(request, response);
  if (error !== undefined) {
    return { error };
  }
  // Some answers are the text `null`.
  const output = readOutput(request, response) as object | null;
  return { output: { ...output } };
}
