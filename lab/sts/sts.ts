import { randomBytes } from "node:crypto";
import type { RoleFinder } from "../authorization/identities";
import { readTags } from "../authorization/request-context";
import type { AccessKeys, KeyedPrincipal } from "../exchange/access-keys";
import { nameInArn, readArn } from "../exchange/arn";
import type { AwsResponse, Exchange } from "../exchange/messages";
import type { Handler } from "../exchange/pipeline";
import type { Principal, RolePrincipal, ServicePrincipal } from "../exchange/principal";
import { readPolicyDocument } from "../exchange/read-response";
import { queryResponse } from "../exchange/responses";
import type { LabSettings, SettingsStore } from "../settings";
import { AwsError } from "../shared/errors";

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
const DEFAULT_DURATION_SECONDS = 3600;

/** A session of a role with its temporary credentials. */
export interface StartedSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly session: RolePrincipal;
}

/** Optional parts of a session. */
export type SessionExtras = Pick<
  RolePrincipal,
  "sessionTags" | "sessionPolicy" | "sourceIdentity" | "sourceFunctionArn"
>;

/**
 * Looks up a role and starts a session of it. Rejects with AccessDenied when there is no such role.
 */
export type StartSession = (
  roleArn: string,
  sessionName: string,
  extras?: SessionExtras,
) => Promise<StartedSession>;

export function sessionStarter(keys: AccessKeys, roleOf: RoleFinder, now: () => Date): StartSession {
  return async (roleArn, sessionName, extras = {}) => {
    const { partition, accountId } = readArn(roleArn);
    const roleName = nameInArn(roleArn);
    const role = await roleOf(accountId, roleName);
    if (role?.arn !== roleArn) {
      throw new AwsError(
        "AccessDenied",
        `Not authorized to perform sts:AssumeRole on resource: ${roleArn}`,
        403,
      );
    }
    const session: RolePrincipal = {
      type: "AssumedRole",
      accountId,
      arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
      principalId: `${role.id}:${sessionName}`,
      accessKeyId: temporaryKeyId(),
      roleArn,
      roleName,
      roleId: role.id,
      sessionName,
      createdAt: now(),
      ...extras,
    };
    keys.add(session);
    return { session, accessKeyId: session.accessKeyId, ...newSecrets() };
  };
}

function temporaryKeyId(): string {
  return `ASIA${randomBytes(8).toString("hex").toUpperCase()}`;
}

function newSecrets(): Pick<StartedSession, "secretAccessKey" | "sessionToken"> {
  return {
    secretAccessKey: randomBytes(30).toString("base64"),
    sessionToken: randomBytes(96).toString("base64"),
  };
}

/** Answers the actions that start sessions or name the caller. */
export function stsHandler(
  startSession: StartSession,
  keys: AccessKeys,
  now: () => Date,
  settings: Pick<SettingsStore, "current">,
): Handler {
  return async (exchange) => {
    if (exchange.request.service !== "sts") {
      return undefined;
    }
    switch (exchange.request.action) {
      case "AssumeRole":
        return assumeRole(exchange, startSession, settings.current, now());
      case "GetCallerIdentity":
        return callerIdentity(exchange);
      case "GetSessionToken":
        return sessionToken(exchange, keys, now());
      default:
        return undefined;
    }
  };
}

async function assumeRole(
  exchange: Exchange,
  start: StartSession,
  { rolesLeadTo }: Pick<LabSettings, "rolesLeadTo">,
  now: Date,
): Promise<AwsResponse> {
  const { principal, request } = exchange;
  const { params } = request;
  const { Policy, Tags } = params;
  const sourceIdentity = sourceIdentityOf(exchange);
  const requestedArn = String(params["RoleArn"]);
  const { accountId } = readArn(requestedArn);
  const roleArn = requestedArn.replace(`:${accountId}:`, `:${rolesLeadTo[accountId] ?? accountId}:`);
  const started = await start(roleArn, String(params["RoleSessionName"]), {
    ...(Tags === undefined ? {} : { sessionTags: readTags(Tags) }),
    ...(typeof Policy === "string" ? { sessionPolicy: readPolicyDocument(Policy) } : {}),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(isLambda(principal) && { sourceFunctionArn: principal.sourceArn }),
  });
  return queryResponse(request, NAMESPACE, {
    Credentials: credentialsElement(exchange, started, now),
    AssumedRoleUser: { AssumedRoleId: started.session.principalId, Arn: started.session.arn },
    PackedPolicySize: 0,
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  });
}

/** Lambda puts the function's ARN into its credentials (developer guide, "Using source function ARN"). */
function isLambda(principal: Principal): principal is ServicePrincipal {
  return principal.type === "AWSService" && principal.service === "lambda.amazonaws.com";
}

/** STS API reference, AssumeRole, `SourceIdentity`. */
const SOURCE_IDENTITY = /^(?!aws:)[\w+=,.@-]{2,64}$/i;

/**
 * The source identity of the new session. A session passes its own on to every session it starts, and cannot
 * change it (IAM guide, "Monitor and control actions taken with assumed roles"; the code is inferred).
 */
function sourceIdentityOf({ request, principal }: Exchange): string | undefined {
  const inherited = principal.type === "AssumedRole" ? principal.sourceIdentity : undefined;
  const asked = request.params["SourceIdentity"];
  if (typeof asked !== "string") {
    return inherited;
  }
  if (!SOURCE_IDENTITY.test(asked)) {
    const message = `Value '${asked}' at 'sourceIdentity' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*, and have a length from 2 to 64`;
    throw new AwsError("ValidationError", message, 400);
  }
  if (inherited !== undefined && inherited !== asked) {
    const message = `The source identity ${inherited} of the calling session cannot be changed to ${asked}`;
    throw new AwsError("AccessDenied", message, 403);
  }
  return asked;
}

/** Temporary credentials of a user. They act as the user, so a deny on the user applies to them too. */
function sessionToken(exchange: Exchange, keys: AccessKeys, now: Date): AwsResponse {
  const { principal } = exchange;
  if (principal.type !== "IAMUser") {
    const message = "Cannot call GetSessionToken with session credentials";
    throw new AwsError("AccessDenied", message, 403);
  }
  const credentials = { accessKeyId: temporaryKeyId(), ...newSecrets() };
  keys.add({ ...principal, accessKeyId: credentials.accessKeyId });
  const Credentials = credentialsElement(exchange, credentials, now);
  return queryResponse(exchange.request, NAMESPACE, { Credentials });
}

function credentialsElement(
  { request }: Exchange,
  credentials: Omit<StartedSession, "session">,
  now: Date,
): object {
  const seconds = Number(request.params["DurationSeconds"] ?? DEFAULT_DURATION_SECONDS);
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: new Date(now.getTime() + seconds * 1000).toISOString(),
  };
}

function callerIdentity({ request, principal }: Exchange): AwsResponse {
  const caller = principal as KeyedPrincipal;
  return queryResponse(request, NAMESPACE, {
    Arn: caller.arn,
    UserId: caller.principalId,
    Account: caller.accountId,
  });
}
