import { DRILL_AUDIENCES, type DrillAudience } from "../contract";
import { FunctionError } from "../shared/errors";
import { isObject, stringAt } from "../shared/json";
import { hours } from "./durations";

/** The function was invoked with something else than a schedule's event, `{}`, or an audience. */
export class RequestError extends FunctionError {
  override readonly name = "RequestError";
}

/** Source: EventBridge guide, "Creating a rule that runs on a schedule". */
const SCHEDULED = "Scheduled Event";

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday: three days after a Monday. */
const DAYS_SINCE_MONDAY = 3;

/**
 * Who gets the responder's mail about a drill: people get that about the first scheduled drill of each week,
 * and that about every drill that is invoked by hand, unless the payload says otherwise.
 * @param now Milliseconds since the epoch, for an event without a time.
 * @throws RequestError
 */
export function audienceOf(payload: unknown, everyHours: number, now: number): DrillAudience {
  if (!isObject(payload)) {
    throw new RequestError(`expected a JSON object such as {}, got ${JSON.stringify(payload)}`);
  }
  if (payload["detail-type"] === SCHEDULED) {
    // The time for which it was scheduled, and not when the function came to run: no week is missed or
    // counted twice for a few seconds.
    const scheduled = Date.parse(stringAt(payload, "time") ?? "");
    const at = Number.isNaN(scheduled) ? now : scheduled;
    return weekOf(at) === weekOf(at - hours(everyHours)) ? "nobody" : "people";
  }
  const { audience = "people", ...others } = payload;
  const known = DRILL_AUDIENCES.find((each) => each === audience);
  if (known === undefined || Object.keys(others).length > 0) {
    const expected = DRILL_AUDIENCES.map((each) => `{"audience":"${each}"}`).join(" or ");
    throw new RequestError(`expected {}, ${expected}, got ${JSON.stringify(payload).slice(0, 200)}`);
  }
  return known;
}

/** Number of the week, which begins on Monday at midnight UTC. */
function weekOf(ms: number): number {
  return Math.floor((ms / DAY_MS + DAYS_SINCE_MONDAY) / 7);
}
