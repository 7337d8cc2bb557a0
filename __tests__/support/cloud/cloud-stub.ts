import { createHash } from "node:crypto";

/** A workspace in the stub. */
export interface StubWorkspace {
  /** The current state; a workspace without one was never applied. */
  readonly state?: string;
  /** When it was created: ISO 8601, UTC. */
  readonly createdAt?: string;
  /** The token may see the workspace, not its states. @default true */
  readonly showsStates?: boolean;
  /**
   * The state's link leads to the archive, as the documentation shows it. @default - it leads to the API,
   * which asks for the token and redirects, as since October 2023
   * (https://github.com/fujiwara/tfstate-lookup/issues/139)
   */
  readonly linksToArchive?: true;
  /** Status that each request for the workspace gets instead. */
  readonly refusedWith?: number;
}

/** A request as the stub got it. */
export interface StubRequest {
  readonly method: string;
  /** Such as `/api/v2/ping`, with the query. */
  readonly path: string;
  /** Host that was asked, without the port. */
  readonly host: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface StubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_API = "application/vnd.api+json";
const API = "/api/v2/";

/** An answer before it is known how it is sent. */
interface Document {
  readonly status: number;
  readonly content?: object;
  /** Where a redirect leads. */
  readonly location?: string;
}

/**
 * As much of the API of HCP Terraform as `terraform init` and `terraform state pull` need, as documented:
 * https://developer.hashicorp.com/terraform/cloud-docs/api-docs. It keeps every request, and takes no write
 * unless a test says so.
 */
export class CloudStub {
  readonly requests: StubRequest[] = [];
  readonly workspaces: Map<string, StubWorkspace>;
  /** A missing workspace may be created, which `terraform init` does. */
  takesWorkspaces = false;
  /** How many requests more are refused because there were too many. */
  throttled = 0;

  constructor(
    readonly host: string,
    readonly organization: string,
    readonly token: string,
    workspaces: Readonly<Record<string, StubWorkspace>>,
    /** Of the host, where it is not 443. */
    private readonly port = "",
  ) {
    this.workspaces = new Map(Object.entries(workspaces));
  }

  /** Where states are downloaded: another host, whose addresses hold a secret instead of a token. */
  get archive(): string {
    return this.host.replace(/^\w+/, "archivist");
  }

  /** What was asked to be changed. */
  get writes(): string[] {
    return this.requests
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path}`);
  }

  answer(request: StubRequest): StubAnswer {
    this.requests.push(request);
    if (request.host === this.archive) {
      return this.download(request);
    }
    if (request.host !== this.host) {
      return { status: 421, headers: {}, body: "" };
    }
    if (request.path === "/.well-known/terraform.json") {
      const services = { "modules.v1": "/api/registry/v1/modules/", "tfe.v2": API, "tfe.v2.1": API };
      return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(services) };
    }
    const { status, content, location } = this.document(request);
    return {
      status,
      headers: {
        "content-type": `${JSON_API}; charset=utf-8`,
        "tfp-api-version": "2.6",
        "tfp-appname": "HCP Terraform",
        "x-ratelimit-limit": "30",
        ...(location !== undefined && { location }),
      },
      body: content === undefined ? "" : JSON.stringify(content),
    };
  }

  private document(request: StubRequest): Document {
    if (request.headers.get("authorization") !== `Bearer ${this.token}`) {
      return failure(401, "unauthorized");
    }
    if (this.throttled > 0) {
      this.throttled--;
      return failure(429, "Too many requests", "You have exceeded the API's rate limit.");
    }
    const [, id] = /^\/api\/state-versions\/(sv-\w+)\/hosted_state$/.exec(request.path) ?? [];
    const linked = [...this.workspaces].find(([name]) => idOf("sv", name) === id);
    if (linked !== undefined) {
      return { status: 302, location: this.archived(linked[0]) };
    }
    const path = request.path.startsWith(API) ? request.path.slice(API.length) : "";
    return request.method === "GET" ? this.read(path) : this.write(request, path);
  }

  private read(path: string): Document {
    if (path === "ping") {
      return { status: 204 };
    }
    const own = `organizations/${this.organization}/`;
    if (path === `${own}entitlement-set`) {
      return { status: 200, content: { data: this.entitlements() } };
    }
    const [, name = ""] =
      /^workspaces\/([\w-]+)$/.exec(path.startsWith(own) ? path.slice(own.length) : "") ?? [];
    const [, id, version] = /^workspaces\/(ws-\w+)(\/current-state-version)?$/.exec(path) ?? [];
    const found = [...this.workspaces].find(([each]) => each === name || idOf("ws", each) === id);
    if (found === undefined) {
      return failure(404, "not found");
    }
    const [workspace, facts] = found;
    if (facts.refusedWith !== undefined) {
      return failure(facts.refusedWith, "refused", "This token may not do that.");
    }
    return version === undefined
      ? { status: 200, content: { data: this.workspace(workspace, facts) } }
      : this.stateVersion(workspace, facts);
  }

  private archived(name: string): string {
    return `https://${this.archive}${this.port}/v1/object/${idOf("secret", name)}`;
  }

