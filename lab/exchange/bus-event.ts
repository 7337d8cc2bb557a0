import { readArn, type Home } from "./arn";

/**
 * An event as EventBridge delivers it:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  /** Account in which the event happened; stays when the event is forwarded to another account. */
  readonly account: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
  /** Set when a replay puts the event on the bus again. */
  readonly "replay-name"?: string;
}

/** Account, Region and name of an event bus. */
export interface BusAddress extends Home {
  readonly name: string;
}

export function busArn({ accountId, region, name }: BusAddress): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
}

/** Reads a bus given by name or by ARN; a name is a bus in the account and Region of `home`. */
export function readBus(nameOrArn: string | undefined, home: Home): BusAddress {
  if (nameOrArn === undefined || nameOrArn === "") {
    return { ...home, name: "default" };
  }
  if (!nameOrArn.startsWith("arn:")) {
    return { ...home, name: nameOrArn };
  }
  const { accountId, region, resource } = readArn(nameOrArn);
  return { accountId, region, name: resource.slice(resource.indexOf("/") + 1) };
}

/** A time in the format of events: whole seconds. */
export function eventTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
