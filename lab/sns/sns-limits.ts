import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";

const MAX_MESSAGE_BYTES = 262_144;

/** Printable ASCII, fewer than 100 characters, not beginning with a space. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,98}$/;

/**
 * Refuses what SNS refuses in Publish and moto accepts:
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export const snsLimits: Guard = ({ request }) => {
  if (request.service !== "sns" || request.action !== "Publish") {
    return;
  }
  const { Subject, Message, MessageStructure } = request.params;
  if (typeof Subject === "string" && !SUBJECT.test(Subject)) {
    throw new AwsError("InvalidParameter", "Invalid parameter: Subject");
  }
  if (typeof Message !== "string" || Message === "") {
    throw new AwsError("InvalidParameter", "Invalid parameter: Empty message");
  }
  if (Buffer.byteLength(Message) > MAX_MESSAGE_BYTES) {
    throw new AwsError("InvalidParameter", "Invalid parameter: Message too long");
  }
  if (MessageStructure === "json" && !hasDefault(Message)) {
    throw new AwsError(
      "InvalidParameter",
      "Invalid parameter: Message Structure - No default entry in JSON message body",
    );
  }
};

function hasDefault(message: string): boolean {
  try {
    const body: unknown = JSON.parse(message);
    return typeof body === "object" && body !== null && "default" in body && typeof body.default === "string";
  } catch {
    return false;
  }
}
