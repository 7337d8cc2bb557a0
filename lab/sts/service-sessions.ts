import type { AccessKeys } from "../exchange/access-keys";
import { readArn } from "../exchange/arn";
import type { InternalCaller } from "../exchange/internal-caller";
import type { ServicePrincipal } from "../exchange/principal";
import { LabError } from "../shared/errors";
import type { StartedSession } from "./sts";

/**
 * Starts a session of a role for a service: Lambda for a function, EventBridge for a target. Rejects with
 * AccessDenied when the role's trust policy does not allow the service.
 */
export type StartServiceSession = (
  service: ServicePrincipal,
  roleArn: string,
  sessionName: string,
) => Promise<StartedSession>;

export function serviceSessions(call: InternalCaller, keys: AccessKeys): StartServiceSession {
  return async (service, roleArn, sessionName) => {
    const params = { RoleArn: roleArn, RoleSessionName: sessionName };
    const request = { service: "sts", region: "us-east-1", action: "AssumeRole", params };
    const { accountId } = readArn(roleArn);
    const { Credentials } = (await call(service, request, { accountId })) as {
      Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
    };
    const session = keys.principalOf(Credentials.AccessKeyId);
    if (session?.type !== "AssumedRole") {
      throw new LabError(`No session of ${roleArn} was started.`);
    }
    return {
      session,
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    };
  };
}
