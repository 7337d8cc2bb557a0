import type { TrustedCreator, TrustedUsers, TrustSettings } from "../../contract";
import { trustEnd } from "../../shared/trust-end";
import type { UserCreation } from "../event/user-creation";
import { matchesArn } from "./arn-pattern";
import { matchesAny } from "./pattern";

/** Why a creation is trusted: the entry of the settings, for example `creators[2]`, and a sentence. */
export interface Trust {
  readonly rule: string;
  readonly reason: string;
}

/**
 * Finds the first entry that trusts the creation and has not ended. The user agent is ignored, since the
 * caller chooses it. A caller without an ARN (an AWS service, an Identity Center user) matches no creator
 * entry, not even `*`.
 *
 * @param now Milliseconds since the epoch.
 */
export function findTrust(creation: UserCreation, settings: TrustSettings, now: number): Trust | undefined {
  return allTrust(creation, settings).find(({ until }) => !hasEnded(until, now));
}

/** The first entry that would trust the creation, had it not ended. */
export function findEndedTrust(
  creation: UserCreation,
  settings: TrustSettings,
  now: number,
): EndedTrust | undefined {
  const [ended] = allTrust(creation, settings).filter(({ until }) => hasEnded(until, now));
  return ended?.until === undefined ? undefined : { rule: ended.rule, until: ended.until };
}

/** An entry of the settings, and the last day on which it counted. */
export interface EndedTrust {
  readonly rule: string;
  readonly until: string;
}

/** By the present time, not by the time of the event, which may be long past. */
function hasEnded(until: string | undefined, now: number): boolean {
  // An invalid date is refused when the settings are read; if one got here, it would trust nobody.
  return until !== undefined && now >= (trustEnd(until) ?? -Infinity);
}

function allTrust(
  creation: UserCreation,
  settings: TrustSettings,
): (Trust & Pick<TrustedCreator, "until">)[] {
  const path = creation.path ?? "";
  return [
    ...settings.creators.flatMap((entry, index) => {
      const arn = matchedArn(entry, creation);
      const reason = `${arn} matches the trusted creator ${entry.arn}`;
      return arn ? [{ rule: `creators[${index}]`, reason, ...untilOf(entry) }] : [];
    }),
    ...settings.users.flatMap((entry, index) => {
      const reason = `${path}${creation.userName} is a user path or name that any creator may use`;
      return trustsUser(entry, creation) ? [{ rule: `users[${index}]`, reason, ...untilOf(entry) }] : [];
    }),
  ];
}

function untilOf({ until }: Pick<TrustedCreator, "until">): Pick<TrustedCreator, "until"> {
  return until === undefined ? {} : { until };
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
