import { INLINE_POLICY_NAME, TAG_KEYS, UNDOING_CALLS, type MayUndo } from "../../contract";
import { parseUserArn } from "../../shared/arn";
import { isObject, objectAt, stringAt, type JsonObject } from "../../shared/json";
import { EventError } from "../errors";
import { readCaller, type Caller } from "./caller";
import type { CloudTrailEvent } from "./event";
import { toIsoTime } from "./event-time";
import { strictStringAt } from "./strict-string";
import { checkUserName, readUserId, unrecordedCreation, type UserCreation } from "./user-creation";

/** A successful call that may have undone a quarantine: of one user, or of all by the policy. */
export interface Tampering {
  /** `policy`: versions or the deletion of the quarantine policy, on which every managed deny rests. */
  readonly kind: "user" | "policy";
  /** CloudTrail's event name, for example `DetachUserPolicy`. */
  readonly call: string;
  readonly eventId: string;
  /** ISO 8601 in UTC, or empty when the event has no readable time. */
  readonly eventTime: string;
  readonly accountId: string;
  /**
   * Name of the user after the call, so of UpdateUser the new one; undefined for the policy, and where the
   * record has no parameters: it may be any user.
   */
  readonly userName: string | undefined;
  /** Of UpdateUser with a new name: the name before. */
  readonly formerName: string | undefined;
  /** IAM's id of the user; only when a user called on itself, since no other record states it. */
  readonly userId: string | undefined;
  /**
   * The call removed a policy of our name, which proves that the user had it: IAM refuses to detach or delete
   * a policy that is not there.
   */
  readonly tookDenyOff: boolean;
  /**
   * The tags that the call wrote, with our keys in our case. They release a user only if the caller may undo
   * a quarantine.
   */
  readonly writtenTags: readonly { readonly Key: string; readonly Value: string }[];
  readonly caller: Caller;
  /** The exact role behind the session may undo every quarantine. */
  readonly mayUndo: boolean;
  /**
   * The exact role behind the session may undo the quarantine of users below this IAM path. These records do
   * not state the user's path: read it from IAM.
   */
  readonly mayUndoBelow: string | undefined;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** What {@link readTampering} has to know about the account. */
export interface TamperingGrounds {
  readonly accountId: string;
  /** ARN of the quarantine policy. */
  readonly policyArn: string;
  readonly mayUndo: readonly MayUndo[];
}

/** Whether a call can undo a quarantine, depending on its parameters. */
export function isUndoingCall(eventName: string): boolean {
  return Object.values(UNDOING_CALLS).some((calls) => includes(calls, eventName));
}

/**
 * Reads an event that is known to be a successful {@link isUndoingCall} of this account.
 * @returns Undefined when it does not concern a quarantine: another policy, other tags, a deactivation, or
 * the root user's own credentials.
 * @throws EventError when the record lacks the parameter that would show it
 */
export function readTampering(event: CloudTrailEvent, grounds: TamperingGrounds): Tampering | undefined {
  const { detail, eventName: call = "" } = event;
  const request = objectAt(detail, "requestParameters");
  if (!concernsQuarantine(call, request, grounds.policyArn)) {
    return undefined;
  }
  const caller = readCaller(detail);
  const kind = includes(UNDOING_CALLS.policy, call) ? "policy" : "user";
  const isNamed = kind === "user" && !isOmitted(call, request);
  const user = isNamed ? readUser(request, objectAt(detail, "userIdentity"), caller) : NO_USER;
  if (user === undefined) {
    return undefined;
  }
  return {
    kind,
    call,
    eventId: event.eventId,
    eventTime: toIsoTime(detail["eventTime"]) ?? toIsoTime(event.envelope["time"]) ?? "",
    accountId: grounds.accountId,
    ...user,
    tookDenyOff: call === "DetachUserPolicy" || call === "DeleteUserPolicy",
    writtenTags: includes(UNDOING_CALLS.tags, call) ? readTags(request) : [],
    caller,
    ...permissionOf(caller, kind, grounds.mayUndo),
    sourceIp: stringAt(detail, "sourceIPAddress") ?? "unknown",
    userAgent: stringAt(detail, "userAgent") ?? "unknown",
  };
}

/** The user of a call that may have undone its quarantine, as a creation. */
export function subjectOfTampering(
  { eventId, eventTime, accountId, userName = "", userId, sourceIp, userAgent }: Tampering,
  partition: string,
): UserCreation {
  return unrecordedCreation(
    { eventId, eventTime, userName, userId, sourceIp, userAgent },
    { accountId, partition },
  );
}

/** Calls whose policy document may be longer than the parameters that CloudTrail records. */
const MAY_BE_OMITTED: readonly string[] = ["CreatePolicyVersion", "PutUserPolicy"];

/**
 * Whether CloudTrail has left the parameters out, as it does with more than 100 KB (CloudTrail guide, "Record
 * contents"). IAM takes documents of 128 KB, and does not count their white space.
 */
function isOmitted(call: string, request: JsonObject): boolean {
  const isMissing = Object.keys(request).length === 0 || request["omitted"] !== undefined;
  return isMissing && MAY_BE_OMITTED.includes(call);
}

/**
 * Compares names without case, as the rule does: AWS does not document for which of these names IAM ignores
 * case, and a call that IAM accepts must not be missed.
 */
function concernsQuarantine(call: string, request: JsonObject, policyArn: string): boolean {
  if (isOmitted(call, request)) {
    // Nobody writes so much but to hide it.
    return true;
  }
  if (includes(UNDOING_CALLS.policy, call) || includes(UNDOING_CALLS.policyArn, call)) {
    return isSame(required(request, "policyArn", "the ARN of a policy"), policyArn);
  }
  if (includes(UNDOING_CALLS.policyName, call)) {
    return isSame(required(request, "policyName", "the name of an inline policy"), INLINE_POLICY_NAME);
  }
  if (includes(UNDOING_CALLS.tags, call)) {
    return readTags(request).some(({ Key }) => ourTagKey(Key) !== undefined);
  }
  if (includes(UNDOING_CALLS.tagKeys, call)) {
    return readTagKeys(request).some((key) => ourTagKey(key) !== undefined);
  }
  if (includes(UNDOING_CALLS.status, call)) {
    return required(request, "status", "Active, Inactive or Expired") === "Active";
  }
  return true;
}

type AffectedUser = Pick<Tampering, "userName" | "formerName" | "userId">;

const NO_USER: AffectedUser = { userName: undefined, formerName: undefined, userId: undefined };

/**
 * The request need not name a user who calls on itself. The root user is not an IAM user: its own credentials
 * are not quarantined.
 */
function readUser(request: JsonObject, identity: JsonObject, caller: Caller): AffectedUser | undefined {
  const named = strictStringAt(request, "userName", "detail.requestParameters.userName");
  const renamed = strictStringAt(request, "newUserName", "detail.requestParameters.newUserName");
  if (!named && caller.type === "Root") {
    return undefined;
  }
  const own = caller.type === "IAMUser" ? ownName(identity, caller) : undefined;
  const before = checkUserName(named || own, "detail.requestParameters.userName");
  return {
    userName: renamed ? checkUserName(renamed, "detail.requestParameters.newUserName") : before,
    formerName: renamed ? before : undefined,
    userId: before === own ? readUserId(identity, "principalId") : undefined,
  };
}

function ownName(identity: JsonObject, caller: Caller): string | undefined {
  return stringAt(identity, "userName") ?? parseUserArn(caller.arn)?.userName;
}

function permissionOf(
  { sessionIssuerArn }: Caller,
  kind: Tampering["kind"],
  mayUndo: readonly MayUndo[],
): Pick<Tampering, "mayUndo" | "mayUndoBelow"> {
  const entries = mayUndo.filter(({ arn }) => arn === sessionIssuerArn);
  const below = entries.find(({ path }) => path !== undefined)?.path;
  return {
    mayUndo: entries.some(({ path }) => path === undefined),
    mayUndoBelow: kind === "user" ? below : undefined,
  };
}

function readTags(request: JsonObject): { Key: string; Value: string }[] {
  return requiredList(request, "tags", "a list of tags").map((tag, index) => {
    const place = `detail.requestParameters.tags[${index}]`;
    if (!isObject(tag) || typeof tag["key"] !== "string") {
      throw new EventError(place, "an object with the key of a tag", tag);
    }
    const key = tag["key"];
    return { Key: ourTagKey(key) ?? key, Value: stringAt(tag, "value") ?? "" };
  });
}

function readTagKeys(request: JsonObject): string[] {
  return requiredList(request, "tagKeys", "a list of tag keys").map((key, index) => {
    if (typeof key !== "string") {
      throw new EventError(`detail.requestParameters.tagKeys[${index}]`, "the key of a tag", key);
    }
    return key;
  });
}

/** Tag keys of users ignore case (IAM guide, "Tags for IAM resources"). */
function ourTagKey(key: string): string | undefined {
  return Object.values(TAG_KEYS).find((ours) => isSame(ours, key));
}

function required(request: JsonObject, key: string, expected: string): string {
  const path = `detail.requestParameters.${key}`;
  const value = strictStringAt(request, key, path);
  if (!value) {
    throw new EventError(path, expected, value);
  }
  return value;
}

function requiredList(request: JsonObject, key: string, expected: string): readonly unknown[] {
  const value = request[key];
  if (!Array.isArray(value)) {
    throw new EventError(`detail.requestParameters.${key}`, expected, value);
  }
  return value;
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function includes(calls: readonly string[], call: string): boolean {
  return calls.includes(call);
}
