import type { UserDetail } from "@aws-sdk/client-iam";
import { TAG_KEYS } from "../../contract";
import { PHASES_MS, WAITS_MS } from "./durations";
import { failure, type Failure, type Incident } from "./incident";
import { pagesOfUsers, stateOfDetail } from "./state-of-detail";
import { isMeant, isWeaker, tagValue } from "./tags";
import type { UserState } from "./user-state";

/** A user whose quarantine is undone, or why none was found: no failure when there is none. */
export type Undone =
  | { readonly userName: string; readonly state: UserState }
  | { readonly userName?: undefined; readonly failed: readonly Failure[] };

/**
 * Looks through all users of the account for one who is quarantined by its tags and not denied as they say.
 * One who was quarantined a moment ago is left out: IAM may list its tags before its deny.
 *
 * @param isOther Whom not to find.
 */
export async function findUndone(
  { dependencies: { iam, clock }, settings: { policyArn }, deadline }: Incident,
  isOther: (state: UserState) => boolean,
): Promise<Undone> {
  const isUndone = (state: UserState): boolean => {
    const tags = state.tags ?? [];
    const age = clock() - Date.parse(tagValue(tags, TAG_KEYS.time));
    const isListed = !(age >= 0 && age < WAITS_MS.listing);
    return isMeant(tags) && isListed && isWeaker(state, policyArn) && !isOther(state);
  };
  try {
    return await deadline.within(PHASES_MS.read).run(async (options) => {
      for await (const users of pagesOfUsers(iam, options)) {
        const found = users.map(named).find(({ state }) => isUndone(state));
        if (found) {
          return found;
        }
      }
      return { failed: [] };
    });
  } catch (error) {
    return { failed: [failure("find the user by its tags", error)] };
  }
}

function named(detail: UserDetail): { userName: string; state: UserState } {
  return { userName: detail.UserName ?? "", state: stateOfDetail(detail) };
}
