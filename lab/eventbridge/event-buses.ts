import { messageOf } from "../../functions/shared/message-of";
import { busArn, type BusAddress, type BusEvent } from "../exchange/bus-event";
import { deliver, type Addressed, type DeliveryDependencies } from "./deliver";
import type { EventLog } from "./event-log";
import type { Rule, RuleBook } from "./rule-book";
import { ruleMetric } from "./rule-metric";

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
    this.reportLoss(
      bus,
      event,
      this.match(bus, event, { receivedFrom }).then((deliveries) => this.deliverAll(deliveries)),
    );
  }

  /**
   * Receives an event of an archive again, for the given rules or for all. Returns when it is matched;
   * deliveries go on in the background.
   */
  async replay(bus: BusAddress, event: BusEvent, onlyRules?: readonly string[]): Promise<void> {
    const deliveries = await this.match(bus, event, { onlyRules });
    this.reportLoss(bus, event, this.deliverAll(deliveries));
  }

  /** Sends the event of a schedule to the targets of its rule. */
  fire(bus: BusAddress, rule: Rule, event: BusEvent): void {
    const ingestedAt = this.dependencies.clock.now();
    this.dependencies.events.add(bus, event, [rule.name], ingestedAt);
    this.dependencies.record(ruleMetric({ bus, rule }, "TriggeredRules"));
    const deliveries = rule.targets.map((target) => ({ bus, rule, target, event, ingestedAt }));
    this.reportLoss(bus, event, this.deliverAll(deliveries));
  }

  private reportLoss(bus: BusAddress, event: BusEvent, work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.dependencies.log(`event lost: ${event.id} on ${busArn(bus)}: ${messageOf(error)}`),
    );
  }

  private async match(
    bus: BusAddress,
    event: BusEvent,
    {
      receivedFrom,
      onlyRules,
    }: { receivedFrom?: string | undefined; onlyRules?: readonly string[] | undefined },
  ): Promise<Addressed[]> {
    const { rules, events, clock, record } = this.dependencies;
    const ingested = clock.now();
    const matching = (await rules.rulesOf(bus)).filter(
      (rule) => (onlyRules === undefined || onlyRules.includes(rule.arn)) && rule.matches(event),
    );
    const names = matching.map(({ name }) => name);
    events.add(bus, event, names, ingested);
    for (const rule of matching) {
      record(ruleMetric({ bus, rule }, "MatchedEvents"));
      record(ruleMetric({ bus, rule }, "TriggeredRules"));
    }
    for (const { archive } of matching) {
      if (archive !== undefined) {
        events.archive(bus.accountId, archive, event);
      }
    }
    const from = receivedFrom === undefined || receivedFrom === bus.accountId ? {} : { receivedFrom };
    return matching.flatMap((rule) =>
      rule.targets.map((target) => ({ bus, rule, target, event, ingestedAt: ingested, ...from })),
    );
  }

  private async deliverAll(deliveries: readonly Addressed[]): Promise<void> {
    await Promise.all(deliveries.map((delivery) => deliver(delivery, this.dependencies)));
  }
}
