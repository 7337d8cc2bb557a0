import type { Outcome } from "../../functions/contract";
import type { JsonObject } from "../../functions/shared/json";
import { mayUndoRoles } from "../../stacks/config/roles";
import type { Rollout } from "../../stacks/config/rollout";
import type { DecidingLine, FindLine } from "./deciding-line";
import { detailOf, judge, type Judgement } from "./judge";
import { suggestTrust, type NoSuggestion, type Suggestion, type Untrusted } from "./suggest-trust";

/**
 * One user, and what `enforce` would have done about it. Everything except the verdict comes from the record.
 */
export interface ReplayedCreation {
  readonly account: string;
  readonly accountId: string;
  readonly userName: string;
  readonly path: string;
  readonly eventId: string;
  readonly eventTime: string;
  /** ARN of the role behind a session, otherwise of the caller. */
  readonly creator: string;
  readonly creatorType: string;
  readonly sourceIp: string;
  readonly verdict: Outcome["verdict"];
  readonly decidedBy?: DecidingLine;
}

/** The suggestions for one account, and what they would cover. */
export interface AccountSuggestions {
  readonly account: string;
  readonly accountId: string;
  readonly suggestions: readonly (Suggestion | NoSuggestion)[];
}

/** What `enforce` would have done about many records. */
export interface Replay {
  readonly creations: readonly ReplayedCreation[];
  /** Number of records that were not a creation of an IAM user, by rule, such as `errorCode`. */
  readonly ignored: Readonly<Record<string, number>>;
  /** Records that the responder could not read: each is an alert and a dead letter. */
  readonly unreadable: readonly {
    readonly account: string;
    readonly eventId: string;
    readonly error: string;
  }[];
  /** Number of records of accounts that are not targets, by account id. */
  readonly elsewhere: Readonly<Record<string, number>>;
  readonly suggestions: readonly AccountSuggestions[];
}

/**
 * Judges records as the responders would in mode `enforce`, whatever the mode of the accounts. Pure.
 *
 * @param records CloudTrail's records; only those of CreateUser are judged.
 * @param now Milliseconds since the epoch.
 */
export function replay(
  records: readonly JsonObject[],
  rollout: Rollout,
  findLine: FindLine,
  now: number,
): Replay {
  const judgements = records.filter(isCreateUser).map((record) => judge(record, rollout, now, "enforce"));
  const judged = judgements.filter((each) => each.kind === "judged");
  return {
    creations: judged.flatMap((each) => creationOf(each, findLine)).sort(byTime),
    ignored: count(
      judged.flatMap(({ decision: { verdict } }) => (verdict.action === "ignore" ? [verdict.rule] : [])),
    ),
    unreadable: judgements.flatMap((each) =>
      each.kind === "unreadable"
        ? [{ account: each.account.name, eventId: eventIdOf(each.record), error: each.error }]
        : [],
    ),
    elsewhere: count(judgements.flatMap((each) => (each.kind === "elsewhere" ? [each.accountId] : []))),
    suggestions: rollout.accounts.flatMap(({ name, id }) => {
      const untrusted = judged.flatMap((each) => (each.account.id === id ? untrustedIn(each) : []));
      const suggestions = suggestTrust(untrusted, rollout.partition, mayUndoRoles(rollout, { id }));
      return suggestions.length === 0 ? [] : [{ account: name, accountId: id, suggestions }];
    }),
  };
}

type Judged = Extract<Judgement, { kind: "judged" }>;

function isCreateUser(record: JsonObject): boolean {
  return detailOf(record)["eventName"] === "CreateUser";
}

function eventIdOf(record: JsonObject): string {
  const { eventID } = detailOf(record);
  return typeof eventID === "string" ? eventID : "unknown";
}

function creationOf({ account, decision }: Judged, findLine: FindLine): ReplayedCreation[] {
  const { verdict, creation } = decision;
  if (creation === undefined) {
    return [];
  }
  const decidedBy = verdict.action === "trust" ? findLine(verdict, account.id) : undefined;
  const { creator } = creation;
  return [
    {
      account: account.name,
      accountId: account.id,
      userName: creation.userName,
      path: creation.path ?? "",
      eventId: creation.eventId,
      eventTime: creation.eventTime,
      creator: creator.sessionIssuerArn || creator.label,
      creatorType: creator.type,
      sourceIp: creation.sourceIp,
      verdict,
      ...(decidedBy && { decidedBy }),
    },
  ];
}

function untrustedIn({ decision, record }: Judged): Untrusted[] {
  return decision.verdict.action === "quarantine" && decision.creation
    ? [{ creation: decision.creation, record }]
    : [];
}

function byTime(a: ReplayedCreation, b: ReplayedCreation): number {
  return a.eventTime < b.eventTime ? -1 : 1;
}

function count(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
