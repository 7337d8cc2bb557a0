import type { BusEvent } from "./bus-event";
import type { Principal } from "./principal";

/** How a service writes its requests and answers. */
export type Protocol = "query" | "json" | "cbor" | "rest" | "xml";

/** One AWS API request, with what its headers, path and body say about it. */
export interface AwsRequest {
  readonly id: string;
  readonly method: string;
  /** Path and query string as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * Signing name of the service: `iam`, `sts`, `sns`, `sqs`, `events`, `lambda`, `logs`, `monitoring`, ...
   */
  readonly service: string;
  readonly region: string;
  /** Name of the API action; empty when this service's paths are not known to the lab. */
  readonly action: string;
  readonly protocol: Protocol;
  /** Absent on an unsigned request. */
  readonly accessKeyId?: string;
  /**
   * Input of the action by its API names; lists are arrays. For `rest`, path parameters and the JSON body;
   * for `xml`, what the path and the query say.
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

/** A request on its way through the gateway: who sent it, and which account it works on. */
export interface Exchange {
  readonly request: AwsRequest;
  readonly principal: Principal;
  /** Account whose resources the request works on. */
  readonly accountId: string;
  readonly receivedAt: Date;
  /** Set when EventBridge itself puts an event on the bus of another account. */
  readonly forwarded?: ForwardedEvent;
}

/** An event one bus sends to another. */
export interface ForwardedEvent {
  readonly event: BusEvent;
  /** Account of the bus that sends it. */
  readonly from: string;
}
