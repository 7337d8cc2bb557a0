import { AwsError } from "../shared/errors";
import type { Forward } from "./forward";
import type { AwsResponse, Exchange } from "./messages";
import { errorResponse } from "./responses";

/**
 * One step before a request reaches the emulated state. It answers the request itself, refuses it by throwing
 * an AwsError, or returns undefined to let it pass.
 */
export type Stage = (exchange: Exchange) => Promise<AwsResponse | undefined> | AwsResponse | undefined;

/** Sees every answered request, refusals included, before its caller gets the answer. */
export type Observer = (exchange: Exchange, response: AwsResponse) => Promise<void> | void;

export interface PipelineParts {
  /** May this principal do this? */
  readonly authorize: readonly Stage[];
  /** Faults set by hand: throttling, 5xx, time-outs. */
  readonly faults: readonly Stage[];
  /** What the lab answers itself, because moto cannot. */
  readonly handlers: readonly Stage[];
  readonly forward: Forward;
  readonly observers: readonly Observer[];
}

/** Takes one request through all stages; internal calls of the lab go the same way as those from outside. */
export type Pipeline = (exchange: Exchange) => Promise<AwsResponse>;

export function createPipeline(parts: PipelineParts): Pipeline {
  const stages = [...parts.authorize, ...parts.faults, ...parts.handlers];
  return async (exchange) => {
    const response = await answer(exchange, stages, parts.forward);
    for (const observe of parts.observers) {
      await observe(exchange, response);
    }
    return response;
  };
}

async function answer(exchange: Exchange, stages: readonly Stage[], forward: Forward): Promise<AwsResponse> {
  try {
    for (const stage of stages) {
      const response = await stage(exchange);
      if (response !== undefined) {
        return response;
      }
    }
  } catch (error) {
    if (error instanceof AwsError) {
      return errorResponse(exchange.request, error);
    }
    throw error;
  }
  return forward(exchange.request, exchange.accountId);
}
