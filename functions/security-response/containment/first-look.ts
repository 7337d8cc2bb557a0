import type { Tag } from "./claim";
import type { Climb } from "./climb";
import { listActiveKeys, type ActiveKeys } from "./credentials";
import { identify, type Identity } from "./find-user";
import type { Incident } from "./incident";
import { readTags } from "./tags";

/** What has to be known of a user before anything but the deny is written. */
export interface FirstLook {
  /** The user's tags; undefined when they cannot be read. */
  readonly present: readonly Tag[] | undefined;
  readonly identity: Identity;
  readonly keys: ActiveKeys;
}

/** Longest time for the first look at the user's id, in milliseconds: the inventory looks again. */
const FIRST_LOOK = 3_000;
/**
 * A look beside the deny has this long, in milliseconds, and so has the deny: else the look is taken anew.
 */
const FRESH = 1_000;
/** The part of the time that is left which the look may take, and after it the tags and credentials. */
const SHARE_BEFORE_PROOF = 1 / 3;

/**
 * Denies, and looks at the user. In a warm environment the look goes out right behind the deny, on
 * connections that stand. A fresh one has them still to make: there it would compete with the deny for the
 * processor, and waits for its answer.
 * @param deny calls `sent` when its request is on its way
 * @returns no look when IAM knows no user of the name
 */
export async function denyAndLook(
  incident: Incident,
  deny: (sent: () => void) => Promise<Climb>,
): Promise<{ readonly climbed: Climb; readonly look?: FirstLook }> {
  const { clock, isWarm } = incident.dependencies;
  const begun = clock();
  let beside: Promise<FirstLook> | undefined;
  const climbed = await deny(() => {
    if (isWarm) {
      beside ??= lookAt({ ...incident, deadline: incident.deadline.within(FRESH) });
    }
  });
  if (climbed.missing) {
    return { climbed };
  }
  const look = clock() - begun < FRESH ? await beside : undefined;
  // Only a look after the deny can tell that the name is not the user's.
  return { climbed, look: look && isClear(look) ? look : await lookAt(hurried(incident)) };
}

function isClear({ present, identity, keys }: FirstLook): boolean {
  return present !== undefined && identity.state === "same" && !("failure" in keys);
}

/** The same incident with less time: what IAM throttles for long must leave some for proving the deny. */
export function hurried(incident: Incident): Incident {
  return { ...incident, deadline: incident.deadline.share(SHARE_BEFORE_PROOF) };
}

async function lookAt(incident: Incident): Promise<FirstLook> {
  const [present, identity, keys] = await Promise.all([
    readTags(incident),
    identify(incident, FIRST_LOOK),
    listActiveKeys(incident),
  ]);
  return { present, identity, keys };
}
