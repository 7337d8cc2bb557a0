import { randomUUID } from "node:crypto";
import type { BusEvent } from "../exchange/bus-event";
import type { Observer } from "../exchange/pipeline";
import { readError, readOutput } from "../exchange/read-response";
import { buildEvent, buildRecord, isWrite } from "./record";

/**
 * Sends an event to the account's default bus for each IAM write call, successful or refused.
 */
export function cloudTrailRecorder(send: (event: BusEvent) => void): Observer {
  return (exchange, response) => {
    const { request } = exchange;
    if (request.service !== "iam" || !isWrite(request.action)) {
      return;
    }
    const error = readError(request, response);
    const result = error === undefined ? { output: readOutput(request, response) } : { error };
    send(buildEvent(buildRecord(exchange, result, randomUUID()), randomUUID()));
  };
}
