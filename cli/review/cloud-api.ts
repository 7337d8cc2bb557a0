import { z } from "zod";
import { messageOf } from "../../functions/shared/message-of";
import { retry, type RetryTiming } from "../../functions/shared/retry";
import type { CloudState } from "../../stacks/config/backend";
import { parseJson } from "../parse-json";
import { terraformToken } from "../terraform/terraform-token";

/** What the API is reached with. */
export interface CloudAccess {
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path. */
  readonly homeFolder: string;
  readonly fetch: typeof fetch;
  readonly timing: RetryTiming;
}

/** Terraform's own, when neither the configuration nor the environment names a host. */
const DEFAULT_HOST = "app.terraform.io";

/** The API among the services of a host: https://developer.hashicorp.com/terraform/internals/remote-service-discovery */
const SERVICE = "tfe.v2";

const ANSWER_MS = 30_000;
/** A user may ask 30 times a second: what is refused for that passes within one. */
const RETRY_MS = 20_000;

const MOST_REDIRECTS = 5;

const discoverySchema = z.looseObject({ [SERVICE]: z.string() });
const errorsSchema = z.object({
  errors: z.array(z.object({ title: z.string().optional(), detail: z.string().optional() })).min(1),
});

/** What Node.js says of a certificate whose issuer it does not know. */
const UNKNOWN_ISSUER = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

class RequestError extends Error {
  override readonly name = "RequestError";

  /** @param isPassing The same request may succeed later. */
  constructor(
    message: string,
    readonly isPassing: boolean,
  ) {
    super(message);
  }
}

/** The API of HCP Terraform, or of Terraform Enterprise, for one organization. It only reads. */
export class CloudApi {
  private constructor(
    private readonly access: CloudAccess,
    private readonly address: URL,
    private readonly token: string,
    readonly host: string,
  ) {}

  /**
   * Finds the API of the configured host, as Terraform does, and asks it for the organization.
   *
   * @throws Error without a token, for a host that has no such API, and for a token that does not know the
   * organization.
   */
  static async open({ hostname, organization }: CloudState, access: CloudAccess): Promise<CloudApi> {
    const { env, homeFolder } = access;
    const host = (hostname ?? (env["TF_CLOUD_HOSTNAME"] || DEFAULT_HOST)).toLowerCase();
    const token = terraformToken(host, env, homeFolder);
    if (token === undefined) {
      throw new Error(
        `no token for ${host}: expected one of \`terraform login\`, or TF_TOKEN_${host.replaceAll("-", "__").replaceAll(".", "_")}`,
      );
    }
    const discovery = new URL(`https://${host}/.well-known/terraform.json`);
    const services = parseJson(discoverySchema, (await get(access, discovery)) ?? "");
    if (services === undefined) {
      throw new Error(`${host} is no host of HCP Terraform or Terraform Enterprise: it offers no ${SERVICE}`);
    }
    const address = httpsUrl(services[SERVICE].replace(/\/?$/, "/"), discovery);
    const api = new CloudApi(access, address, token, host);
    const entitlements = `organizations/${organization}/entitlement-set`;
    if ((await api.get(z.looseObject({}), entitlements)) === undefined) {
      throw new Error(`${host} has no organization ${organization}, or does not show it to this token`);
    }
    return api;
  }

  /**
   * Reads a document of JSON:API.
   *
   * @param path Below the API, such as `workspaces/ws-1`.
   * @returns Undefined for what does not exist, or what the token may not see: the API does not tell.
   */
  async get<T>(schema: z.ZodType<T>, path: string): Promise<T | undefined> {
    const headers = { ...this.authorization, Accept: "application/vnd.api+json" };
    const text = await get(this.access, new URL(path, this.address), headers);
    if (text === undefined) {
      return undefined;
    }
    const document = parseJson(schema, text);
    if (document === undefined) {
      throw new Error(`${this.host} answered ${path}, but not as documented`);
    }
    return document;
  }

  /**
   * Reads what a document links to. The API wants the token for it, and redirects to a host whose addresses
   * hold a secret; that one gets no token, whoever leads there.
   */
  async download(link: string): Promise<string | undefined> {
    const url = httpsUrl(link, this.address);
    return get(this.access, url, url.origin === this.address.origin ? this.authorization : {});
  }

  private get authorization() {
    return { Authorization: `Bearer ${this.token}` };
  }
}

/** What carries a token or a state is never sent in the clear. */
function httpsUrl(link: string, base: URL): URL {
  const url = new URL(link, base);
  if (url.protocol !== "https:") {
    throw new Error(`${base.host} leads to ${url.origin}, which is not encrypted`);
  }
  return url;
}

/** The text of an answer; undefined for 404. What may pass is asked again: busy, or not reached. */
function get(
  access: CloudAccess,
  url: URL,
  headers: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const ask = async () => {
    const { status, ok, text } = await send(access, url, headers);
    if (!ok && status !== 404) {
      throw new RequestError(describe(url, status, text), status === 429 || status >= 500);
    }
    return ok ? text : undefined;
  };
  const when = (error: unknown) => error instanceof RequestError && error.isPassing;
  return retry(ask, { when, budget: RETRY_MS }, access.timing);
}

interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly text: string;
}

/** Follows redirects itself: `fetch` would follow one out of TLS. */
async function send(
  access: CloudAccess,
  url: URL,
  headers: Readonly<Record<string, string>>,
  redirects = MOST_REDIRECTS,
): Promise<Answer> {
  const { location, ...answer } = await sendOnce(access, url, headers);
  if (location === null || answer.status < 300 || answer.status >= 400 || redirects === 0) {
    return answer;
  }
  const next = httpsUrl(location, url);
  return send(access, next, next.origin === url.origin ? headers : {}, redirects - 1);
}

async function sendOnce(access: CloudAccess, url: URL, headers: Readonly<Record<string, string>>) {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await access.fetch(url, { headers, signal, redirect: "manual" });
    const { status, ok } = answer;
    return { status, ok, text: await answer.text(), location: answer.headers.get("location") };
  } catch (error) {
    // The reason is behind `fetch failed`.
    const { cause = error } = error as Error;
    const isUnknown = UNKNOWN_ISSUER.has(String((cause as NodeJS.ErrnoException).code));
    const advice = isUnknown ? "; NODE_EXTRA_CA_CERTS names the file of an authority of your own" : "";
    throw new RequestError(`${url.host} was not reached: ${messageOf(cause)}${advice}`, !isUnknown);
  }
}

/** The address of a download is as good as a token, so only the host is named. */
function describe({ host }: URL, status: number, text: string): string {
  const [error] = parseJson(errorsSchema, text)?.errors ?? [];
  const reason = error?.detail ?? error?.title;
  return `${host} answered ${status}${reason === undefined ? "" : `: ${reason}`}`;
}
