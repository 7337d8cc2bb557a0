import {
  onArn,
  optionalText,
  regionalArn,
  textOf,
  type PermissionInput,
  type Permission,
} from "./permission";

/** Permissions of SNS requests. */
export function snsPermissions(input: PermissionInput): readonly Permission[] {
  const { action } = input.request;
  const protocol = optionalText(input, "Protocol");
  const endpoint = optionalText(input, "Endpoint");
  return [
    onArn(input, `sns:${action}`, topicOf(input), {
      ...(protocol === undefined ? {} : { "sns:Protocol": protocol }),
      ...(endpoint === undefined ? {} : { "sns:Endpoint": endpoint }),
    }),
  ];
}

function topicOf(input: PermissionInput): string {
  if (input.request.action === "CreateTopic") {
    return regionalArn(input, "sns", textOf(input, "Name"));
  }
  const subscription = optionalText(input, "SubscriptionArn");
  if (subscription !== undefined) {
    // A subscription's ARN is its topic's with an id behind it.
    return subscription.split(":").slice(0, 6).join(":");
  }
  return textOf(input, "TopicArn", "TargetArn", "ResourceArn");
}
