import { messageOf } from "../../functions/shared/message-of";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { compilePattern } from "./pattern";

/**
 * The default of the quota "Event pattern size", in characters (EventBridge guide, "Quotas"). Which error
 * says so is inferred.
 */
const MAX_PATTERN = 2_048;

/**
 * Refuses a rule with a pattern that is too long, or that the lab cannot match, when the rule is written and
 * not when the first event comes.
 */
export const checkPattern: Guard = ({ request }) => {
  const pattern = request.params["EventPattern"];
  if (request.service !== "events" || request.action !== "PutRule" || typeof pattern !== "string") {
    return;
  }
  if (pattern.length > MAX_PATTERN) {
    throw new AwsError(
      "LimitExceededException",
      `The event pattern has ${pattern.length} characters, ${MAX_PATTERN} at most are allowed.`,
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
