import { UNKNOWN_CREATOR_ACTIONS, type UnknownCreatorAction } from "../contract";
import { parseUserArn, USER_NAME } from "../shared/arn";
import { isObject, objectAt, stringAt, type JsonObject } from "../shared/json";
import { EventError } from "./errors";
import { unrecordedCreation, type UserCreation } from "./event/user-creation";

/**
 * What the sweep invokes the responder with. EventBridge puts every event into an envelope, so no event on a
 * bus can have this form: it shows that the function was invoked directly. IAM and the guard decide who may
 * do that: only the role of the sweep.
 */
export type SweepRequest =
  /**
   * CloudTrail's record of a creation that no event reported, in EventBridge's envelope. `answered` is false
   * when the responder's log shows no response to the user's creation; so below. @default true
   */
  | {
      readonly kind: typeof KIND;
      readonly found: "event";
      readonly event: JsonObject;
      readonly answered?: boolean;
    }
  /**
   * A user whose quarantine has a gap, or whose release has ended. `event` is CloudTrail's record of the call
   * that may have undone it, if there is one, in EventBridge's envelope: only the alert uses it, to name the
   * caller.
   */
  | {
      readonly kind: typeof KIND;
      readonly found: "gap";
      readonly user: SweptUser;
      readonly event?: JsonObject | undefined;
    }
  /** A new user of whose creation CloudTrail has no record. */
  | {
      readonly kind: typeof KIND;
      readonly found: "unknown-creator";
      readonly user: SweptUser;
      readonly action: UnknownCreatorAction;
      readonly answered?: boolean;
    }
  /** The quarantine policy does not deny everything. */
  | { readonly kind: typeof KIND; readonly found: "policy" };

/** A user as IAM lists it. */
export interface SweptUser {
  readonly userName: string;
  readonly userId: string;
  readonly arn: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

const KIND = "sweep";

type WithoutKind<Part> = Part extends unknown ? Omit<Part, "kind"> : never;

export function sweepRequest(parts: WithoutKind<SweepRequest>): SweepRequest {
  return { kind: KIND, ...parts };
}

/**
 * The request in what invoked the function; undefined when it is something else.
 * @throws EventError when the request is incomplete
 */
export function readSweepRequest(payload: unknown): SweepRequest | undefined {
  if (!isObject(payload) || payload["kind"] !== KIND) {
    return undefined;
  }
  const { found } = payload;
  // By default a release's tags count, so that a user whom people have released is not denied again.
  const answered = payload["answered"] !== false;
  switch (found) {
    case "event": {
      const { event } = payload;
      if (!isObject(event)) {
        throw new EventError("event", "an EventBridge event (a JSON object)", event);
      }
      return { kind: KIND, found, event, answered };
    }
    case "policy":
      return { kind: KIND, found };
    case "gap":
      return { kind: KIND, found, user: readUser(payload), event: readRecord(payload) };
    case "unknown-creator": {
      const action = UNKNOWN_CREATOR_ACTIONS.find((each) => each === payload["action"]);
      if (action === undefined) {
        throw new EventError("action", UNKNOWN_CREATOR_ACTIONS.join(" or "), payload["action"]);
      }
      return { kind: KIND, found, user: readUser(payload), action, answered };
    }
    default:
      throw new EventError("found", "event, gap, unknown-creator or policy", found);
  }
}

/** A malformed record is ignored: the gap has to be closed nevertheless. */
function readRecord({ event }: JsonObject): JsonObject | undefined {
  return isObject(event) ? event : undefined;
}

function readUser(payload: JsonObject): SweptUser {
  const user = objectAt(payload, "user");
  const userName = stringAt(user, "userName") ?? "";
  const userId = stringAt(user, "userId") ?? "";
  if (!USER_NAME.test(userName) || userId === "") {
    throw new EventError("user", "the name and the id of an IAM user", payload["user"]);
  }
  const createdAt = stringAt(user, "createdAt") ?? "";
  return { userName, userId, arn: stringAt(user, "arn") ?? "", createdAt };
}

/** The user of a request as a creation whose creator is not known. */
export function subjectOfSweep(
  user: Partial<SweptUser>,
  home: { readonly accountId: string; readonly partition: string },
  earlierRequestIds: readonly string[],
): UserCreation {
  const { userName = "", userId, arn: userArn = "", createdAt: eventTime = "" } = user;
  const path = parseUserArn(userArn)?.path;
  // The same for every sweep that finds the user, so that a later sweep sees the claim of an earlier one.
  const eventId = userId === undefined ? "" : `${KIND}-${userId}`;
  return unrecordedCreation({ eventId, earlierRequestIds, eventTime, userName, userId, path, userArn }, home);
}
