import { mkdirSync, writeFileSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer } from "node:https";
import { connect, type AddressInfo, type Server } from "node:net";
import path from "node:path";
import { selfSigned } from "../packaged/certificate";
import type { CloudStub } from "./cloud-stub";

/** A stub that programs of their own reach. */
export interface ServedCloud {
  /** What leads a Terraform, or a Node.js, to the stub. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/**
 * Serves a stub over TLS, on loopback, with a certificate that was made for it. Its host has a name as in
 * public, so Terraform and the review get there through a proxy.
 *
 * @param make Gets the port: it is part of the host's name.
 * @param folder For the certificate.
 */
export async function serveCloud(make: (port: number) => CloudStub, folder: string): Promise<ServedCloud> {
  const server = createServer();
  const proxy = createProxy().on("connect", (_request, client, head) => {
    const stream = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      stream.write(head);
      stream.pipe(client).pipe(stream);
    });
    stream.on("error", () => client.destroy());
    client.on("error", () => stream.destroy());
  });
  const port = await listen(server);
  const proxyPort = await listen(proxy);
  const stub = make(port);
  const certificate = selfSigned(stub.host, stub.archive);
  server.setSecureContext(certificate);
  server.on("request", (request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const { hostname } = new URL(`https://${headers.host}`);
      const entries = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
      const answer = stub.answer({ method, path: url, host: hostname, headers: new Headers(entries), body });
      response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
    });
  });
  mkdirSync(folder, { recursive: true });
  const file = path.resolve(folder, "certificate.pem");
  writeFileSync(file, certificate.cert);
  return {
    environment: {
      SSL_CERT_FILE: file,
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      NO_PROXY: "",
      NODE_EXTRA_CA_CERTS: file,
    },
    stop() {
      for (const each of [server, proxy]) {
        each.closeAllConnections();
        each.close();
      }
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
