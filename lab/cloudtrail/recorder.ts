import { randomUUID } from "node:crypto";

import type { BusEvent } from "../eventbridge/bus-event";
import type { Observer } from "../gateway/pipeline";
import { readError, readOutput } from "../gateway/read-response";
import { buildEvent, buildRecord, isWrite } from "./record";

/** Turns each IAM write call that passes, successful or refused, into an event for its account's default bus. */
export function cloudTrailRecorder(send: (event: BusEvent) => void): Observer {
  return (exchange, response) => {
    const { request } = exchange;
    if (request.service !== "iam" || !isWrite(request.action)) return;
    const error = readError(request, response);
    const result = error === undefined ? { output: readOutput(request, response) } : { error };
    send(buildEvent(buildRecord(exchange, result, randomUUID()), randomUUID()));
  };
}
