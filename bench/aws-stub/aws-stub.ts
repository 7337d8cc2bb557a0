import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Answers, THROTTLED, type Call } from "./answers";
import { Throttle } from "./throttle";

export interface StubOptions {
  /** Calls a second that each action of IAM takes; SNS takes all. @default no limit */
  readonly callsPerSecond?: number;
}

/** A call that arrived. */
export interface Arrival {
  readonly action: string;
  /** On the clock of `performance.now()`. */
  readonly at: number;
  /** When it was answered; infinite until then. */
  answeredAt: number;
  readonly throttled: boolean;
}

/** A stand-in for IAM and SNS on loopback, over plain HTTP. It checks no signature. */
export class AwsStub {
  readonly arrivals: Arrival[] = [];
  readonly answers = new Answers();
  /** Milliseconds between a request's arrival and its answer. */
  latencyMs = 0;
  private readonly throttle: Throttle | undefined;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor({ callsPerSecond }: StubOptions = {}) {
    if (callsPerSecond !== undefined) {
      this.throttle = new Throttle(callsPerSecond, () => performance.now());
    }
  }

  /** Starts to listen; resolves with the endpoint. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", 4_096, resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** When the first call of an action arrived, on the clock of `performance.now()`. */
  firstArrival(action: string): number {
    const found = this.arrivals.find((arrival) => arrival.action === action);
    if (!found) {
      const came = this.arrivals.map((arrival) => arrival.action).join(", ") || "nothing";
      throw new Error(`expected a call of ${action}, got ${came}`);
    }
    return found.at;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) {
      text += chunk;
    }
    const { action, parameters } = callOf(text);
    const throttled = action !== "Publish" && this.throttle?.admits(action) === false;
    const arrival: Arrival = { action, at, throttled, answeredAt: Infinity };
    this.arrivals.push(arrival);
    const { status, body } = throttled ? THROTTLED : this.answers.answer({ action, parameters });
    if (this.latencyMs > 0) {
      await sleep(this.latencyMs);
    }
    arrival.answeredAt = performance.now();
    response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(body) });
    response.end(body);
  }
}

function callOf(body: string): Call {
  const parameters = new URLSearchParams(body);
  return { action: parameters.get("Action") ?? "nothing", parameters };
}
