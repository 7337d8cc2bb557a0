import { readArn, type Home } from "../../exchange/arn";
import type { AwsRequest } from "../../exchange/messages";
import type { Principal } from "../../exchange/principal";
import { LabError } from "../../shared/errors";

/** A permission that a request needs. */
export interface Permission {
  /** As policies write it, for example `lambda:InvokeFunction`. */
  readonly action: string;
  /** `*` for an action without resource types. */
  readonly resourceArn: string;
  /** Account that owns the resource. */
  readonly accountId: string;
  /** Condition keys of this action, in addition to those of every request. */
  readonly context?: ConditionContext;
  /** The service that acts for the caller, if any: `sns` when a topic needs its key. */
  readonly via?: string;
}

/** In an ARN, the name of a resource that the request does not name. */
export const UNNAMED = "unnamed-in-the-request";

/** Condition keys and their values. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** What the permissions of a request follow from. */
export interface PermissionInput {
  readonly request: AwsRequest;
  readonly principal: Principal;
  /** Account and Region of resources that the request names without an ARN. */
  readonly home: Home;
}

/** Looks up the ARNs of resources that a request gives by name. */
export interface ResourceNames {
  readonly organizationId: string;
  /** ARN, with its path, of a user, role or group. Has no path when nothing has that name. */
  iamEntity(kind: "user" | "role" | "group", accountId: string, name: string): Promise<string>;
  /** ARN of the permissions boundary that a user or role has now; undefined without one. */
  boundary(kind: "user" | "role", accountId: string, name: string): Promise<string | undefined>;
  /** Name of the user whose access key it is; undefined when nobody of the account has it. */
  keyOwner(accountId: string, accessKeyId: string): Promise<string | undefined>;
  /** ARN of a KMS key given by id, ARN or alias. */
  key(idOrAlias: string, home: Home): Promise<string>;
}

/** Finds the permissions that a request of one service needs. */
export type PermissionReader = (
  input: PermissionInput,
  names: ResourceNames,
) => Promise<readonly Permission[]> | readonly Permission[];

/** The names in policies of what an operation needs: always the same, or decided by its input. */
export type Renaming =
  string | readonly string[] | ((params: Readonly<Record<string, unknown>>) => readonly string[]);

/** The lab does not know which resource a request is about. */
export class UnknownResourceError extends LabError {
  constructor({ service, action }: AwsRequest, what = "the lab has no model of it") {
    super(`${service} ${action}: ${what}`);
  }
}

/** A required parameter. */
export function textOf({ request }: PermissionInput, ...names: readonly string[]): string {
  const found = names.map((name) => request.params[name]).find((value) => typeof value === "string");
  if (typeof found === "string") {
    return found;
  }
  throw new UnknownResourceError(request, `its ${names.join(" or ")} is missing or is not a string`);
}

/** An optional parameter. */
export function optionalText({ request }: PermissionInput, ...names: readonly string[]): string | undefined {
  const found = names.map((name) => request.params[name]).find((value) => typeof value === "string");
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A permission on one resource. The account in the ARN owns it. */
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

/** The ARN of a resource in the account and Region of the request. */
export function regionalArn({ home }: PermissionInput, service: string, resource: string): string {
  return `arn:aws:${service}:${home.region}:${home.accountId}:${resource}`;
}

/** The permission to pass a role to a service. */
export function passRole(input: PermissionInput, roleArn: string, service: string): Permission {
  return onArn(input, "iam:PassRole", roleArn, { "iam:PassedToService": service });
}
