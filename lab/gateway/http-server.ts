import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../../functions/shared/message-of";
import type { AccessKeys } from "../exchange/access-keys";
import { flatHeaders, HOP_HEADERS } from "../exchange/forward";
import type { AwsRequest, AwsResponse, Protocol } from "../exchange/messages";
import type { Pipeline } from "../exchange/pipeline";
import { errorResponse, jsonResponse } from "../exchange/responses";
import type { OperationFinder } from "../exchange/unknown-to-moto";
import { AwsError, LabError, LabStartError } from "../shared/errors";
import { cborResponse } from "./cbor";
import { parseRequest } from "./parse-request";

/**
 * Clients close their connections first. A server that does may do so while a request is on its way, since
 * on a busy machine either side looks at its clock late.
 */
const KEEP_ALIVE_MS = 600_000;

/** Answers a path below `/_lab/`; undefined for an unknown path. */
export type LabRoute = (
  url: URL,
  method: string,
  body: Buffer,
) => Promise<AwsResponse> | AwsResponse | undefined;

export interface GatewayOptions {
  readonly pipeline: Pipeline;
  readonly keys: AccessKeys;
  readonly labRoute: LabRoute;
  /** Names the REST requests that the gateway cannot. */
  readonly findOperation: OperationFinder;
  /** The lab's time. */
  readonly now: () => Date;
  readonly log: (line: string) => void;
  /** 0 for any free port. */
  readonly port: number;
}

export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on loopback for AWS clients and for the lab's own paths. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, options).then((response) => send(outgoing, response));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const hint =
        cause.code === "EADDRINUSE"
          ? "it is in use; stop the program that listens there or choose another port"
          : cause.message;
      reject(
        new LabStartError(`The gateway cannot listen on port ${options.port} of 127.0.0.1: ${hint}.`, {
          cause,
        }),
      );
    });
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(incoming: IncomingMessage, options: GatewayOptions): Promise<AwsResponse> {
  try {
    const body = await readBody(incoming);
    const url = new URL(incoming.url ?? "/", "http://gateway");
    if (url.pathname.startsWith("/_lab/")) {
      const known = await options.labRoute(url, incoming.method ?? "GET", body);
      return known ?? jsonResponse({ message: `The lab has no path ${url.pathname}.` }, 404);
    }
    const request = parseRequest({
      id: randomUUID(),
      method: incoming.method ?? "GET",
      url: incoming.url ?? "/",
      headers: flatHeaders(incoming.headers),
      body,
      sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
    });
    // A path that the gateway does not read: without its parameters, but with its name.
    const isUnnamed = request.action === "" && request.accessKeyId !== undefined;
    const found = isUnnamed ? await options.findOperation(request) : {};
    const response = await answer({ ...request, ...found }, options);
    return request.protocol === "cbor" ? cborResponse(response) : response;
  } catch (error) {
    const message = `The lab's gateway failed on ${incoming.method} ${incoming.url}: ${messageOf(error)}`;
    options.log(error instanceof Error ? `${message}\n${error.stack}` : message);
    return jsonResponse({ __type: "InternalFailure", message }, 500);
  }
}

async function answer(
  request: AwsRequest,
  { keys, pipeline, now, log }: GatewayOptions,
): Promise<AwsResponse> {
  if (request.accessKeyId === undefined) {
    const message = "Request is missing Authentication Token";
    return errorResponse(request, new AwsError("MissingAuthenticationToken", message, 403));
  }
  const principal = keys.principalOf(request.accessKeyId);
  if (principal === undefined) {
    return errorResponse(request, unknownKey(request));
  }
  try {
    return await pipeline({ request, principal, accountId: principal.accountId, receivedAt: now() });
  } catch (error) {
    if (!(error instanceof LabError)) {
      throw error;
    }
    log(error.message);
    return errorResponse(request, new AwsError("InternalFailure", error.message, 500));
  }
}

function unknownKey(request: AwsRequest): AwsError {
  const code = UNKNOWN_KEYS[request.protocol] ?? "UnrecognizedClientException";
  return new AwsError(code, "The security token included in the request is invalid.", 403);
}

const UNKNOWN_KEYS: { readonly [protocol in Protocol]?: string } = {
  query: "InvalidClientTokenId",
  xml: "InvalidAccessKeyId",
};

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function send(outgoing: ServerResponse, response: AwsResponse): void {
  const kept = Object.entries(response.headers).filter(([name]) => !HOP_HEADERS.has(name));
  // HEAD is answered with the length of the body that GET would have.
  const isHead = outgoing.req.method === "HEAD";
  const length = isHead ? response.headers["content-length"] : undefined;
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(kept),
    "content-length": length ?? response.body.length,
  });
  outgoing.end(response.body);
}
