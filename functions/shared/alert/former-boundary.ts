import { TAG_KEYS, type Outcome } from "../../contract";
import { parseArn } from "../arn";
import type { OutcomeOrigin } from "./origin";

/** The failed step of an outcome whose former boundary is not known. */
export const KEEP_BOUNDARY = "keep the former boundary";
/** Line in an outcome's `done` when our policy already was the boundary before this response. */
export const FOUND_OURS = "found the quarantine policy set as the permissions boundary before";

/**
 * Line in an outcome's `done` about the user's own boundary.
 *
 * @param arn As {@link encodeArn} writes it.
 */
export function replaced(arn: string): string {
  return `replaced the permissions boundary ${arn}`;
}

/** Line in an outcome's `done` when our policy became the user's boundary. */
export function boundBy(policyArn: string): string {
  return `set the permissions boundary ${policyArn}`;
}

const REPLACED = /^replaced the permissions boundary (\S+)$/;

/**
 * A policy's ARN as a tag value. Characters that tag values do not allow, and `=` itself, are encoded as in
 * quoted-printable (RFC 2045): `=` and the code in hex, so that a comma is `=2C`.
 */
export function encodeArn(arn: string): string {
  return arn.replace(/[^\w.:/+\-@]/gu, (character) =>
    Buffer.from(character).toString("hex").toUpperCase().replace(/../g, "=$&"),
  );
}

export function decodeArn(text: string): string {
  return text.replace(/(?:=[0-9A-F]{2})+/g, (codes) =>
    Buffer.from(codes.replaceAll("=", ""), "hex").toString(),
  );
}

/**
 * The commands that restore the user's own boundary, as lines for the alert. They use only the former
 * boundary that this response has read, never that of a tag or of another account's message, which could name
 * any boundary.
 *
 * @param user The option that names the user.
 */
export function restoreBoundary(
  { method, done, failed }: Outcome,
  user: string,
  { policyArn, sender }: OutcomeOrigin,
): string[] {
  const isDone = done.includes(boundBy(policyArn));
  if (!isDone && method !== "permissions-boundary") {
    return [];
  }
  const kept = done.flatMap((line) => REPLACED.exec(line)?.[1] ?? []).map(decodeArn)[0];
  if (kept !== undefined && sender === undefined && isPolicyFor(kept, policyArn)) {
    return [`  aws iam put-user-permissions-boundary ${user} --permissions-boundary ${shellWord(kept)}`];
  }
  const isUncertain =
    !isDone ||
    kept !== undefined ||
    done.includes(FOUND_OURS) ||
    failed.some(({ step }) => step === KEEP_BOUNDARY);
  return [
    ...(isUncertain
      ? [
          `  (if the user had another boundary before, put that one back instead of deleting ours: compare the tag ${TAG_KEYS.formerBoundary} with CreateUser and PutUserPermissionsBoundary in CloudTrail)`,
        ]
      : []),
    `  aws iam delete-user-permissions-boundary ${user}`,
  ];
}

/**
 * Whether IAM accepts it as a boundary: a policy of the quarantine policy's account, or an AWS managed
 * policy.
 */
export function isPolicyFor(arn: string, quarantinePolicyArn: string): boolean {
  const [policy, ours] = [parseArn(arn), parseArn(quarantinePolicyArn)];
  return (
    policy?.service === "iam" &&
    policy.partition === ours?.partition &&
    ["aws", ours.accountId].includes(policy.accountId) &&
    /^policy\/[\x21-\x7e]+$/.test(policy.resource)
  );
}

/** Quoted if necessary: the path of a policy may have every printable character. */
function shellWord(text: string): string {
  return /^[\w+=,.@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
