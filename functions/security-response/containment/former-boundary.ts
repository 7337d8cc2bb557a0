import { GetUserCommand } from "@aws-sdk/client-iam";
import { encodeArn, FOUND_OURS, KEEP_BOUNDARY, replaced } from "../../shared/alert/former-boundary";
import { errorText } from "../../shared/aws-error";
import { failing, type Incident, type StepReport } from "./incident";
import { MAX_VALUE } from "./tag-values";

/** The permissions boundary that a user had before the quarantine policy became its boundary. */
export interface FormerBoundary extends StepReport {
  /** What the tag is to say; undefined leaves the tag as it is. */
  readonly tag?: string;
}

/** Longest time for the read, in milliseconds: the deny waits for it. */
const READ_MS = 2_000;

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
    return failing({ step: KEEP_BOUNDARY, error: errorText(error) });
  }
}

function keep(arn: string | undefined): FormerBoundary {
  if (arn === undefined) {
    // Someone may have written the tag before.
    return { done: [], failed: [], tag: "none" };
  }
  const tag = encodeArn(arn);
  if (tag.length > MAX_VALUE) {
    const error = `TooLong: a tag takes ${MAX_VALUE} characters, and the ARN needs more; PutUserPermissionsBoundary in CloudTrail has it`;
    return { ...failing({ step: KEEP_BOUNDARY, error }), tag: "longer than a tag: see CloudTrail" };
  }
  return { done: [replaced(tag)], failed: [], tag };
}
