import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer of AWS. */
export interface StubAnswer {
  readonly status: number;
  readonly body: string;
  /** @default - none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call, as it came. */
export interface StubCall {
  /** Of `x-amz-target` in AWS JSON, of the parameter `Action` in the query protocol. */
  readonly action: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const SESSION: StubAnswer = {
  status: 200,
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
};

/**
 * What AWS answers to each call in turn, and what it was asked. Any role can be assumed; a call too many is
 * a fault of the service. The environment of each test leads to it.
 */
export class AwsStub {
  answers: StubAnswer[] = [];
  asked: StubCall[] = [];
  private server: Server | undefined;

  /** To be called once in a test file. */
  install(): void {
    const before = process.env;
    beforeAll(() => this.listen());
    afterAll(() => {
      this.server?.closeAllConnections();
      this.server?.close();
    });
    beforeEach(() => {
      [this.answers, this.asked] = [[], []];
      const { port } = this.server?.address() as AddressInfo;
      process.env = {
        ...before,
        ...{ AWS_ACCESS_KEY_ID: "AKIAOPERATOR", AWS_SECRET_ACCESS_KEY: "s" },
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      };
    });
    afterEach(() => {
      process.env = before;
    });
  }

  private async listen(): Promise<void> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => (body += String(part)));
      request.on("end", () => {
        const { headers, url = "" } = request;
        const action = String(headers["x-amz-target"] ?? new URLSearchParams(body).get("Action") ?? "");
        this.asked.push({ action, url, headers, body });
        const answer = action === "AssumeRole" ? SESSION : this.answers.shift();
        response.writeHead(answer?.status ?? 500, answer?.headers).end(answer?.body ?? "{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.server = server;
  }
}
