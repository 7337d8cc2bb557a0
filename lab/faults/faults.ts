import { randomUUID } from "node:crypto";
import type { Exchange } from "../exchange/messages";
import type { Guard } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import { appliesTo, faultError, type Fault, type FaultRequest } from "./fault";

/** How long a request without an answer stays open. Clients give up long before. */
const OPEN_MS = 180_000;
/** AWS services do not wait that long for each other. */
const OPEN_FOR_SERVICES_MS = 3_000;
const DELAY_MS = 10_000;

interface Entry {
  readonly request: FaultRequest;
  /** Milliseconds since 1970. */
  readonly setAt: number;
  hits: number;
}

/** The faults that are set, oldest first. The first one that applies to a request and hits it wins. */
export class Faults {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly entries = new Map<string, Entry>();

  constructor(clock: Clock, random: () => number) {
    this.clock = clock;
    this.random = random;
  }

  /** Sets a fault and returns its id. */
  add(request: FaultRequest): string {
    const id = randomUUID();
    this.entries.set(id, { request, setAt: this.clock.now().getTime(), hits: 0 });
    return id;
  }

  /** All faults, spent ones too. */
  list(): readonly Fault[] {
    return [...this.entries].map(([id, { request, hits }]) => ({ id, ...request, hits }));
  }

  /** False when there is no such fault. */
  remove(id: string): boolean {
    return this.entries.delete(id);
  }

  clear(): void {
    this.entries.clear();
  }

  /** Refuses a request that a fault hits, or holds it back for a while. */
  readonly guard: Guard = async (exchange) => {
    const fault = this.hit(exchange);
    if (fault === undefined) {
      return;
    }
    if (fault.kind === "delay") {
      await this.clock.sleep(fault.delayMs ?? DELAY_MS);
      return;
    }
    if (fault.kind === "timeout") {
      const byService = exchange.principal.type === "AWSService";
      await this.clock.sleep(byService ? OPEN_FOR_SERVICES_MS : OPEN_MS);
    }
    throw faultError(fault.kind, fault, exchange);
  };

  private hit(exchange: Exchange): FaultRequest | undefined {
    for (const entry of this.entries.values()) {
      const { request, setAt, hits } = entry;
      const over = this.clock.now().getTime() >= setAt + (request.durationMs ?? Infinity);
      const spent = hits >= (request.count ?? Infinity);
      if (over || spent || !appliesTo(request, exchange)) {
        continue;
      }
      if (this.random() >= (request.rate ?? 1)) {
        continue;
      }
      entry.hits++;
      return request;
    }
    return undefined;
  }
}
