import { Agent, request as httpRequest } from "node:http";
import type { AwsRequest, AwsResponse } from "./messages";

/** Headers that belong to one connection and are not passed on. */
export const HOP_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "transfer-encoding",
  "content-length",
  "keep-alive",
]);

/** Forwards a request to the server that holds the state of an account. */
export type Forward = (request: AwsRequest, accountId: string) => Promise<AwsResponse>;

/** A {@link Forward} to moto on a loopback port. It reuses connections until `close` is called. */
export function forwardTo(port: number): { forward: Forward; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    close: () => agent.destroy(),
    forward: (request, accountId) =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(
          {
            host: "127.0.0.1",
            port,
            agent,
            method: request.method,
            path: request.url,
            headers: forwardedHeaders(request, accountId),
          },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
            incoming.on("error", reject);
            incoming.on("end", () =>
              resolve({
                status: incoming.statusCode ?? 500,
                headers: flatHeaders(incoming.headers),
                body: Buffer.concat(chunks),
              }),
            );
          },
        );
        outgoing.on("error", reject);
        outgoing.end(request.body);
      }),
  };
}

/** Headers with one value per name. */
export function flatHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

function forwardedHeaders(request: AwsRequest, accountId: string): Record<string, string | number> {
  const kept = Object.entries(request.headers).filter(([name]) => !HOP_HEADERS.has(name));
  return {
    ...Object.fromEntries(kept),
    "content-length": request.body.length,
    "x-moto-account-id": accountId,
  };
}
