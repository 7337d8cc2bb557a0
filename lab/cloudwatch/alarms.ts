import { messageOf } from "../../functions/shared/message-of";
import { readArn, type Home } from "../exchange/arn";
import type { BusEvent } from "../exchange/bus-event";
import type { InternalCaller } from "../exchange/internal-caller";
import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import { LabError } from "../shared/errors";
import { PromiseCache } from "../shared/promise-cache";
import { alarmEvent, alarmNotification, type DatedState, type Transition } from "./alarm-messages";
import { evaluateAlarm } from "./evaluate-alarm";
import type { Metrics } from "./metrics";
import {
  actionsOf,
  AlarmView,
  ruleOf,
  unsupported,
  type StateChange,
  type StoredAlarm,
} from "./stored-alarm";

/** What {@link Alarms} works with. */
export interface AlarmDependencies {
  readonly moto: MotoClient;
  readonly call: InternalCaller;
  readonly metrics: Metrics;
  readonly clock: Pick<Clock, "now">;
  /** Puts an event on the default bus of its account and Region. */
  readonly send: (event: BusEvent) => void;
  readonly log: (line: string) => void;
}

/**
 * The alarms of every account. moto keeps their configuration and shows their state; the lab evaluates them,
 * and keeps what moto forgets: the state of an alarm that is put again.
 */
export class Alarms {
  private readonly homes = new Map<string, Home>();
  private readonly lists = new PromiseCache<StoredAlarm[]>();
  /** By ARN. */
  private readonly states = new Map<string, DatedState>();
  /** The last thing that was begun in each home: states are written to moto one after the other. */
  private readonly turns = new Map<string, Promise<void>>();

  constructor(private readonly dependencies: AlarmDependencies) {}

  /** Follows what clients do with alarms. */
  readonly observe: Observer = async ({ request, accountId }, response) => {
    const { service, action, region } = request;
    if (
      service !== "monitoring" ||
      response.status >= 300 ||
      !/^(Put|Delete|Set|Enable|Disable)/.test(action)
    ) {
      return;
    }
    const home = { accountId, region };
    const name = request.params["AlarmName"];
    this.lists.delete(keyOf(home));
    switch (action) {
      case "PutMetricAlarm":
        this.homes.set(keyOf(home), home);
        return this.inTurn(home, () => this.keepStates(home, name));
      case "SetAlarmState":
        return this.inTurn(home, () => this.adoptStates(home, name));
      case "DeleteAlarms":
        return this.inTurn(home, () => this.forgetDeleted(home));
    }
  };

  /** Or the first state of a new alarm is written over that of a minute which ends meanwhile. */
  private inTurn(home: Home, work: () => Promise<void>): Promise<void> {
    const before = this.turns.get(keyOf(home)) ?? Promise.resolve();
    const done = before.then(work);
    this.turns.set(
      keyOf(home),
      done.catch(() => undefined),
    );
    return done;
  }

  /** Alarms that exist; read once until one may have changed. */
  async of(home: Home): Promise<readonly StoredAlarm[]> {
    const call = { service: "monitoring", region: home.region, action: "DescribeAlarms", params: {} };
    return this.lists.getOrRead(keyOf(home), () =>
      listAll<StoredAlarm>(this.dependencies.moto, home.accountId, call, "MetricAlarms"),
    );
  }

  /** Accounts and Regions that may have alarms. */
  get everywhere(): readonly Home[] {
    return [...this.homes.values()];
  }

  /** Evaluates every alarm on the minutes that are over. One that fails stops no other. */
  async evaluate(): Promise<void> {
    await Promise.all(
      this.everywhere.map((home) =>
        this.inTurn(home, async () => {
          const alarms = await this.of(home);
          await Promise.all(alarms.map((alarm) => this.tryToEvaluate(alarm, home)));
        }),
      ),
    );
  }

  /** An alarm may be deleted while it is evaluated. */
  private async tryToEvaluate(alarm: StoredAlarm, home: Home): Promise<void> {
    try {
      await this.evaluateOne(alarm, home);
    } catch (error) {
      this.dependencies.log(`alarm not evaluated: ${alarm.AlarmArn}: ${messageOf(error)}`);
    }
  }

