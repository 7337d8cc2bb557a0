import { at, render, valueAt } from "./key-path";
import type { PathProblem } from "./schema-problems";

/**
 * A backend whose parts do not fit each other: its bucket, role or key in another partition than the
 * accounts, where no credentials of this rollout lead, or a key in another Region than the bucket, which S3
 * refuses.
 */
export function backendProblems(raw: unknown): PathProblem[] {
  if (valueAt(raw, ["backend", "type"]) !== "s3") {
    return [];
  }
  const partition: unknown = valueAt(raw, ["partition"]) ?? "aws";
  const region = at(raw, ["backend", "region"]);
  const key = at(raw, ["backend", "kmsKeyId"]);
  const problems: PathProblem[] = [key, at(raw, ["backend", "roleArn"])]
    .filter(({ value }) => isArn(value) && value.split(":")[1] !== partition)
    .map(({ value, path }) => ({
      path,
      expected: `an ARN of the partition ${String(partition)}`,
      found: render(value),
    }));
  if (typeof region.value === "string" && partitionOf(region.value) !== partition) {
    const expected = `a Region of the partition ${String(partition)}`;
    problems.push({ path: region.path, expected, found: render(region.value) });
  }
  if (isArn(key.value) && typeof region.value === "string" && key.value.split(":")[3] !== region.value) {
    const expected = `a key in the bucket's Region ${region.value}`;
    problems.push({ path: key.path, expected, found: render(key.value) });
  }
  return problems;
}

function isArn(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("arn:");
}

/** Regions of the other partitions are told by the beginning of their names. */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) {
    return "aws-cn";
  }
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
