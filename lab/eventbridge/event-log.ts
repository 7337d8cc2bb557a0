import { busArn, type BusAddress, type BusEvent } from "../exchange/bus-event";

/** An event that a bus received. */
export interface SeenEvent {
  /** ARN of the bus. */
  readonly bus: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly receivedAt: string;
  /** Names of the rules that matched. */
  readonly matchedRules: readonly string[];
  readonly event: BusEvent;
}

const KEPT_PER_ACCOUNT = 20_000;

/** The events that each account's buses received, oldest first, and the events in each archive. */
export class EventLog {
  private readonly seen = new Map<string, SeenEvent[]>();
  private readonly archived = new Map<string, BusEvent[]>();

  add(bus: BusAddress, event: BusEvent, matchedRules: readonly string[], receivedAt: Date): void {
    const events = this.seen.get(bus.accountId) ?? [];
    events.push({ bus: busArn(bus), receivedAt: receivedAt.toISOString(), matchedRules, event });
    if (events.length > KEPT_PER_ACCOUNT) {
      events.shift();
    }
    this.seen.set(bus.accountId, events);
  }

  archive(accountId: string, name: string, event: BusEvent): void {
    const key = `${accountId}/${name}`;
    this.archived.set(key, [...(this.archived.get(key) ?? []), event]);
  }

  eventsOf(accountId: string): readonly SeenEvent[] {
    return this.seen.get(accountId) ?? [];
  }

  archivedEvents(accountId: string, archive: string): readonly BusEvent[] {
    return this.archived.get(`${accountId}/${archive}`) ?? [];
  }
}
