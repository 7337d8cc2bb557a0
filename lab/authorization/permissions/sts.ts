import {
  onArn,
  optionalText,
  textOf,
  UnknownResourceError,
  type PermissionInput,
  type Permission,
} from "./permission";

/** Permissions of STS requests. */
export function stsPermissions(input: PermissionInput): readonly Permission[] {
  if (input.request.action !== "AssumeRole") {
    throw new UnknownResourceError(input.request);
  }
  const roleArn = textOf(input, "RoleArn");
  const { Tags, ExternalId } = input.request.params;
  const sourceIdentity = sourceIdentityOf(input);
  const context = {
    ...(typeof ExternalId === "string" && { "sts:ExternalId": ExternalId }),
    ...(sourceIdentity !== undefined && { "sts:SourceIdentity": sourceIdentity }),
  };
  const actions = [
    "sts:AssumeRole",
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html: passing tags needs a
    // permission of its own.
    ...(Array.isArray(Tags) && Tags.length > 0 ? ["sts:TagSession"] : []),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html: so
    // does a source identity, of the caller and in the trust policy of the role.
    ...(sourceIdentity !== undefined ? ["sts:SetSourceIdentity"] : []),
  ];
  return actions.map((action) => onArn(input, action, roleArn, context));
}

/** The one of the request, or the one that the caller's session passes on to every session it starts. */
function sourceIdentityOf(input: PermissionInput): string | undefined {
  const { principal } = input;
  const inherited = principal.type === "AssumedRole" ? principal.sourceIdentity : undefined;
  return optionalText(input, "SourceIdentity") ?? inherited;
}
