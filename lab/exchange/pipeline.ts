import { AwsError } from "../shared/errors";
import type { Forward } from "./forward";
import type { AwsResponse, Exchange } from "./messages";
import { errorResponse } from "./responses";

/** Refuses a request by throwing an AwsError, or lets it pass. */
export type Guard = (exchange: Exchange) => Promise<void> | void;

/** Answers a request instead of moto. Returns undefined for a request that is not its own. */
export type Handler = (exchange: Exchange) => Promise<AwsResponse | undefined> | AwsResponse | undefined;

/** Sees every request with its answer, refused ones too, before the caller gets the answer. */
export type Observer = (exchange: Exchange, response: AwsResponse) => Promise<void> | void;

export interface PipelineParts {
  /** Each sees every request, in this order, before any handler. */
  readonly guards: readonly Guard[];
  /** The first that answers wins. A request that none answers goes to moto. */
  readonly handlers: readonly Handler[];
  readonly forward: Forward;
  readonly observers: readonly Observer[];
}

/** Answers a request. Internal calls of the lab take the same way as requests from outside. */
export type Pipeline = (exchange: Exchange) => Promise<AwsResponse>;

export function createPipeline(parts: PipelineParts): Pipeline {
  return async (exchange) => {
    const response = await answer(exchange, parts);
    for (const observe of parts.observers) {
      await observe(exchange, response);
    }
    return response;
  };
}

async function answer(
  exchange: Exchange,
  { guards, handlers, forward }: PipelineParts,
): Promise<AwsResponse> {
  try {
    for (const guard of guards) {
      await guard(exchange);
    }
    for (const handler of handlers) {
      const response = await handler(exchange);
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
