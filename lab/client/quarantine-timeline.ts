import { AccountNames, NAMES } from "../../stacks/names";
import type { SeenEvent } from "../eventbridge/event-log";
import { waitFor } from "../shared/wait-for";
import type { InboxMessage } from "../sns/inbox";
import type { LabClient } from "./lab-client";

/** A user whose quarantine to watch. */
export interface WatchedUser {
  readonly accountId: string;
  readonly securityAccountId: string;
  readonly userName: string;
}

/** The steps of a quarantine, in the expected order. */
export const STEPS = [
  "created",
  "contained",
  "tagged",
  "alerted",
  "seenBySecurity",
  "outcomeSeenBySecurity",
  "alertedBySecurity",
] as const;
export type Step = (typeof STEPS)[number];

/** When each step happened, in milliseconds since 1970; undefined for a step that did not happen. */
export type QuarantineTimeline = Readonly<Record<Step, number | undefined>>;

/**
 * Watches a user until every step of the quarantine has happened.
 *
 * @param limitMs Longest wait in milliseconds. Steps that have not happened by then are undefined.
 */
export async function watchQuarantine(
  lab: LabClient,
  user: WatchedUser,
  limitMs: number,
): Promise<QuarantineTimeline> {
  let timeline = await readTimeline(lab, user);
  await waitFor(async () => {
    timeline = await readTimeline(lab, user);
    return missingSteps(timeline).length === 0 ? timeline : undefined;
  }, limitMs);
  return timeline;
}

/** Steps that did not happen. */
export function missingSteps(timeline: QuarantineTimeline): Step[] {
  return STEPS.filter((step) => timeline[step] === undefined);
}

async function readTimeline(lab: LabClient, user: WatchedUser): Promise<QuarantineTimeline> {
  const { accountId, securityAccountId } = user;
  const [own, central, ownInbox, centralInbox] = await Promise.all([
    lab.events(accountId),
    lab.events(securityAccountId),
    lab.inbox(accountId),
    lab.inbox(securityAccountId),
  ]);
  return timelineOf(user, { own, central, ownInbox, centralInbox });
}

interface Observations {
  readonly own: readonly SeenEvent[];
  readonly central: readonly SeenEvent[];
  readonly ownInbox: readonly InboxMessage[];
  readonly centralInbox: readonly InboxMessage[];
}

/** Finds the steps of a user's quarantine in what the lab observed. */
export function timelineOf({ accountId, userName }: WatchedUser, seen: Observations): QuarantineTimeline {
  const { quarantinePolicyArn } = new AccountNames("aws", accountId);
  const call = (events: readonly SeenEvent[], eventName: string, ...texts: string[]) =>
    timeOf(
      events.find(
        ({ event: { detail } }) =>
          isCall(detail, eventName) && [userName, ...texts].every(includesValue(detail)),
      ),
    );
  const outcome = seen.central.find(
    ({ event }) => event.source === "lambda" && includesValue(event.detail)(userName),
  );
  const alert = (messages: readonly InboxMessage[]) =>
    timeOf(
      messages.find(
        ({ topicArn, message }) => topicArn.endsWith(`:${NAMES.topic}`) && names(userName, message),
      ),
    );
  return {
    created: call(seen.own, "CreateUser"),
    contained: call(seen.own, "AttachUserPolicy", quarantinePolicyArn),
    tagged: call(seen.own, "TagUser"),
    alerted: alert(seen.ownInbox),
    seenBySecurity: call(seen.central, "CreateUser"),
    outcomeSeenBySecurity: timeOf(outcome),
    alertedBySecurity: alert(seen.centralInbox),
  };
}

/** A call that CloudTrail recorded as successful. */
function isCall(detail: unknown, eventName: string): boolean {
  const record = detail as { readonly eventName?: unknown; readonly errorCode?: unknown } | null;
  return record?.eventName === eventName && record.errorCode === undefined;
}

/** Returns a check whether a text is one of the values in an event. */
function includesValue(detail: unknown): (text: string) => boolean {
  const json = JSON.stringify(detail);
  return (text) => json.includes(JSON.stringify(text));
}

/** Whether a message names exactly this user, not one whose name begins or ends with the same text. */
function names(userName: string, message: string): boolean {
  const literal = userName.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w+=,.@-])${literal}(?![\\w+=,@-]|\\.\\w)`).test(message);
}

function timeOf(seen: SeenEvent | InboxMessage | undefined): number | undefined {
  if (seen === undefined) {
    return undefined;
  }
  return Date.parse("receivedAt" in seen ? seen.receivedAt : seen.time);
}
