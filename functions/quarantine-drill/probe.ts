import { errorCode } from "../shared/aws-error";
import { messageOf } from "../shared/message-of";

/** What a call as the drill's user showed. */
export type Probe =
  /** IAM knew the key, and no deny spoke: the user has no permissions, so that it is refused all the same. */
  | "accepted"
  /** A deny of the user's own policies or of its boundary refused it, which is the quarantine. */
  | "denied"
  /** A service control policy denied it: `SecondWall` of the guard, or a policy of the organization. */
  | "denied-by-scp"
  /** IAM does not know the key, or it is inactive. */
  | "unknown-key"
  /** Neither: throttled, or no answer. */
  | "unanswered";

/**
 * Reads the answer to a call that every user may try and that no policy exempts. GetCallerIdentity would not
 * do: it works in spite of a deny. Sources: IAM guide, "Troubleshoot access denied error messages"; STS API
 * reference, GetCallerIdentity.
 *
 * @param error What the call threw; undefined when it succeeded.
 */
export function readProbe(error: unknown): Probe {
  if (error === undefined) {
    return "accepted";
  }
  switch (errorCode(error)) {
    case "AccessDenied":
      return readDenial(messageOf(error));
    case "InvalidClientTokenId":
      return "unknown-key";
    default:
      return "unanswered";
  }
}

function readDenial(message: string): Probe {
  if (/with an explicit deny in an? (?:identity-based policy|permissions boundary)/.test(message)) {
    return "denied";
  }
  return message.includes("with an explicit deny in a service control policy") ? "denied-by-scp" : "accepted";
}
