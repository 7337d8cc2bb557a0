import type { Exchange } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Handler } from "../exchange/pipeline";
import { jsonResponse } from "../exchange/responses";
import { AwsError } from "../shared/errors";

/** A request that an API destination has sent. */
export interface WebhookRequest {
  /** Name of the API destination. */
  readonly destination: string;
  readonly method: string;
  readonly url: string;
  /** Those that the connection adds. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, with what the connection adds to it. */
  readonly body: unknown;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
}

/** Bytes of a payload. Source: EventBridge API reference, ConnectionBodyParameter. */
const MAX_BYTES = 65_536;

interface Parameter {
  readonly Key?: string;
  readonly Value?: string;
}

interface AuthParameters {
  readonly ApiKeyAuthParameters?: { readonly ApiKeyName: string; readonly ApiKeyValue: string };
  readonly BasicAuthParameters?: { readonly Username: string; readonly Password: string };
  readonly InvocationHttpParameters?: {
    readonly HeaderParameters?: readonly Parameter[];
    readonly BodyParameters?: readonly Parameter[];
  };
}

/**
 * What API destinations send. It leaves the machine for nowhere: the lab is the receiver, and answers 200. A
 * fault on `InvokeApiDestination` of the service `events` answers something else.
 */
export class ApiDestinations {
  private readonly requests = new Map<string, WebhookRequest[]>();

  constructor(private readonly moto: MotoClient) {}

  /** Requests of an account, oldest first. */
  requestsOf(accountId: string): readonly WebhookRequest[] {
    return this.requests.get(accountId) ?? [];
  }

  /** Answers the call by which a rule invokes an API destination, which is no operation of the API. */
  readonly handle: Handler = async (exchange) => {
    const { request, accountId } = exchange;
    if (request.service !== "events" || request.action !== "InvokeApiDestination") {
      return undefined;
    }
    const sent = await this.send(exchange);
    this.requests.set(accountId, [...this.requestsOf(accountId), sent]);
    return jsonResponse({});
  };

  private async send({ request, accountId, receivedAt }: Exchange): Promise<WebhookRequest> {
    const { region, params } = request;
    const read = (action: string, Name: string) =>
      this.moto(accountId, { service: "events", region, action, params: { Name } });
    const destination = String(params["Name"]);
    const { ConnectionArn, HttpMethod, InvocationEndpoint } = await read(
      "DescribeApiDestination",
      destination,
    );
    const connection = await read("DescribeConnection", String(ConnectionArn).split("/")[1] ?? "");
    const auth = (connection["AuthParameters"] ?? {}) as AuthParameters;
    const body = merged(JSON.parse(String(params["Body"])), auth);
    if (Buffer.byteLength(JSON.stringify(body)) > MAX_BYTES) {
      throw new AwsError("InvalidParameter", `A payload has at most ${MAX_BYTES} bytes.`);
    }
    return {
      ...{ destination, method: String(HttpMethod), url: String(InvocationEndpoint) },
      ...{ headers: headersOf(auth), body, time: receivedAt.toISOString() },
    };
  }
}

function merged(body: unknown, { InvocationHttpParameters }: AuthParameters): unknown {
  const added = InvocationHttpParameters?.BodyParameters ?? [];
  return added.length === 0 ? body : { ...(body as object), ...fields(added) };
}

function headersOf(auth: AuthParameters): Record<string, string> {
  const { ApiKeyAuthParameters: key, BasicAuthParameters: basic, InvocationHttpParameters } = auth;
  const credentials = Buffer.from(`${basic?.Username}:${basic?.Password}`).toString("base64");
  const headers = {
    "content-type": "application/json; charset=utf-8",
    ...fields(InvocationHttpParameters?.HeaderParameters ?? []),
    ...(key !== undefined && { [key.ApiKeyName]: key.ApiKeyValue }),
    ...(basic !== undefined && { authorization: `Basic ${credentials}` }),
  };
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function fields(parameters: readonly Parameter[]): Record<string, string> {
  return Object.fromEntries(parameters.map(({ Key = "", Value = "" }) => [Key, Value]));
}
