import { messageOf } from "../../functions/shared/message-of";
import { busArn, type BusAddress, type BusEvent } from "../exchange/bus-event";
import { deliver, type DeliveryDependencies } from "./deliver";
import type { EventLog } from "./event-log";
import type { RuleBook } from "./rule-book";

/** What {@link EventBuses} works with. */
export interface EventBusDependencies extends DeliveryDependencies {
  readonly rules: RuleBook;
  readonly events: EventLog;
}

/** The event buses of all accounts: match events to rules and deliver them. */
export class EventBuses {
  private readonly dependencies: EventBusDependencies;

  constructor(dependencies: EventBusDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Receives an event. Matching and delivery go on in the background; their failures are logged.
   * `receivedFrom` is the account of the bus that forwarded the event, if another one did.
   */
  receive(bus: BusAddress, event: BusEvent, receivedFrom?: string): void {
    this.match(bus, event, receivedFrom).catch((error: unknown) =>
      this.dependencies.log(`event lost: ${event.id} on ${busArn(bus)}: ${messageOf(error)}`),
    );
  }

  private async match(bus: BusAddress, event: BusEvent, receivedFrom: string | undefined): Promise<void> {
    const { rules, events, clock } = this.dependencies;
    const ingested = clock.now();
    const matching = (await rules.rulesOf(bus)).filter((rule) => rule.matches(event));
    const names = matching.map(({ name }) => name);
    events.add(bus, event, names, ingested);
    for (const { archive } of matching) {
      if (archive !== undefined) {
        events.archive(bus.accountId, archive, event);
      }
    }
    const from = receivedFrom === undefined || receivedFrom === bus.accountId ? {} : { receivedFrom };
    const deliveries = matching.flatMap((rule) =>
      rule.targets.map((target) => ({ bus, rule, target, event, ingestedAt: ingested, ...from })),
    );
    await Promise.all(deliveries.map((delivery) => deliver(delivery, this.dependencies)));
  }
}
