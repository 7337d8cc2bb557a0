import { paginateFilterLogEvents, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { PAUSED_RULE, RESPONDER_NAME } from "../contract";
import type { Deadline } from "../shared/deadline";
import { parseObject, stringAt, type JsonObject } from "../shared/json";

/** Log group of the responder, as Lambda names it. */
export const RESPONDER_LOG = `/aws/lambda/${RESPONDER_NAME}`;

/** Lines with which a response ends; those of the hold are in another log group. */
const ENDED = '{ ($.userId = "*") && ($.status = "*") }';

/** Ids of the users of whom the responder's log says something: each is in one of the first two sets. */
export interface Answers {
  readonly answered: ReadonlySet<string>;
  /** Left alone because the quarantine was paused, and not answered since. */
  readonly paused: ReadonlySet<string>;
  /** Of either, those whom a response has dealt with at some time: only they can have been released. */
  readonly judged: ReadonlySet<string>;
}

export const NO_ANSWERS: Answers = { answered: new Set(), paused: new Set(), judged: new Set() };

/**
 * What the responder's log says since `since`, in milliseconds since the epoch. The role of the responder
 * writes it, and others of the account may: what it says decides what is counted, what comes first and what
 * is mailed again, and for the youngest never that a user is left alone whose record can be judged.
 */
export async function readAnswers(
  logs: CloudWatchLogsClient,
  since: number,
  deadline: Deadline,
): Promise<Answers> {
  return deadline.run(async (options) => {
    const input = { logGroupName: RESPONDER_LOG, startTime: since, filterPattern: ENDED };
    const seen = new Map<string, Seen>();
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, input, options)) {
      for (const { message = "", timestamp = 0 } of events) {
        const line = parseObject(message);
        const id = stringAt(line, "userId");
        if (id !== undefined) {
          seen.set(id, withLine(seen.get(id) ?? NOTHING_SEEN, line, timestamp));
        }
      }
    }
    const isPaused = ({ pausedAt, answeredAt }: Seen) => pausedAt > answeredAt;
    const idsOf = (isWanted: (each: Seen) => boolean) =>
      new Set([...seen].filter(([, each]) => isWanted(each)).map(([id]) => id));
    return {
      answered: idsOf((each) => !isPaused(each)),
      paused: idsOf(isPaused),
      judged: idsOf(({ answeredAt }) => answeredAt > -Infinity),
    };
  });
}

/** The times of the last lines about one user, which come in any order. */
interface Seen {
  readonly pausedAt: number;
  readonly answeredAt: number;
}

const NOTHING_SEEN: Seen = { pausedAt: -Infinity, answeredAt: -Infinity };

function withLine({ pausedAt, answeredAt }: Seen, line: JsonObject, at: number): Seen {
  if (line["rule"] === PAUSED_RULE) {
    return { pausedAt: Math.max(pausedAt, at), answeredAt };
  }
  return { pausedAt, answeredAt: isAnswer(line) ? Math.max(answeredAt, at) : answeredAt };
}

/** Users who call IAM in the pause leave lines too, since nobody has quarantined them. */
function isAnswer({ status, rule }: JsonObject): boolean {
  return rule === "released" || (status !== "IGNORED" && status !== "VANISHED");
}
