/** A resource that an event names, as LookupEvents lists it. */
export interface LookupResource {
  /** Type as in CloudFormation, for example `AWS::IAM::User`. */
  readonly ResourceType: string;
  readonly ResourceName: string;
}

/** By element of `requestParameters` and `responseElements`. */
const IAM_RESOURCES: Readonly<Record<string, string>> = {
  userName: "AWS::IAM::User",
  accessKeyId: "AWS::IAM::AccessKey",
  policyArn: "AWS::IAM::Policy",
  roleName: "AWS::IAM::Role",
  groupName: "AWS::IAM::Group",
};

/** Elements of `responseElements` that hold what a call made, such as `user`. */
const MADE = new Set(["user", "accessKey", "role", "group"]);

/**
 * The resources of a record of IAM, by name: of a refused call none, since its record has no input. Records
 * of other services have none here. Which resources CloudTrail lists is documented nowhere; that a user
 * stands there by its name, also for CreateUser, is inferred from outputs that were published.
 */
export function resourcesOf(record: Readonly<Record<string, unknown>>): readonly LookupResource[] {
  if (record["eventSource"] !== "iam.amazonaws.com") {
    return [];
  }
  const response = object(record["responseElements"]);
  const made = Object.entries(response).flatMap(([name, value]) => (MADE.has(name) ? [object(value)] : []));
  const elements = [object(record["requestParameters"]), ...made].flatMap((input) => Object.entries(input));
  const found = elements.flatMap(([name, value]): LookupResource[] => {
    const ResourceType = IAM_RESOURCES[name];
    return ResourceType === undefined || typeof value !== "string"
      ? []
      : [{ ResourceType, ResourceName: value }];
  });
  const byName = new Map(found.map((resource) => [JSON.stringify(resource), resource]));
  return [...byName.values()];
}

/**
 * The element `Username`: the user's name, the session's name, or `root`. AWS documents it as "a user name or
 * role name of the requester"; that it is the session's name is inferred from what the console shows.
 */
export function usernameOf(record: Readonly<Record<string, unknown>>): string | undefined {
  const identity = object(record["userIdentity"]);
  switch (identity["type"]) {
    case "Root":
      return "root";
    case "AssumedRole":
      return text(identity["principalId"])?.split(":")[1];
    default:
      return text(identity["userName"]);
  }
}

/** How a record is found: its values, by the attribute's key in LookupEvents. */
export const LOOKUP_ATTRIBUTES: Readonly<
  Record<string, (record: Readonly<Record<string, unknown>>) => readonly (string | undefined)[]>
> = {
  AccessKeyId: (record) => [text(object(record["userIdentity"])["accessKeyId"])],
  EventId: (record) => [text(record["eventID"])],
  EventName: (record) => [text(record["eventName"])],
  EventSource: (record) => [text(record["eventSource"])],
  ReadOnly: (record) => [String(record["readOnly"])],
  ResourceName: (record) => resourcesOf(record).map(({ ResourceName }) => ResourceName),
  ResourceType: (record) => resourcesOf(record).map(({ ResourceType }) => ResourceType),
  Username: (record) => [usernameOf(record)],
};

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
