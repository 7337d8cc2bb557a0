import { paginateFilterLogEvents, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { functionLogGroup, PAUSED_RULE, RESPONDER_NAME } from "../contract";
import type { Deadline } from "../shared/deadline";
import { parseObject, stringAt, type JsonObject } from "../shared/json";

/** Log group of the responder. */
export const RESPONDER_LOG = functionLogGroup(RESPONDER_NAME);

/** Matches the last line of each response; the lines of the hold are in another log group. */
const ENDED = '{ ($.userId = "*") && ($.status = "*") }';

/** Ids of the users in the responder's log. Each answered user is in one of the first two sets. */
export interface Answers {
  readonly answered: ReadonlySet<string>;
  /** Left alone during a pause, and not answered since. */
  readonly paused: ReadonlySet<string>;
  /** The users of both sets who were answered at some time: only they can have been released. */
  readonly judged: ReadonlySet<string>;
  /** Denied by the latest answer, with no sign since that people have released them. */
  readonly denied: ReadonlySet<string>;
}

export const NO_ANSWERS: Answers = {
  answered: new Set(),
  paused: new Set(),
  judged: new Set(),
  denied: new Set(),
};

/**
 * Reads the responder's log since `since`, in milliseconds since the epoch. Others than the responder may be
 * able to write to it, so it only decides what is counted, what comes first and which alerts are sent again.
 * It is never the reason to leave a young user alone whose creation is in CloudTrail.
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
    const isJudged = ({ answeredAt }: Seen) => answeredAt > -Infinity;
    const idsOf = (isWanted: (each: Seen) => boolean) =>
      new Set([...seen].filter(([, each]) => isWanted(each)).map(([id]) => id));
    return {
      answered: idsOf((each) => isJudged(each) && !isPaused(each)),
      paused: idsOf(isPaused),
      judged: idsOf(isJudged),
      denied: idsOf(({ deniedAt, freedAt }) => deniedAt > freedAt),
    };
  });
}

/** The times of the latest lines about one user, which are read in any order. */
interface Seen {
  readonly pausedAt: number;
  readonly answeredAt: number;
  readonly deniedAt: number;
  /** When the user was released, or answered otherwise than by a deny. */
  readonly freedAt: number;
}

const NOTHING_SEEN: Seen = {
  pausedAt: -Infinity,
  answeredAt: -Infinity,
  deniedAt: -Infinity,
  freedAt: -Infinity,
};

function withLine(seen: Seen, line: JsonObject, at: number): Seen {
  const latest = (key: keyof Seen, isSeen: boolean) => (isSeen ? Math.max(seen[key], at) : seen[key]);
  const isPaused = line["rule"] === PAUSED_RULE;
  const isAnswered = !isPaused && isAnswer(line);
  const isDenied = DENIED.includes(line["status"]);
  return {
    pausedAt: latest("pausedAt", isPaused),
    answeredAt: latest("answeredAt", isAnswered),
    deniedAt: latest("deniedAt", isDenied),
    freedAt: latest("freedAt", (isAnswered && !isDenied) || line["rule"] === "may-undo"),
  };
}

/** Statuses of users who have to be denied from then on. */
const DENIED: readonly unknown[] = ["QUARANTINED", "HELD", "RESTORED", "ABANDONED"];

/** Ignored calls about a user leave lines too, such as those during a pause: they are not answers. */
function isAnswer({ status, rule }: JsonObject): boolean {
  return rule === "released" || (status !== "IGNORED" && status !== "VANISHED");
}
