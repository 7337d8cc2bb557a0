import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { Answers, type Answer } from "../../../bench/aws-stub/answers";
import { functionEnvironment } from "../../../bench/function/creation-event";
import { FunctionProcess, type Invoked } from "../../../bench/function/function-process";
import type { SelfSigned } from "./certificate";
import { PROJECT } from "./checkout";

/** A request as it arrived at the stub. */
export interface Arrived {
  readonly action: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface TestStub {
  readonly port: number;
  readonly arrived: Arrived[];
  readonly close: () => Promise<void>;
}

/**
 * An AWS on loopback that answers as the benches' stub does.
 * @param first what a request gets instead; undefined for the stub's answer
 * @param certificate serves HTTPS with it
 */
export async function startStub(
  first: (arrived: Arrived, earlier: readonly Arrived[]) => Answer | undefined = () => undefined,
  certificate?: SelfSigned,
): Promise<TestStub> {
  const answers = new Answers();
  const arrived: Arrived[] = [];
  const serve: http.RequestListener = (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const parameters = new URLSearchParams(body);
      const here = { action: parameters.get("Action") ?? "", headers: request.headers, body };
      const answer = first(here, [...arrived]) ?? answers.answer({ action: here.action, parameters });
      arrived.push(here);
      response.writeHead(answer.status, { "content-type": "text/xml" }).end(answer.body);
    });
  };
  const server = certificate ? https.createServer({ ...certificate }, serve) : http.createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface PackagedRun {
  readonly file: string;
  readonly event: object;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Loaded into the process before the function. */
  readonly preload?: string;
}

/** Id of the Lambda request. */
export const REQUEST = "0b7c1f0e-2d4a-4c55-8e1f-6a5d3c2b1a00";

/** Runs a package once, in a fresh Node.js with the environment that Lambda makes. */
export async function runPackaged({ file, event, environment = {}, preload }: PackagedRun): Promise<Invoked> {
  const running = startPackaged(file, environment, preload);
  try {
    return await running.invoke(event, REQUEST);
  } finally {
    await running.end();
  }
}

/** Starts a package in a fresh Node.js with the environment that Lambda makes, but for what is given. */
export function startPackaged(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
  preload?: string,
): FunctionProcess {
  const all = Object.entries({ ...functionEnvironment(""), AWS_ENDPOINT_URL: undefined, ...environment });
  const runner = path.join(PROJECT, "bench/function/run.mjs");
  return new FunctionProcess(
    [process.execPath, ...(preload ? ["--import", preload] : []), runner, file],
    Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  );
}
