import { paginateListAccessKeys } from "@aws-sdk/client-iam";
import { readUserState } from "../security-response/containment/read-user-state";
import { denialsIn, type Aspect } from "../security-response/containment/user-state";
import { errorText } from "../shared/aws-error";
import { collectPages } from "../shared/collect-pages";
import { Deadline } from "../shared/deadline";
import type { Dependencies } from "./dependencies";
import { WAITS_MS } from "./durations";
import { readProbe, type Probe } from "./probe";

/** The user of a drill, and how a call as this user is made. */
export interface DrillUser {
  readonly userName: string;
  /** Undefined when no key could be created. */
  readonly accessKeyId: string | undefined;
  /** Calls IAM with the user's own key. @throws what IAM answers */
  readonly callAsUser: () => Promise<unknown>;
  readonly policyArn: string;
}

/** What shows a deny, of every method. */
const DENY_ASPECTS: readonly Aspect[] = ["identity", "attachedPolicies", "inlineDeny"];

/**
 * Waits until IAM shows a deny on the user.
 * @returns when it did, in milliseconds since the epoch; undefined when it did not within the time
 */
export async function untilContained(
  { userName, policyArn }: DrillUser,
  dependencies: Dependencies,
  end: number,
): Promise<number | undefined> {
  const deadline = new Deadline(dependencies.clock, end);
  const isShown = async (): Promise<boolean> => {
    const { state } = await readUserState(dependencies, userName, DENY_ASPECTS, deadline);
    return denialsIn(state, policyArn).length > 0;
  };
  return untilTrue(isShown, dependencies, end);
}

/**
 * Waits until a call with the user's key is refused for the quarantine.
 * @returns when the refusals began; undefined when they did not within the time
 */
export async function untilDenied(
  user: DrillUser,
  dependencies: Dependencies,
  end: number,
): Promise<number | undefined> {
  if (user.accessKeyId === undefined) {
    return undefined;
  }
  const history = new ProbeHistory(dependencies.clock);
  const isDenied = async (): Promise<boolean> => {
    const probe = await callAsUser(user, dependencies);
    return history.shows(probe, probe === "unknown-key" && (await isInactive(user, dependencies)));
  };
  return (await untilTrue(isDenied, dependencies, end)) === undefined ? undefined : history.since;
}

/** What the calls of one user have shown so far. */
class ProbeHistory {
  /** Since when every call was refused for the quarantine, in milliseconds since the epoch. */
  since: number | undefined;
  private wasAccepted = false;

  constructor(private readonly clock: () => number) {}

  /**
   * @param isListedInactive IAM lists the key as inactive.
   * @returns whether the quarantine is shown to refuse the user
   */
  shows(probe: Probe, isListedInactive: boolean): boolean {
    const now = this.clock();
    switch (probe) {
      case "denied":
        this.since = now;
        return true;
      case "denied-by-scp":
        // An organization may deny its users everything: it proves something only after an accepted call.
        return this.refused(now, 0);
      case "unknown-key":
        return isListedInactive && this.refused(now, WAITS_MS.unknownKey);
      case "accepted":
        this.wasAccepted = true;
        this.since = undefined;
        return false;
      case "unanswered":
        return false;
    }
  }

  private refused(now: number, unknownFor: number): boolean {
    this.since ??= now;
    return this.wasAccepted || (unknownFor > 0 && now - this.since >= unknownFor);
  }
}

async function callAsUser({ callAsUser: call }: DrillUser, { log }: Dependencies): Promise<Probe> {
  try {
    await call();
    return readProbe(undefined);
  } catch (error) {
    const probe = readProbe(error);
    if (probe === "unanswered") {
      log.warn("A call as the user was not answered", { error: errorText(error) });
    }
    return probe;
  }
}

async function isInactive(
  { userName, accessKeyId }: DrillUser,
  { iam, log }: Dependencies,
): Promise<boolean> {
  try {
    const pages = paginateListAccessKeys({ client: iam }, { UserName: userName });
    const keys = await collectPages(pages, (page) => page.AccessKeyMetadata);
    return keys.some(({ AccessKeyId, Status }) => AccessKeyId === accessKeyId && Status === "Inactive");
  } catch (error) {
    log.warn("The key of the user cannot be looked at", { error: errorText(error) });
    return false;
  }
}

async function untilTrue(
  isTrue: () => Promise<boolean>,
  { clock, sleep }: Dependencies,
  end: number,
): Promise<number | undefined> {
  for (;;) {
    if (await isTrue()) {
      return clock();
    }
    if (clock() + WAITS_MS.betweenChecks > end) {
      return undefined;
    }
    await sleep(WAITS_MS.betweenChecks);
  }
}
