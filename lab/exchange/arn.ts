import { parseArn, type Arn } from "../../functions/shared/arn";
import { AwsError } from "../shared/errors";

/** Account and Region of a resource that a request names without its ARN. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

const NO_ARN: Arn = { partition: "", service: "", region: "", accountId: "", resource: "" };

/**
 * Takes an ARN apart. All fields are empty for text that is not an ARN: no resource matches it, so the
 * service refuses it.
 */
export function readArn(text: string): Arn {
  return parseArn(text) ?? NO_ARN;
}

/** `arn:aws:iam::444455556666:role/path/name` gives `name`. */
export function nameInArn(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1);
}

/**
 * The ARN of a function given by name, partial ARN or ARN, with or without `:$LATEST`.
 *
 * @throws AwsError for any other version: the lab does not run them.
 */
export function functionArn(nameOrArn: string, home: Home): string {
  const parts = nameOrArn.split(":");
  const at = parts.indexOf("function");
  const name = at === -1 ? (parts[0] ?? "") : (parts[at + 1] ?? "");
  const qualifier = at === -1 ? parts[1] : parts[at + 2];
  if (qualifier !== undefined && qualifier !== "$LATEST") {
    throw new AwsError("ResourceNotFoundException", `The lab runs only $LATEST, not ${nameOrArn}.`, 404);
  }
  const { region, accountId } = nameOrArn.startsWith("arn:") ? readArn(nameOrArn) : home;
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}
