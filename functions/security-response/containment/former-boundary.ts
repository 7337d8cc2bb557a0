import { GetUserCommand } from "@aws-sdk/client-iam";
import { TAG_KEYS, type Outcome } from "../../contract";
import { errorText } from "./iam-error";
import { failing, type Incident, type StepReport } from "./incident";
import { MAX_VALUE } from "./tag-values";

/** The permissions boundary that a user had before the quarantine policy became its boundary. */
export interface FormerBoundary extends StepReport {
  /** What the tag is to say; undefined leaves the tag as it is. */
  readonly tag?: string;
}

/** Longest time for the read, in milliseconds: the deny waits for it. */
const READ_MS = 2_000;
const STEP = "keep the former boundary";
const FOUND_OURS = "found the quarantine policy set as the permissions boundary before";
const REPLACED = /^replaced the permissions boundary (\S+)$/;

/**
 * Reads the boundary that is about to be overwritten. A read that fails becomes part of the report. When the
 * boundary is ours already, another delivery of the event has set it, and the tag stays as that wrote it.
 */
export async function readFormerBoundary(incident: Incident): Promise<FormerBoundary> {
  const { creation, dependencies, settings } = incident;
  const ask = new GetUserCommand({ UserName: creation.userName });
  try {
    const { User } = await incident.deadline
      .within(READ_MS)
      .run((options) => dependencies.iam.send(ask, options));
    const arn = User?.PermissionsBoundary?.PermissionsBoundaryArn;
    return arn === settings.policyArn ? { done: [FOUND_OURS], failed: [] } : keep(arn);
  } catch (error) {
    // Whether the user is there, the deny itself tells.
    return failing({ step: STEP, error: errorText(error) });
  }
}

function keep(arn: string | undefined): FormerBoundary {
  if (arn === undefined) {
    // Someone may have written the tag before.
    return { done: [], failed: [], tag: "none" };
  }
  const tag = encodeArn(arn);
  if (tag.length > MAX_VALUE) {
    const error = `TooLong: a tag takes ${MAX_VALUE} characters, and not ${arn}`;
    return { ...failing({ step: STEP, error }), tag: "longer than a tag: see the alert" };
  }
  return { done: [`replaced the permissions boundary ${tag}`], failed: [], tag };
}

/**
 * A policy's ARN as a tag value. A character that tag values do not take, and `=` itself, is written as in
 * quoted-printable (RFC 2045): `=` and its code in hex, so that a comma is `=2C`.
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
 * What gives the user back its own boundary, as lines for the alert. The former boundary is the one that this
 * response has read, never what a tag says.
 *
 * @param user The option that names the user.
 */
export function restoreBoundary({ method, done, failed }: Outcome, user: string): string[] {
  const kept = done.flatMap((line) => REPLACED.exec(line)?.[1] ?? []).map(decodeArn)[0];
  if (kept !== undefined && /^[\x21-\x7e]+$/.test(kept)) {
    return [`  aws iam put-user-permissions-boundary ${user} --permissions-boundary ${shellWord(kept)}`];
  }
  if (method !== "permissions-boundary") {
    return [];
  }
  const isUncertain =
    kept !== undefined || done.includes(FOUND_OURS) || failed.some(({ step }) => step === STEP);
  return [
    ...(isUncertain
      ? [
          `  (which boundary the user had before is not known here: compare the tag ${TAG_KEYS.formerBoundary} with CreateUser and PutUserPermissionsBoundary in CloudTrail, and put that one back instead of deleting ours)`,
        ]
      : []),
    `  aws iam delete-user-permissions-boundary ${user}`,
  ];
}

/** The path of a policy may hold every printable character. */
function shellWord(text: string): string {
  return /^[\w+=,.@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
