import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";

/** A message and its attributes together. */
const MAX_BYTES = 262_144;

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
  const { Subject, Message, MessageStructure, MessageAttributes } = request.params;
  if (typeof Subject === "string" && !SUBJECT.test(Subject)) {
    throw new AwsError("InvalidParameter", "Invalid parameter: Subject");
  }
  if (typeof Message !== "string" || Message === "") {
    throw new AwsError("InvalidParameter", "Invalid parameter: Empty message");
  }
  if (Buffer.byteLength(Message) + attributesBytes(MessageAttributes) > MAX_BYTES) {
    throw new AwsError("InvalidParameter", "Invalid parameter: Message too long");
  }
  if (MessageStructure === "json" && !hasDefault(Message)) {
    throw new AwsError(
      "InvalidParameter",
      "Invalid parameter: Message Structure - No default entry in JSON message body",
    );
  }
};

/**
 * Name, type and value of each attribute count:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
function attributesBytes(attributes: unknown): number {
  if (typeof attributes === "string") {
    return Buffer.byteLength(attributes);
  }
  const parts = typeof attributes === "object" && attributes !== null ? Object.values(attributes) : [];
  return parts.reduce<number>((sum, part) => sum + attributesBytes(part), 0);
}

function hasDefault(message: string): boolean {
  try {
    const body: unknown = JSON.parse(message);
    return typeof body === "object" && body !== null && "default" in body && typeof body.default === "string";
  } catch {
    return false;
  }
}
