import { readArn, type Home } from "../../exchange/arn";
import type { AwsRequest } from "../../exchange/messages";
import type { Principal } from "../../exchange/principal";
import { LabError } from "../../shared/errors";

/** One permission a request needs. */
export interface Permission {
  /** As policies write it, for example `lambda:InvokeFunction`. */
  readonly action: string;
  /** `*` for an action without resource level. */
  readonly resourceArn: string;
  /** Account that owns the resource. */
  readonly accountId: string;
  /** Condition keys of this action, beside those of every request. */
  readonly context?: ConditionContext;
  /** Set when a service asks on behalf of the caller: `sns` when a topic needs its key. */
  readonly via?: string;
}

/** Condition keys and their values. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** What a permission is worked out from. */
export interface PermissionInput {
  readonly request: AwsRequest;
  readonly principal: Principal;
  /** Account and Region of whatever the request names without saying where it is. */
  readonly home: Home;
}

/** Looks up what a request does not say about a resource it names. */
export interface ResourceNames {
  readonly organizationId: string;
  /** ARN with path of a user, role or group; one without path when there is none of that name. */
  iamEntity(kind: "user" | "role" | "group", accountId: string, name: string): Promise<string>;
  /** ARN of a KMS key given by id, ARN or alias. */
  key(idOrAlias: string, home: Home): Promise<string>;
}

/** The permissions that the requests of one service need. */
export type PermissionReader = (
  input: PermissionInput,
  names: ResourceNames,
) => Promise<readonly Permission[]> | readonly Permission[];

/** The lab does not know which permission a request needs, so it can be neither allowed nor refused. */
export class UnknownPermissionError extends LabError {
  constructor({ service, action, method, url }: AwsRequest, what: string) {
    const named = action === "" ? `${method} ${url.split("?")[0]}` : action;
    super(
      `The lab cannot authorize ${service || "an unknown service"} ${named}: ${what}. Add it to lab/authorization/permissions.`,
    );
  }
}

/** A parameter that has to be a text. */
export function textOf({ request }: PermissionInput, ...names: readonly string[]): string {
  const found = names.map((name) => request.params[name]).find((value) => typeof value === "string");
  if (typeof found === "string") {
    return found;
  }
  throw new UnknownPermissionError(request, `its ${names.join(" or ")} is missing or no text`);
}

/** A parameter that may be missing. */
export function optionalText({ request }: PermissionInput, ...names: readonly string[]): string | undefined {
  const found = names.map((name) => request.params[name]).find((value) => typeof value === "string");
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A permission on one resource, which the account in its ARN owns. */
export function onArn(
  { home }: PermissionInput,
  action: string,
  resourceArn: string,
  context?: ConditionContext,
): Permission {
  const owner = readArn(resourceArn).accountId;
  const accountId = /^\d{12}$/.test(owner) ? owner : home.accountId;
  return { action, resourceArn, accountId, ...(context === undefined ? {} : { context }) };
}

/** An ARN of a resource in the request's Region. */
export function regionalArn({ home }: PermissionInput, service: string, resource: string): string {
  return `arn:aws:${service}:${home.region}:${home.accountId}:${resource}`;
}

/** The permission to hand a role to a service. */
export function passRole(input: PermissionInput, roleArn: string, service: string): Permission {
  return onArn(input, "iam:PassRole", roleArn, { "iam:PassedToService": service });
}
