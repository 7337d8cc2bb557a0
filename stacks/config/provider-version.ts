/** What the stacks are written for: the first version they know, and the first they do not. */
const FIRST = [5, 100, 0];
const BEYOND = [7, 0, 0];

/** The rule in words, for the error report. */
export const PROVIDER_VERSION_RULE =
  "a version constraint within >= 5.100.0, < 7.0.0, such as 6.25.0 or ~> 6.0";

const TERM = /^(=|>=|>|<=|<|~>)?\s*(\d+(?:\.\d+){0,2})$/;

/**
 * Whether a constraint lets Terraform choose only versions that the stacks are written for. Operators are
 * Terraform's (language reference, "Version Constraints"); `!=` is left out, since a range with a hole needs
 * no support here.
 */
export function isSupportedProviderVersion(constraint: string): boolean {
  const terms = constraint.split(",").map((term) => TERM.exec(term.trim()));
  let lower = false;
  let upper = false;
  for (const term of terms) {
    if (term === null) {
      return false;
    }
    const [, operator = "=", version = ""] = term;
    const parts = version.split(".").map(Number);
    lower ||= bindsBelow(operator, parts);
    upper ||= bindsAbove(operator, parts);
  }
  return lower && upper;
}

function bindsBelow(operator: string, version: readonly number[]): boolean {
  return ["=", ">=", ">", "~>"].includes(operator) && compare(version, FIRST) >= 0;
}

function bindsAbove(operator: string, version: readonly number[]): boolean {
  if (operator === "~>") {
    // ~> 6.0 ends before 7, ~> 6.25.0 before 6.26; ~> 6 has no end.
    return version.length > 1 && compare(version, BEYOND) < 0;
  }
  return operator === "<"
    ? compare(version, BEYOND) <= 0
    : ["=", "<="].includes(operator) && compare(version, BEYOND) < 0;
}

function compare(version: readonly number[], other: readonly number[]): number {
  const differing = other.findIndex((part, index) => (version[index] ?? 0) !== part);
  return differing < 0 ? 0 : (version[differing] ?? 0) - (other[differing] ?? 0);
}
