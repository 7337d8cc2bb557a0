import { messageOf } from "../../functions/shared/message-of";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { compilePattern } from "./pattern";

/** Characters, white space included. Source: EventBridge guide, "Quotas", "Event pattern size". */
const MAX_PATTERN = 2_048;

/**
 * Refuses a rule with a pattern that the lab cannot match, when the rule is written and not when the first
 * event comes, and one that is too long. The code for the latter is inferred from EventBridge's other quotas.
 */
export const checkPattern: Guard = ({ request }) => {
  const pattern = request.params["EventPattern"];
  if (request.service !== "events" || request.action !== "PutRule" || typeof pattern !== "string") {
    return;
  }
  if (pattern.length > MAX_PATTERN) {
    throw new AwsError(
      "LimitExceededException",
      "The requested resource exceeds the maximum number allowed.",
    );
  }
  try {
    compilePattern(JSON.parse(pattern));
  } catch (error) {
    throw new AwsError(
      "InvalidEventPatternException",
      `Event pattern is not valid. Reason: ${messageOf(error)}`,
    );
  }
};
