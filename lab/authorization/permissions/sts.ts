import { onArn, textOf, UnknownPermissionError, type Asked, type Permission } from "./permission";

/** Permissions of STS requests. */
export function stsPermissions(asked: Asked): readonly Permission[] {
  if (asked.request.action !== "AssumeRole") {
    throw new UnknownPermissionError(asked.request, "the lab starts sessions with AssumeRole only");
  }
  const roleArn = textOf(asked, "RoleArn");
  const { Tags, ExternalId } = asked.request.params;
  const context = typeof ExternalId === "string" ? { "sts:ExternalId": ExternalId } : undefined;
  const assume = onArn(asked, "sts:AssumeRole", roleArn, context);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html: passing tags is a permission of
  // its own.
  return Array.isArray(Tags) && Tags.length > 0
    ? [assume, onArn(asked, "sts:TagSession", roleArn, context)]
    : [assume];
}
