import { onArn, textOf, UnknownResourceError, type PermissionInput, type Permission } from "./permission";

/** Permissions of STS requests. */
export function stsPermissions(input: PermissionInput): readonly Permission[] {
  if (input.request.action !== "AssumeRole") {
    throw new UnknownResourceError(input.request);
  }
  const roleArn = textOf(input, "RoleArn");
  const { Tags, ExternalId } = input.request.params;
  const context = typeof ExternalId === "string" ? { "sts:ExternalId": ExternalId } : undefined;
  const assume = onArn(input, "sts:AssumeRole", roleArn, context);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html: passing tags needs a
  // permission of its own.
  return Array.isArray(Tags) && Tags.length > 0
    ? [assume, onArn(input, "sts:TagSession", roleArn, context)]
    : [assume];
}
