import {
  AttachUserPolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  paginateListAttachedUserPolicies,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../../contract";
import type { CallOptions } from "../deadline";
import type { Tools } from "../tools";
import { isMissingUser, isNoSuchEntity } from "./iam-error";
import { collect } from "./pages";

export type Method = "managed-policy" | "inline-policy" | "permissions-boundary";

/** One way to deny a user everything. */
export interface Rung {
  readonly method: Method;
  /** For people: what {@link apply} does. */
  readonly deed: string;
  readonly apply: (options: CallOptions) => Promise<unknown>;
  /** Reads back whether the deny is in place. */
  readonly isInPlace: (options: CallOptions) => Promise<boolean>;
}

/** 2,048 characters is the quota of all inline policies of a user together, so it is kept compact. */
const INLINE_DENY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "AutomatedSecurityQuarantine", Effect: "Deny", Action: "*", Resource: "*" }],
});

/** The ways to deny, in the order they are tried. */
export function rungs(
  { denyClient, iam }: Pick<Tools, "denyClient" | "iam">,
  UserName: string,
  policyArn: string,
): readonly Rung[] {
  return [
    {
      method: "managed-policy",
      deed: `attached the policy ${policyArn}`,
      apply: (options) =>
        denyClient.send(new AttachUserPolicyCommand({ UserName, PolicyArn: policyArn }), options),
      isInPlace: async (options) => {
        const pages = paginateListAttachedUserPolicies({ client: iam }, { UserName }, options);
        const attached = await collect(pages, (page) => page.AttachedPolicies);
        return attached.some(({ PolicyArn }) => PolicyArn === policyArn);
      },
    },
    {
      method: "inline-policy",
      deed: `put the inline policy ${INLINE_POLICY_NAME}`,
      apply: (options) => denyClient.send(inlineDeny(UserName), options),
      isInPlace: (options) => hasInlineDeny(iam, UserName, options),
    },
    {
      method: "permissions-boundary",
      deed: `set the permissions boundary ${policyArn}`,
      apply: (options) =>
        denyClient.send(
          new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: policyArn }),
          options,
        ),
      isInPlace: async (options) => {
        const { User } = await iam.send(new GetUserCommand({ UserName }), options);
        return User?.PermissionsBoundary?.PermissionsBoundaryArn === policyArn;
      },
    },
  ];
}

function inlineDeny(UserName: string): PutUserPolicyCommand {
  return new PutUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME, PolicyDocument: INLINE_DENY });
}

/** IAM answers with the document URL-encoded (RFC 3986). The name alone proves nothing: anyone may have put it there. */
async function hasInlineDeny(iam: IAMClient, UserName: string, options: CallOptions): Promise<boolean> {
  const get = new GetUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME });
  try {
    const { PolicyDocument = "" } = await iam.send(get, options);
    return sameJson(decode(PolicyDocument), INLINE_DENY);
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error)) return false;
    throw error;
  }
}

function decode(document: string): string {
  try {
    return decodeURIComponent(document);
  } catch {
    return document;
  }
}

function sameJson(left: string, right: string): boolean {
  try {
    return JSON.stringify(JSON.parse(left)) === JSON.stringify(JSON.parse(right));
  } catch {
    return false;
  }
}
