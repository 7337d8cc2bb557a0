import { messageOf } from "../../functions/shared/message-of";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { compilePattern } from "./pattern";

/**
 * Refuses a rule with a pattern that the lab cannot match, when the rule is written and not when the first
 * event comes.
 */
export const checkPattern: Guard = ({ request }) => {
  const pattern = request.params["EventPattern"];
  if (request.service !== "events" || request.action !== "PutRule" || typeof pattern !== "string") {
    return;
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
