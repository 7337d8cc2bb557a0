import type { TrustedCreator, TrustedUsers, TrustSettings } from "../../contract";
import type { UserCreation } from "../event/user-creation";
import { matchesArn } from "./arn-pattern";
import { matchesAny } from "./pattern";

/** Why a creation is trusted: the entry of the settings, for example `creators[2]`, and a sentence. */
export interface Trust {
  readonly rule: string;
  readonly reason: string;
}

/**
 * Looks for the first entry that trusts the creation. What the caller can write at will (the user agent) is
 * never looked at, and a caller without an ARN (an AWS service, an Identity Center user) matches no creator
 * entry, not even `*`.
 */
export function findTrust(creation: UserCreation, settings: TrustSettings): Trust | undefined {
  for (const [index, entry] of settings.creators.entries()) {
    const arn = matchedArn(entry, creation);
    if (arn) {
      return { rule: `creators[${index}]`, reason: `${arn} matches the trusted creator ${entry.arn}` };
    }
  }
  const index = settings.users.findIndex((entry) => trustsUser(entry, creation));
  if (index < 0) {
    return undefined;
  }
  const path = creation.path ?? "";
  return {
    rule: `users[${index}]`,
    reason: `${path}${creation.userName} is a user path or name that any creator may use`,
  };
}

function matchedArn(entry: TrustedCreator, creation: UserCreation): string | undefined {
  const { sessionIssuerArn, arn, invokedBy } = creation.creator;
  if (entry.invokedBy !== undefined && entry.invokedBy !== invokedBy) {
    return undefined;
  }
  if (!withinPathsAndNames(entry, creation)) {
    return undefined;
  }
  return [sessionIssuerArn, arn].find((candidate) => candidate !== "" && matchesArn(entry.arn, candidate));
}

function trustsUser(entry: TrustedUsers, creation: UserCreation): boolean {
  if (entry.anyCreator !== true || (!entry.paths && !entry.names)) {
    return false;
  }
  return withinPathsAndNames(entry, creation);
}

function withinPathsAndNames(
  { paths, names }: Pick<TrustedUsers, "paths" | "names">,
  { path, userName }: UserCreation,
): boolean {
  if (paths && (path === undefined || !matchesAny(paths, path))) {
    return false;
  }
  return !names || matchesAny(names, userName);
}
