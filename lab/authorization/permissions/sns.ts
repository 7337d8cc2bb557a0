import { onArn, optionalText, regionalArn, textOf, type Asked, type Permission } from "./permission";

/** Permissions of SNS requests. */
export function snsPermissions(asked: Asked): readonly Permission[] {
  const { action } = asked.request;
  const protocol = optionalText(asked, "Protocol");
  const endpoint = optionalText(asked, "Endpoint");
  return [
    onArn(asked, `sns:${action}`, topicOf(asked), {
      ...(protocol === undefined ? {} : { "sns:Protocol": protocol }),
      ...(endpoint === undefined ? {} : { "sns:Endpoint": endpoint }),
    }),
  ];
}

function topicOf(asked: Asked): string {
  if (asked.request.action === "CreateTopic") {
    return regionalArn(asked, "sns", textOf(asked, "Name"));
  }
  const subscription = optionalText(asked, "SubscriptionArn");
  if (subscription !== undefined) {
    // A subscription's ARN is its topic's with an id behind it.
    return subscription.split(":").slice(0, 6).join(":");
  }
  return textOf(asked, "TopicArn", "TargetArn", "ResourceArn");
}
