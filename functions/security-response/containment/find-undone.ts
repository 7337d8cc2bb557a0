import type { UserDetail } from "@aws-sdk/client-iam";
import { TAG_KEYS } from "../../contract";
import { PHASES_MS, WAITS_MS } from "./durations";
import { failure, type Failure, type Incident } from "./incident";
import { pagesOfUsers, stateOfDetail } from "./state-of-detail";
import { isTaggedQuarantined, lacksDeny, tagValue } from "./tags";
import type { UserState } from "./user-state";

/** A user whose quarantine was undone; or none, with the failures that prevented the search. */
export type Undone =
  | { readonly userName: string; readonly state: UserState }
  | { readonly userName?: undefined; readonly failed: readonly Failure[] };

/**
 * Searches all users of the account for one whose tags say quarantined and who is not denied as they say.
 * Users who were quarantined a moment ago are left out: IAM may list their tags before their deny.
 *
 * @param isOther Which users to leave out.
 */
export async function findUndone(
  { dependencies: { iam, clock }, settings: { policyArn }, deadline }: Incident,
  isOther: (state: UserState) => boolean,
): Promise<Undone> {
  const isUndone = (state: UserState): boolean => {
    const tags = state.tags ?? [];
    const age = clock() - Date.parse(tagValue(tags, TAG_KEYS.time));
    const isListed = !(age >= 0 && age < WAITS_MS.listing);
    return isTaggedQuarantined(tags) && isListed && lacksDeny(state, policyArn) && !isOther(state);
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
