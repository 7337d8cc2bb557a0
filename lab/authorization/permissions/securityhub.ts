import { onArn, UnknownResourceError, type Permission, type PermissionInput } from "./permission";

/** Permissions of Security Hub's requests: findings are imported into a product, one a finding. */
export function securityHubPermissions(input: PermissionInput): readonly Permission[] {
  const { action, params } = input.request;
  if (action !== "BatchImportFindings") {
    throw new UnknownResourceError(input.request);
  }
  const findings = (params["Findings"] ?? []) as readonly { readonly ProductArn?: string }[];
  const products = new Set(findings.flatMap(({ ProductArn }) => ProductArn ?? []));
  return [...products].map((arn) => onArn(input, "securityhub:BatchImportFindings", arn));
}
