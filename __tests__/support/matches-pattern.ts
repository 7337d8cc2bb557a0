/** Whether a `Resource` of a policy names an ARN: `*` stands for any characters, as in IAM. */
export function matchesPattern(pattern: string, arn: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(arn);
}
