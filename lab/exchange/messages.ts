import type { BusEvent } from "./bus-event";
import type { Principal } from "./principal";

/**
 * How a client writes its requests and expects its answers. `cbor` is the client's alone: inside the lab such
 * requests and their answers are JSON.
 */
export type Protocol = "query" | "json" | "cbor" | "rest" | "xml";

/** An AWS API request, with what the gateway read from its headers, path and body. */
export interface AwsRequest {
  readonly id: string;
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * Signing name of the service: `iam`, `sts`, `sns`, `sqs`, `events`, `lambda`, `logs`, `monitoring`, ...
   */
  readonly service: string;
  readonly region: string;
  /** Name of the API action; empty when the lab does not know the path. */
  readonly action: string;
  readonly protocol: Protocol;
  /** Absent on an unsigned request. */
  readonly accessKeyId?: string;
  /**
   * Input of the action by its API names; lists are arrays. For `rest`, path parameters and the JSON body;
   * for `xml`, the path and query parameters.
   */
  readonly params: Readonly<Record<string, unknown>>;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** An answer to an {@link AwsRequest}. */
export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request in the pipeline: who sent it, and whose resources it is for. */
export interface Exchange {
  readonly request: AwsRequest;
  readonly principal: Principal;
  /** Account that owns the resources of the request. */
  readonly accountId: string;
  readonly receivedAt: Date;
  /** Set when EventBridge forwards an event to the bus of another account. */
  readonly forwarded?: ForwardedEvent;
}

/** An event that one bus forwards to another. */
export interface ForwardedEvent {
  readonly event: BusEvent;
  /** Account of the bus that sends it. */
  readonly from: string;
}
