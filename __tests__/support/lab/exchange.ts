import { buildRequest, type AwsCall } from "../../../lab/exchange/build-request";
import type { Exchange } from "../../../lab/exchange/messages";
import type { Principal, RolePrincipal, UserPrincipal } from "../../../lab/exchange/principal";

export const ACCOUNT = "444455556666";
export const RECEIVED_AT = new Date("2026-01-05T08:00:00.250Z");

export const USER: UserPrincipal = {
  type: "IAMUser",
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  principalId: "AIDACKCEVSQ6C2EXAMPLE",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  userName: "alice",
};

export const ROLE: RolePrincipal = {
  type: "AssumedRole",
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/session`,
  principalId: "AROADBQP57FF2AEXAMPLE:session",
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  roleArn: `arn:aws:iam::${ACCOUNT}:role/ci/deployer`,
  roleName: "deployer",
  roleId: "AROADBQP57FF2AEXAMPLE",
  sessionName: "session",
  createdAt: new Date("2026-01-05T07:55:00.900Z"),
};

/** A call as it goes through the gateway, with fixed ids and times. */
export function exchangeOf(
  call: Partial<AwsCall> & Pick<AwsCall, "service" | "action">,
  principal: Principal = USER,
): Exchange {
  const request = buildRequest({ region: "us-east-1", params: {}, ...call });
  return {
    request: {
      ...request,
      id: "64ef9c47-6b64-4c0e-8c32-eb9ffaf8a658",
      sourceIp: "192.0.2.7",
      userAgent: "aws-cli/2",
    },
    principal,
    accountId: principal.accountId,
    receivedAt: RECEIVED_AT,
  };
}
