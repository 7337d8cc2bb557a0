import { formatUserArn, parseUserArn, USER_NAME } from "../../shared/arn";
import { isObject, objectAt, stringAt, type JsonObject } from "../../shared/json";
import { EventError } from "../errors";
import { readCaller, UNKNOWN_CALLER, type Caller } from "./caller";
import type { CloudTrailEvent } from "./event";
import { toIsoTime } from "./event-time";
import { strictStringAt } from "./strict-string";

/** A successful call of IAM's CreateUser: which user it created, and by whom, from where and when. */
export interface UserCreation {
  readonly eventId: string;
  readonly earlierRequestIds: readonly string[];
  /** ISO 8601 in UTC, or empty when the event has no readable time. */
  readonly eventTime: string;
  readonly accountId: string;
  readonly userName: string;
  /**
   * IAM's id of the user, which unlike the name never changes; undefined when the event does not state it.
   */
  readonly userId: string | undefined;
  /** Begins and ends with `/`; undefined when the event states one IAM would not allow. */
  readonly path: string | undefined;
  readonly userArn: string;
  readonly creator: Caller;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** The tags that the request gave the user. */
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  /** Unusual facts about the event that the alert should mention, as sentences. */
  readonly remarks: readonly string[];
}

/** Paths: IAM API reference, CreateUser, `Path`. */
const PATH = /^(?:\/|\/[\x21-\x7e]+\/)$/;
const MAX_PATH = 512;
/** Ids: IAM API reference, User, `UserId`. */
const USER_ID = /^\w{16,128}$/;

/**
 * Reads the user from an event that is known to be a successful CreateUser of this account.
 * @throws EventError when it has no user name that IAM would allow
 */
export function readUserCreation(
  event: CloudTrailEvent,
  home: { readonly accountId: string; readonly partition: string },
): UserCreation {
  const { detail } = event;
  const requested = objectAt(detail, "requestParameters");
  const created = objectAt(objectAt(detail, "responseElements"), "user");
  const arn = parseUserArn(stringAt(created, "arn") ?? "");
  const userName = readUserName(requested, created, arn?.userName);
  const path = checkPath(stringAt(created, "path") ?? arn?.path ?? stringAt(requested, "path") ?? "/");
  return {
    eventId: event.eventId,
    earlierRequestIds: event.earlierRequestIds,
    eventTime: toIsoTime(detail["eventTime"]) ?? toIsoTime(event.envelope["time"]) ?? "",
    accountId: home.accountId,
    userName,
    userId: readUserId(created, "userId"),
    path,
    userArn: formatUserArn({ ...home, path: path ?? "/", userName }),
    creator: readCaller(detail),
    sourceIp: stringAt(detail, "sourceIPAddress") ?? "unknown",
    userAgent: stringAt(detail, "userAgent") ?? "unknown",
    tags: readTags(requested),
    remarks: remarks(requested, userName, path),
  };
}

/**
 * A user whose quarantine has to be checked, as a creation of which there is no record.
 *
 * @param known What is known of the user. An empty `userName` stands for any user.
 */
export function unrecordedCreation(
  known: Pick<UserCreation, "eventId" | "eventTime" | "userName" | "userId"> & Partial<UserCreation>,
  home: { readonly accountId: string; readonly partition: string },
): UserCreation {
  const { userName, path = "/", userArn } = known;
  return {
    earlierRequestIds: [],
    path: undefined,
    creator: UNKNOWN_CALLER,
    ...{ sourceIp: "unknown", userAgent: "unknown", tags: [], remarks: [] },
    ...known,
    accountId: home.accountId,
    userArn: userArn || (userName === "" ? "" : formatUserArn({ ...home, path, userName })),
  };
}

/** The response takes precedence over the request: it names what IAM really created. */
function readUserName(requested: JsonObject, created: JsonObject, nameInArn: string | undefined): string {
  const inResponse = strictStringAt(created, "userName", "detail.responseElements.user.userName");
  if (inResponse) {
    return checkUserName(inResponse, "detail.responseElements.user.userName");
  }
  if (nameInArn) {
    return checkUserName(nameInArn, "detail.responseElements.user.arn");
  }
  const inRequest = strictStringAt(requested, "userName", "detail.requestParameters.userName");
  return checkUserName(inRequest, "detail.requestParameters.userName");
}

/** The user id at `key`; undefined for text that is not one. */
export function readUserId(parent: JsonObject, key: string): string | undefined {
  const id = stringAt(parent, key);
  return id !== undefined && USER_ID.test(id) ? id : undefined;
}

/** @throws EventError when `name` is no user name IAM would allow */
export function checkUserName(name: string | undefined, field: string): string {
  if (name !== undefined && USER_NAME.test(name)) {
    return name;
  }
  throw new EventError(field, "a user name of 1 to 64 letters, digits and _+=,.@-", name);
}

function readTags({ tags }: JsonObject): { Key: string; Value: string }[] {
  return (Array.isArray(tags) ? tags : []).filter(isObject).map((tag) => ({
    Key: stringAt(tag, "key") ?? "",
    Value: stringAt(tag, "value") ?? "",
  }));
}

function checkPath(path: string): string | undefined {
  return PATH.test(path) && path.length <= MAX_PATH ? path : undefined;
}

function remarks(requested: JsonObject, userName: string, path: string | undefined): string[] {
  const found: string[] = [];
  const asked = stringAt(requested, "userName");
  if (asked && asked !== userName) {
    found.push(`The request named the user ${asked}, IAM created ${userName}.`);
  }
  if (path === undefined) {
    found.push("The event states a path IAM would not allow.");
  }
  return found;
}
