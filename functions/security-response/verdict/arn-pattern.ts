import { matches } from "./pattern";

/**
 * `arn`, partition, service, Region and account; what follows is the resource, which may hold colons itself.
 */
const FIELDS = 5;

/**
 * Whether the whole of `arn` matches `pattern`, field by field: `*` stands for any run of characters within
 * one field, or within one part of the resource, `?` for one character. Neither matches `:` or `/`, since
 * anyone who may create roles can put these into a role's path. Text that is not an ARN matches nothing.
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const wanted = split(pattern);
  const given = split(arn);
  if (wanted.length <= FIELDS || wanted.length !== given.length) {
    return false;
  }
  return wanted.every((part, index) => matches(part, given[index] ?? ""));
}

/** The fields of an ARN, then the parts of its resource with the separators between them. */
function split(arn: string): string[] {
  const fields = arn.split(":");
  const resource = fields.slice(FIELDS).join(":");
  return [...fields.slice(0, FIELDS), ...(resource === "" ? [] : resource.split(/([/:])/))];
}
