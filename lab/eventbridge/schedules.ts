import { randomUUID } from "node:crypto";
import type { Home } from "../exchange/arn";
import { eventTime, type BusAddress, type BusEvent } from "../exchange/bus-event";
import type { Observer } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import type { EventBuses } from "./event-buses";
import type { Rule, RuleBook } from "./rule-book";
import { readSchedule } from "./schedule-expression";

export interface ScheduleDependencies {
  readonly rules: Pick<RuleBook, "rulesOf">;
  readonly buses: Pick<EventBuses, "fire">;
  readonly clock: Pick<Clock, "now">;
}

/** Fires rules with a schedule, to the minute. A rate counts from when the rule is put or enabled. */
export class Schedules {
  /** Default buses that may have rules with a schedule. */
  private readonly buses = new Map<string, BusAddress>();
  /** When each rule fires next, by its ARN. A rule that is changed or switched on again starts anew. */
  private readonly next = new Map<string, { readonly schedule: string; at: number | undefined }>();

  constructor(private readonly dependencies: ScheduleDependencies) {}

  /** Learns of rules with a schedule. Runs after the {@link RuleBook} has dropped what it cached. */
  readonly observe: Observer = async ({ request, accountId }, response) => {
    const { service, action, region, params } = request;
    if (service !== "events" || response.status >= 300 || !/^(Put|Enable|Disable|Delete)Rule$/.test(action)) {
      return;
    }
    const home = { accountId, region };
    if (typeof params["ScheduleExpression"] === "string") {
      this.buses.set(`${accountId}/${region}`, defaultBus(home));
    }
    if (this.buses.has(`${accountId}/${region}`)) {
      await this.plan(defaultBus(home));
    }
  };

  /** Fires every rule that is due. */
  async fire(): Promise<void> {
    const now = this.dependencies.clock.now();
    for (const bus of this.buses.values()) {
      for (const rule of await this.plan(bus)) {
        const next = this.next.get(rule.arn);
        if (next?.at !== undefined && next.at <= now.getTime()) {
          next.at = readSchedule(next.schedule).after(next.at);
          this.dependencies.buses.fire(bus, rule, scheduledEvent(bus, rule, now));
        }
      }
    }
  }

  /** The bus's enabled rules with a schedule, each with the time at which it fires next. */
  private async plan(bus: BusAddress): Promise<readonly Rule[]> {
    const rules = (await this.dependencies.rules.rulesOf(bus)).filter(
      ({ schedule }) => schedule !== undefined,
    );
    for (const [arn] of this.next) {
      const isHere = arn.startsWith(`arn:aws:events:${bus.region}:${bus.accountId}:`);
      if (isHere && !rules.some((rule) => rule.arn === arn)) {
        this.next.delete(arn);
      }
    }
    for (const { arn, schedule = "" } of rules) {
      if (this.next.get(arn)?.schedule !== schedule) {
        const at = readSchedule(schedule).after(this.dependencies.clock.now().getTime());
        this.next.set(arn, { schedule, at });
      }
    }
    return rules;
  }
}

function defaultBus(home: Home): BusAddress {
  return { ...home, name: "default" };
}

/** EventBridge guide, "Events from AWS services": the event of a schedule. */
function scheduledEvent(bus: BusAddress, rule: Rule, now: Date): BusEvent {
  return {
    ...{ version: "0", id: randomUUID(), "detail-type": "Scheduled Event", source: "aws.events" },
    ...{
      account: bus.accountId,
      time: eventTime(now),
      region: bus.region,
      resources: [rule.arn],
      detail: {},
    },
  };
}
