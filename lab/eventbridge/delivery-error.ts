import { messageOf } from "../../functions/shared/message-of";
import { AwsError, LabError } from "../shared/errors";

/**
 * An event did not reach a target. Codes:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export class DeliveryError extends LabError {
  constructor(
    readonly code: string,
    message: string,
    /** EventBridge retries; anything else goes to the dead-letter queue at once. */
    readonly retriable: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** EventBridge's error for a failed call to a target. */
export function deliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) {
    return error;
  }
  if (!(error instanceof AwsError)) {
    return new DeliveryError("INTERNAL_ERROR", messageOf(error), true, { cause: error });
  }
  const { code, message, status } = error;
  if (/Throttl|TooManyRequests/.test(code)) {
    return new DeliveryError("THROTTLING", message, true, { cause: error });
  }
  if (status >= 500) {
    return new DeliveryError("ERROR_FROM_TARGET", message, true, { cause: error });
  }
  if (/AccessDenied|NotAuthorized|AuthorizationError/.test(code)) {
    return new DeliveryError("NO_PERMISSIONS", message, false, { cause: error });
  }
  if (/NotFound|NonExistent|NoSuch/.test(code)) {
    return new DeliveryError("NO_RESOURCE", message, false, { cause: error });
  }
  return new DeliveryError("SDK_CLIENT_ERROR", `${code}: ${message}`, false, { cause: error });
}
