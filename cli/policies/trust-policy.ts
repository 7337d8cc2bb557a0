import { policyDocument, type PolicyDocument } from "../../stacks/policies/document";

export interface TrustSettings {
  /** ARNs of the roles, users or accounts that may assume the role. */
  readonly principals: readonly string[];
  readonly organizationId: string;
  /**
   * Pattern of the source identity that a session must have, for example `*@example.com`.
   *
   * @default - none is required, and none may be set
   */
  readonly sourceIdentity?: string | undefined;
}

/**
 * The trust policy of a role: named principals, only while they belong to the organization. There is no
 * external id: Terraform's provider, as the stacks configure it, sends none.
 */
export function trustPolicy({ principals, organizationId, sourceIdentity }: TrustSettings): PolicyDocument {
  return policyDocument({
    Sid: "Assume",
    Effect: "Allow",
    Principal: { AWS: principals },
    Action: sourceIdentity === undefined ? "sts:AssumeRole" : ["sts:AssumeRole", "sts:SetSourceIdentity"],
    Condition: {
      StringEquals: { "aws:PrincipalOrgID": organizationId },
      ...(sourceIdentity !== undefined && { StringLike: { "sts:SourceIdentity": sourceIdentity } }),
    },
  });
}