  private async evaluateOne(alarm: StoredAlarm, home: Home): Promise<void> {
    const { metrics, clock, log } = this.dependencies;
    const from = this.states.get(alarm.AlarmArn);
    if (from === undefined) {
      return; // put a moment ago: the next minute counts
    }
    const reason = unsupported(alarm);
    if (reason !== undefined) {
      log(`alarm not evaluated: ${alarm.AlarmArn}: ${reason}`);
      return;
    }
    const view = new AlarmView(alarm, home, metrics, clock.now());
    const value = evaluateAlarm(view.breaches, ruleOf(alarm));
    if (value === undefined || value === from.value) {
      return;
    }
    const to = view.reasonFor(value, from.value);
    await this.writeState(alarm, home, to);
    await this.change(alarm, home, to);
  }

  /** A new alarm begins without data; one that is put again keeps its state. moto sets both to OK. */
  private async keepStates(home: Home, name: unknown): Promise<void> {
    for (const alarm of await this.of(home)) {
      const known = this.states.get(alarm.AlarmArn) ?? this.firstState();
      this.states.set(alarm.AlarmArn, known);
      if (alarm.AlarmName === name && alarm.StateValue !== known.value) {
        await this.writeState(alarm, home, known);
      }
    }
  }

  private firstState(): DatedState {
    const reason = "Unchecked: Initial alarm creation";
    return { value: "INSUFFICIENT_DATA", reason, reasonData: "{}", since: this.dependencies.clock.now() };
  }

  /** SetAlarmState lasts until the next evaluation, and has the effects of any change. */
  private async adoptStates(home: Home, name: unknown): Promise<void> {
    for (const alarm of await this.of(home)) {
      const known = this.states.get(alarm.AlarmArn);
      if (alarm.AlarmName === name && known !== undefined && known.value !== alarm.StateValue) {
        const { StateValue: value, StateReason: reason = "", StateReasonData: reasonData = "" } = alarm;
        await this.change(alarm, home, { value, reason, reasonData });
      }
    }
  }

  private async forgetDeleted(home: Home): Promise<void> {
    const left = new Set((await this.of(home)).map(({ AlarmArn }) => AlarmArn));
    for (const arn of this.states.keys()) {
      const { accountId, region } = readArn(arn);
      if (accountId === home.accountId && region === home.region && !left.has(arn)) {
        this.states.delete(arn);
      }
    }
  }

  private async writeState({ AlarmName }: StoredAlarm, home: Home, to: StateChange): Promise<void> {
    const { accountId, region } = home;
    const params = {
      ...{ AlarmName, StateValue: to.value, StateReason: to.reason },
      StateReasonData: to.reasonData,
    };
    const call = { service: "monitoring", region, action: "SetAlarmState", params };
    await this.dependencies.moto(accountId, call);
    this.lists.delete(keyOf(home));
  }

  private async change(alarm: StoredAlarm, home: Home, change: StateChange): Promise<void> {
    const from = this.states.get(alarm.AlarmArn) ?? this.firstState();
    const to = { ...change, since: this.dependencies.clock.now() };
    this.states.set(alarm.AlarmArn, to);
    const transition = { alarm, home, from, to };
    this.dependencies.send(alarmEvent(transition));
    await Promise.all(actionsOf(alarm, to.value).map((action) => this.act(action, transition)));
  }

  /** CloudWatch does not try again when an action fails. */
  private async act(actionArn: string, transition: Transition): Promise<void> {
    const { alarm, home } = transition;
    const { service, accountId, region } = readArn(actionArn);
    try {
      if (service !== "sns") {
        throw new LabError("the lab only publishes to topics");
      }
      const cloudWatch = {
        ...{ type: "AWSService" as const, accountId: home.accountId },
        ...{ service: "cloudwatch.amazonaws.com", sourceArn: alarm.AlarmArn },
      };
      const params = { TopicArn: actionArn, ...alarmNotification(transition) };
      await this.dependencies.call(
        cloudWatch,
        { service: "sns", region, action: "Publish", params },
        { accountId },
      );
    } catch (error) {
      this.dependencies.log(`alarm action failed: ${alarm.AlarmArn} to ${actionArn}: ${messageOf(error)}`);
    }
  }
}

function keyOf({ accountId, region }: Home): string {
  return `${accountId}/${region}`;
}