  private stateVersion(name: string, facts: StubWorkspace): Document {
    const { state, createdAt, showsStates = true, linksToArchive } = facts;
    if (state === undefined || !showsStates) {
      return failure(404, "not found");
    }
    const { serial = 0 } = parse(state);
    const data = {
      id: idOf("sv", name),
      type: "state-versions",
      attributes: {
        "created-at": createdAt,
        size: state.length,
        "hosted-state-download-url": linksToArchive
          ? this.archived(name)
          : `https://${this.host}${this.port}/api/state-versions/${idOf("sv", name)}/hosted_state`,
        "hosted-state-upload-url": null,
        status: "finalized",
        intermediate: false,
        "resources-processed": true,
        serial,
        "state-version": 4,
        "terraform-version": "1.11.4",
      },
      relationships: { workspace: { data: { id: idOf("ws", name), type: "workspaces" } } },
      links: { self: `${API}state-versions/${idOf("sv", name)}` },
    };
    return { status: 200, content: { data } };
  }

  /** Only what `terraform init` does for a workspace that is missing: it creates it, and sets its version. */
  private write({ method, headers, body }: StubRequest, path: string): Document {
    if (headers.get("content-type") !== JSON_API) {
      return failure(415, "unsupported media type");
    }
    const { data } = parse(body);
    const creates = method === "POST" && path === `organizations/${this.organization}/workspaces`;
    const names = creates ? [data?.attributes?.name ?? ""] : [...this.workspaces.keys()];
    const name = names.find(
      (each) => creates || (method === "PATCH" && path === `workspaces/${idOf("ws", each)}`),
    );
    if (!this.takesWorkspaces || name === undefined || data?.type !== "workspaces") {
      return failure(404, "not found");
    }
    if (creates) {
      this.workspaces.set(name, {});
    }
    return { status: creates ? 201 : 200, content: { data: this.workspace(name, {}) } };
  }

  private download({ method, path }: StubRequest): StubAnswer {
    const [, { state } = {}] =
      [...this.workspaces].find(([name]) => path === `/v1/object/${idOf("secret", name)}`) ?? [];
    return method === "GET" && state !== undefined
      ? { status: 200, headers: { "content-type": "application/octet-stream" }, body: state }
      : { status: 404, headers: {}, body: "" };
  }

  private entitlements(): object {
    const attributes = {
      operations: true,
      "state-storage": true,
      "private-module-registry": true,
      teams: true,
    };
    return { id: idOf("org", this.organization), type: "entitlement-sets", attributes };
  }

  private workspace(name: string, { state, showsStates = true }: StubWorkspace): object {
    const version =
      state !== undefined && showsStates ? { id: idOf("sv", name), type: "state-versions" } : null;
    return {
      id: idOf("ws", name),
      type: "workspaces",
      attributes: {
        name,
        "auto-apply": false,
        "created-at": "2026-11-01T08:00:00.000Z",
        "execution-mode": "local",
        locked: false,
        operations: false,
        permissions: {
          "can-create-state-versions": false,
          "can-lock": false,
          "can-queue-run": false,
          "can-read-settings": true,
          "can-read-state-versions": showsStates,
          "can-update": false,
        },
        "structured-run-output-enabled": true,
        "terraform-version": "latest",
        "updated-at": "2026-11-01T08:00:00.000Z",
      },
      relationships: {
        organization: { data: { id: this.organization, type: "organizations" } },
        "current-run": { data: null },
        "current-state-version": { data: version },
      },
      links: { self: `${API}organizations/${this.organization}/workspaces/${name}` },
    };
  }
}

function failure(status: number, title: string, detail?: string): Document {
  return { status, content: { errors: [{ status: String(status), title, ...(detail && { detail }) }] } };
}

/** The same for the same name, as `ws-SihZTyXKfNXUWuUa` in form. */
function idOf(kind: string, name: string): string {
  return `${kind}-${createHash("sha256").update(`${kind} ${name}`).digest("hex").slice(0, 16)}`;
}

interface Parsed {
  readonly serial?: number;
  readonly data?: { readonly type?: string; readonly attributes?: { readonly name?: string } };
}

function parse(text: string): Parsed {
  return text === "" ? {} : (JSON.parse(text) as Parsed);
}

/** Answers in the place of `fetch`, which is asked not to follow redirects. */
export function fetchFrom(stub: CloudStub): typeof fetch {
  return (input, init) => {
    const { url, headers, redirect } = new Request(input, init);
    const { pathname, search, hostname } = new URL(url);
    const request = { method: "GET", path: pathname + search, host: hostname, headers, body: "" };
    const answer = stub.answer(request);
    if (answer.status === 302 && redirect !== "manual") {
      return Promise.reject(new TypeError("fetch failed: would follow a redirect"));
    }
    const body = answer.status === 204 ? null : answer.body;
    return Promise.resolve(new Response(body, { status: answer.status, headers: answer.headers }));
  };
}
