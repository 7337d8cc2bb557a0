import { paginateListUsers } from "@aws-sdk/client-iam";
import { failure, type Failure, type Incident } from "./incident";
import { readUserState } from "./read-user-state";
import type { Reading } from "./user-state";

/**
 * Who has a name: the user, another user (the id differs), or nobody. `unchecked` when IAM did not answer, or
 * when the event states no id to compare with.
 */
export type Owner = "same" | "other" | "missing" | "unchecked";

/** Compares the event's user id with the id that was read for the name. */
export function ownerOf({ state, failed }: Reading, userId: string | undefined): Owner {
  if (state.id !== undefined && userId !== undefined) {
    return state.id === userId ? "same" : "other";
  }
  return state.id === undefined && failed.some(({ missingUser }) => missingUser) ? "missing" : "unchecked";
}

/**
 * Reads who has the user's name.
 * @param patience milliseconds in which an unknown name is looked up again, and in which IAM must answer
 */
export async function readIdentity(incident: Incident, patience: number): Promise<Reading> {
  const { creation, dependencies, deadline } = incident;
  return readUserState(dependencies, creation.userName, ["identity"], deadline.within(patience), patience);
}

/** Where the user with the id of the event is. */
export type Place =
  | {
      readonly state: "found";
      /** The same incident, with the name the user has now. */
      readonly incident: Incident;
    }
  /** No user has the id; or the event does not state one. */
  | { readonly state: "gone" | "no-id" }
  | { readonly state: "unknown"; readonly failure: Failure };

/** The largest page size. Source: IAM API reference, ListUsers. */
const PAGE = 1_000;

/** Searches all users of the account for the id, which does not change when a user is renamed. */
export async function locate(incident: Incident): Promise<Place> {
  const { creation, deadline, dependencies } = incident;
  const { userId } = creation;
  if (userId === undefined) {
    return { state: "no-id" };
  }
  try {
    return await deadline.run(async (options) => {
      const pages = paginateListUsers({ client: dependencies.iam, pageSize: PAGE }, {}, options);
      for await (const { Users = [] } of pages) {
        const user = Users.find(({ UserId }) => UserId === userId);
        if (user?.UserName) {
          return { state: "found", incident: under(incident, user.UserName, user.Arn) };
        }
      }
      return { state: "gone" };
    });
  } catch (error) {
    return { state: "unknown", failure: failure(FIND, error) };
  }
}

/** Name of the step that looks a user up by its id. */
export const FIND = "find the user";

function under(incident: Incident, userName: string, arn: string | undefined): Incident {
  const { creation } = incident;
  if (userName === creation.userName) {
    return incident;
  }
  return { ...incident, creation: { ...creation, userName, userArn: arn ?? creation.userArn } };
}
