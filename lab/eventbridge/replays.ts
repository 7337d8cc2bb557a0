import { messageOf } from "../../functions/shared/message-of";
import { nameInArn } from "../exchange/arn";
import { readBus, type BusAddress } from "../exchange/bus-event";
import type { Exchange } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Handler } from "../exchange/pipeline";
import { jsonResponse } from "../exchange/responses";
import type { Clock } from "../shared/clock";
import { AwsError } from "../shared/errors";
import type { EventBuses } from "./event-buses";
import type { EventLog } from "./event-log";

export interface ReplayDependencies {
  readonly moto: MotoClient;
  readonly buses: Pick<EventBuses, "replay">;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

type ReplayState = "STARTING" | "RUNNING" | "COMPLETED" | "CANCELLED";

interface Replay {
  readonly name: string;
  readonly bus: BusAddress;
  readonly archive: string;
  /** ARNs of the rules that see the events; all when undefined. */
  readonly rules: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds since 1970. */
  readonly startedAt: number;
  endedAt?: number;
  lastEventAt?: number;
  state: ReplayState;
}

interface StartReplay {
  readonly ReplayName: string;
  readonly EventSourceArn: string;
  readonly EventStartTime: number;
  readonly EventEndTime: number;
  readonly Destination: { readonly Arn: string; readonly FilterArns?: readonly string[] };
}

/** How long a replay is STARTING, and then RUNNING before its first event. AWS takes some minutes. */
const STARTING_MS = 10_000;

/**
 * Replays archives: EventBridge guide, "Archiving and replaying events". moto checks the requests and keeps
 * the replays, but has no events and no states; the lab answers with its own.
 */
export class Replays {
  /** By account, Region and name. */
  private readonly replays = new Map<string, Replay>();

  constructor(private readonly dependencies: ReplayDependencies) {}

  /** Answers StartReplay, DescribeReplay, ListReplays and CancelReplay. */
  readonly handle: Handler = async (exchange) => {
    const { service, action } = exchange.request;
    if (service !== "events" || !/Replays?$/.test(action)) {
      return undefined;
    }
    const answers: Readonly<Record<string, () => Promise<object>>> = {
      StartReplay: () => this.start(exchange),
      DescribeReplay: async () => this.withState(exchange, await this.ask(exchange)),
      ListReplays: () => this.list(exchange),
      CancelReplay: () => this.cancel(exchange),
    };
    const answer = await answers[action]?.();
    return answer === undefined ? undefined : jsonResponse(answer);
  };

  private async start(exchange: Exchange): Promise<object> {
    const params = exchange.request.params as unknown as StartReplay;
    if (params.EventEndTime <= params.EventStartTime) {
      const reason = "EventStartTime must be before EventEndTime.";
      throw new AwsError("ValidationException", `Parameter EventEndTime is not valid. Reason: ${reason}`);
    }
    const answer = await this.ask(exchange);
    const home = { accountId: exchange.accountId, region: exchange.request.region };
    const replay: Replay = {
      name: params.ReplayName,
      bus: readBus(params.Destination.Arn, home),
      archive: nameInArn(params.EventSourceArn),
      rules: params.Destination.FilterArns?.length ? params.Destination.FilterArns : undefined,
      from: params.EventStartTime * 1000,
      to: params.EventEndTime * 1000,
      startedAt: this.seconds(),
      state: "STARTING",
    };
    this.replays.set(keyOf(exchange, params.ReplayName), replay);
    this.run(replay).catch((error: unknown) =>
      this.dependencies.log(`replay ${replay.name} failed: ${messageOf(error)}`),
    );
    return { ...answer, State: replay.state, ReplayStartTime: replay.startedAt };
  }

  /**
   * Puts the archive's events on the bus again: minute by minute, and within a minute the last one first,
   * since AWS keeps no order there (API reference of StartReplay).
   */
  private async run(replay: Replay): Promise<void> {
    const { buses, events, clock } = this.dependencies;
    await clock.sleep(STARTING_MS);
    if (replay.state !== "STARTING") {
      return;
    }
    replay.state = "RUNNING";
    await clock.sleep(STARTING_MS);
    const archived = events.archivedEvents(replay.bus.accountId, replay.archive);
    const timed = archived.map((event) => ({ event, at: Date.parse(event.time) }));
    const due = timed
      .filter(({ at }) => at >= replay.from && at < replay.to)
      .sort((a, b) => minuteOf(a.at) - minuteOf(b.at) || b.at - a.at);
    for (const { event, at } of due) {
      if (replay.state !== "RUNNING") {
        return;
      }
      await buses.replay(replay.bus, { ...event, "replay-name": replay.name }, replay.rules);
      replay.lastEventAt = at / 1000;
    }
    replay.state = "COMPLETED";
    replay.endedAt = this.seconds();
  }

  private async list(exchange: Exchange): Promise<object> {
    const { State, NamePrefix, EventSourceArn } = exchange.request.params;
    // moto would compare states that the lab knows better.
    const filter = {
      ...(NamePrefix !== undefined && { NamePrefix }),
      ...(EventSourceArn !== undefined && { EventSourceArn }),
    };
    if ([State, NamePrefix, EventSourceArn].filter((given) => given !== undefined).length > 1) {
      await this.ask(exchange);
    }
    const { Replays: listed = [] } = (await this.ask(exchange, filter)) as { Replays?: object[] };
    const replays = listed.map((replay) => this.withState(exchange, replay as Record<string, unknown>));
    return { Replays: replays.filter((replay) => State === undefined || replay["State"] === State) };
  }

  private async cancel(exchange: Exchange): Promise<object> {
    const name = String(exchange.request.params["ReplayName"]);
    const replay = this.replays.get(keyOf(exchange, name));
    if (replay !== undefined && replay.state !== "STARTING" && replay.state !== "RUNNING") {
      const message = `Replay ${name} is not in a valid state for this operation.`;
      throw new AwsError("IllegalStatusException", message);
    }
    const answer = await this.ask(exchange);
    if (replay !== undefined) {
      replay.state = "CANCELLED";
      replay.endedAt = this.seconds();
    }
    return answer;
  }

  private withState(exchange: Exchange, shown: Record<string, unknown>): Record<string, unknown> {
    const replay = this.replays.get(keyOf(exchange, String(shown["ReplayName"])));
    if (replay === undefined) {
      return shown;
    }
    const { state, startedAt, endedAt, lastEventAt } = replay;
    return {
      ...shown,
      State: state,
      ReplayStartTime: startedAt,
      ReplayEndTime: endedAt,
      ...(lastEventAt === undefined ? {} : { EventLastReplayedTime: lastEventAt }),
    };
  }

  private ask({ request, accountId }: Exchange, params = request.params): Promise<Record<string, unknown>> {
    const { service, region, action } = request;
    return this.dependencies.moto(accountId, { service, region, action, params: { ...params } });
  }

  private seconds(): number {
    return this.dependencies.clock.now().getTime() / 1000;
  }
}

const minuteOf = (milliseconds: number): number => Math.floor(milliseconds / 60_000);

function keyOf({ accountId, request }: Exchange, name: string): string {
  return `${accountId}/${request.region}/${name}`;
}
