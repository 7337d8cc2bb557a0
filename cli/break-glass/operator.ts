import { parseArn } from "../../functions/shared/arn";

/** STS API reference, AssumeRole, `SourceIdentity` and `RoleSessionName`: 2 to 64 of `[\w+=,.@-]`. */
const REFUSED = /[^A-Za-z0-9_+=,.@-]+/g;
const MAX_LENGTH = 64;

/**
 * Any text as a source identity; undefined if fewer than two letters or digits are left. Values may not begin
 * with the reserved `aws:`; a colon is among the characters that are replaced.
 */
export function sourceIdentityOf(text: string): string | undefined {
  const clean = text.normalize("NFKC").trim().replace(REFUSED, "_").slice(0, MAX_LENGTH);
  return (clean.match(/[A-Za-z0-9]/g) ?? []).length >= 2 ? clean : undefined;
}

/**
 * The person behind an ARN of `sts:GetCallerIdentity`: the name of the user, or of the session, which IAM
 * Identity Center names after the person. Undefined for the root user, which identifies no person.
 */
export function operatorOf(callerArn: string): string | undefined {
  const [kind, ...names] = parseArn(callerArn)?.resource.split("/") ?? [];
  const name = names.at(-1);
  return name !== undefined && ["user", "assumed-role", "federated-user"].includes(kind ?? "")
    ? sourceIdentityOf(name)
    : undefined;
}

/** Whether two texts name the same person: they may differ in case, and in characters that are replaced. */
export function isSamePerson(left: string, right: string): boolean {
  return normalized(left) === normalized(right);
}

function normalized(text: string): string {
  return text.normalize("NFKC").trim().replace(REFUSED, "_").toLowerCase();
}
