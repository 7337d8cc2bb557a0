import type { ClientRequest } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP } from "node:net";
import { Agent, type AgentConnectOpts } from "agent-base";
import type { HttpsProxyAgent } from "https-proxy-agent";

/**
 * The proxy that a request over TLS goes by, as Terraform finds it: `HTTPS_PROXY`, unless `NO_PROXY` has the
 * host. Source: package `golang.org/x/net/http/httpproxy`; its ranges of addresses are not known here.
 *
 * @returns Undefined for none.
 * @throws Error for what is no address of a proxy.
 */
export function proxyFor({ hostname, port }: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const proxy = env["HTTPS_PROXY"] || env["https_proxy"] || "";
  const left = (env["NO_PROXY"] || env["no_proxy"] || "").toLowerCase().split(",");
  if (proxy === "" || isLocal(hostname) || left.some((each) => leavesOut(each.trim(), hostname, port))) {
    return undefined;
  }
  const address = proxy.includes("://") ? proxy : `http://${proxy}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    // Not what it is: there may be a password in it.
    throw new Error("HTTPS_PROXY: expected the address of a proxy, such as http://proxy.example.com:3128");
  }
  return new URL(address);
}

function isLocal(hostname: string): boolean {
  return (
    hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && /^127\./.test(hostname))
  );
}

/** A name stands for itself and all below it, one with a dot in front only for these. */
function leavesOut(entry: string, hostname: string, port: string): boolean {
  const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (name === "" || (only !== undefined && only !== (port || "443"))) {
    return false;
  }
  const below = `.${name.replace(/^\*?\./, "")}`;
  return name === "*" || hostname === name || hostname.endsWith(below);
}

interface ConnectResponse {
  readonly statusCode: number;
  readonly statusText: string;
}

/** What connects a client of AWS: by the proxy of the environment, or directly. */
export class ProxyAgent extends Agent {
  private readonly direct = new HttpsAgent({ keepAlive: true });
  private readonly tunnels = new Map<string, HttpsProxyAgent<string>>();

  constructor(private readonly env: NodeJS.ProcessEnv) {
    super();
  }

  override async connect(request: ClientRequest, options: AgentConnectOpts) {
    const proxy = proxyFor(new URL(`https://${options.host}:${options.port}`), this.env)?.href;
    if (proxy === undefined) {
      return this.direct;
    }
    const proxies = await import("https-proxy-agent");
    const tunnel = this.tunnels.get(proxy) ?? new proxies.HttpsProxyAgent(proxy, { keepAlive: true });
    this.tunnels.set(proxy, tunnel);
    // Else its refusal would pass for an answer of the host.
    request.once("proxyConnect", ({ statusCode, statusText }: ConnectResponse) => {
      if (statusCode !== 200) {
        request.destroy(new Error(`the proxy of HTTPS_PROXY answered ${statusCode} ${statusText}`));
      }
    });
    return tunnel;
  }

  override destroy(): void {
    [this.direct, ...this.tunnels.values()].forEach((agent) => agent.destroy());
    super.destroy();
  }
}

/** Whether {@link proxyFor} may find one at all: without, nothing here is needed. */
export function hasProxy(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env["HTTPS_PROXY"] || env["https_proxy"]);
}

/** `fetch` by the proxy of the environment, which goes by the first address where redirects are followed. */
export async function proxiedFetch(env: NodeJS.ProcessEnv): Promise<typeof fetch> {
  if (!hasProxy(env)) {
    return fetch;
  }
  const undici = await import("undici");
  const proxies = new Map<string, InstanceType<typeof undici.ProxyAgent>>();
  return (async (input: string | URL, init: object) => {
    const proxy = proxyFor(new URL(input), env)?.href;
    if (proxy === undefined) {
      return fetch(input, init);
    }
    const dispatcher = proxies.get(proxy) ?? new undici.ProxyAgent(proxy);
    proxies.set(proxy, dispatcher);
    return undici.fetch(input, { ...init, dispatcher });
  }) as typeof fetch;
}
