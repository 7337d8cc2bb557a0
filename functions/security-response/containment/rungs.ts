import {
  AttachUserPolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  paginateListAttachedUserPolicies,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME, type METHODS } from "../../contract";
import { boundBy } from "../../shared/alert/former-boundary";
import { collectPages } from "../../shared/collect-pages";
import type { CallOptions } from "../../shared/deadline";
import type { Dependencies } from "../dependencies";
import { DENY_DOCUMENT, isDenyAll } from "./deny-document";
import { isMissingUser, isNoSuchEntity } from "./iam-error";

export type Method = Exclude<(typeof METHODS)[number], "none">;

/** One way to deny a user everything. */
export interface Rung {
  readonly method: Method;
  /** For people: what {@link apply} does. */
  readonly deed: string;
  /** Denies. The first rung calls `sent` when its request is on its way. */
  readonly apply: (options: CallOptions, sent?: () => void) => Promise<unknown>;
  /** Reads back whether the deny is in place. */
  readonly isInPlace: (options: CallOptions) => Promise<boolean>;
}

/**
 * A rung takes no more than this part of the time that is left, should IAM hang: the next one may be open.
 */
export const SHARE_OF_A_RUNG = 0.5;

/** The ways to deny, in the order they are tried. */
export function rungs(
  { denyClient, iam }: Pick<Dependencies, "denyClient" | "iam">,
  UserName: string,
  policyArn: string,
): readonly Rung[] {
  return [
    {
      method: "managed-policy",
      deed: `attached the policy ${policyArn}`,
      apply: (options, sent) => denyClient.send(attach(UserName, policyArn, sent), options),
      isInPlace: async (options) => {
        const pages = paginateListAttachedUserPolicies({ client: iam }, { UserName }, options);
        const attached = await collectPages(pages, (page) => page.AttachedPolicies);
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
      deed: boundBy(policyArn),
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

/** The rungs that are tried after one. */
export function rungsBelow(ladder: readonly Rung[], rung: Rung): readonly Rung[] {
  return ladder.slice(ladder.indexOf(rung) + 1);
}

/** The rungs that deny by a document the responder writes itself, not by the quarantine policy. */
export function rungsOfOwnContent(ladder: readonly Rung[]): readonly Rung[] {
  return ladder.filter(({ method }) => method === "inline-policy");
}

/**
 * The SDK may hold a request back, to sign it or because IAM throttles: `sent` is called when it is handed to
 * the connection.
 */
function attach(UserName: string, PolicyArn: string, sent?: () => void): AttachUserPolicyCommand {
  const command = new AttachUserPolicyCommand({ UserName, PolicyArn });
  command.middlewareStack.add(
    (next) => (args) => {
      const answer = next(args);
      sent?.();
      return answer;
    },
    { name: "tellWhenSent", step: "deserialize", priority: "low" },
  );
  return command;
}

function inlineDeny(UserName: string): PutUserPolicyCommand {
  return new PutUserPolicyCommand({
    UserName,
    PolicyName: INLINE_POLICY_NAME,
    PolicyDocument: DENY_DOCUMENT,
  });
}

/** The name alone proves nothing: anyone may have put it there. */
async function hasInlineDeny(iam: IAMClient, UserName: string, options: CallOptions): Promise<boolean> {
  const get = new GetUserPolicyCommand({ UserName, PolicyName: INLINE_POLICY_NAME });
  try {
    const { PolicyDocument = "" } = await iam.send(get, options);
    return isDenyAll(PolicyDocument);
  } catch (error) {
    if (isNoSuchEntity(error) && !isMissingUser(error)) {
      return false;
    }
    throw error;
  }
}
