import { randomBytes } from "node:crypto";

import { AwsError } from "../errors";
import type { MotoClient } from "../moto/moto-client";
import type { AccessKeys, KeyedPrincipal } from "./access-keys";
import type { AwsResponse, Exchange } from "./messages";
import type { Stage } from "./pipeline";
import { arnParts, lastArnPart, type RolePrincipal } from "./principal";
import { queryResponse } from "./responses";

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
const DEFAULT_DURATION_SECONDS = 3600;

/** Temporary credentials of a session. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly session: RolePrincipal;
}

/** Starts a session of a role, after looking the role up. Rejects with AccessDenied when there is no such role. */
export type StartSession = (roleArn: string, sessionName: string) => Promise<SessionCredentials>;

export function sessionStarter(keys: AccessKeys, moto: MotoClient, now: () => Date): StartSession {
  return async (roleArn, sessionName) => {
    const { accountId } = arnParts(roleArn);
    const roleName = lastArnPart(roleArn);
    const role = await findRole(moto, accountId, roleName);
    if (role?.Arn !== roleArn) {
      throw new AwsError(
        "AccessDenied",
        `Not authorized to perform sts:AssumeRole on resource: ${roleArn}`,
        403,
      );
    }
    const session: RolePrincipal = {
      type: "AssumedRole",
      accountId,
      arn: `arn:${roleArn.split(":")[1]}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
      principalId: `${role.RoleId}:${sessionName}`,
      accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      roleArn,
      roleName,
      roleId: role.RoleId,
      sessionName,
      createdAt: now(),
    };
    keys.add(session);
    return {
      session,
      accessKeyId: session.accessKeyId,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(96).toString("base64"),
    };
  };
}

/** Answers AssumeRole and GetCallerIdentity; the sessions it starts are known to the gateway. */
export function stsHandler(startSession: StartSession, now: () => Date): Stage {
  return async (exchange) => {
    if (exchange.request.service !== "sts") return undefined;
    if (exchange.request.action === "AssumeRole") return assumeRole(exchange, startSession, now());
    if (exchange.request.action === "GetCallerIdentity") return callerIdentity(exchange);
    return undefined;
  };
}

async function assumeRole(exchange: Exchange, start: StartSession, now: Date): Promise<AwsResponse> {
  const { params } = exchange.request;
  const started = await start(String(params["RoleArn"]), String(params["RoleSessionName"]));
  const seconds = Number(params["DurationSeconds"] ?? DEFAULT_DURATION_SECONDS);
  return queryResponse(exchange.request, NAMESPACE, {
    Credentials: {
      AccessKeyId: started.accessKeyId,
      SecretAccessKey: started.secretAccessKey,
      SessionToken: started.sessionToken,
      Expiration: new Date(now.getTime() + seconds * 1000).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: started.session.principalId, Arn: started.session.arn },
    PackedPolicySize: 0,
  });
}

function callerIdentity({ request, principal }: Exchange): AwsResponse {
  const caller = principal as KeyedPrincipal;
  return queryResponse(request, NAMESPACE, {
    Arn: caller.arn,
    UserId: caller.principalId,
    Account: caller.accountId,
  });
}

async function findRole(
  moto: MotoClient,
  accountId: string,
  roleName: string,
): Promise<{ Arn: string; RoleId: string } | undefined> {
  try {
    const call = { service: "iam", region: "us-east-1", action: "GetRole", params: { RoleName: roleName } };
    return (await moto(accountId, call))["Role"] as { Arn: string; RoleId: string };
  } catch (error) {
    if (error instanceof AwsError && error.code === "NoSuchEntity") return undefined;
    throw error;
  }
}
