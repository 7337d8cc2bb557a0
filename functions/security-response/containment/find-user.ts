import { GetUserCommand, paginateListUsers } from "@aws-sdk/client-iam";
import { retry } from "../../shared/retry";
import { isMissingUser } from "./iam-error";
import { failure, type Incident, type StepFailure } from "./incident";

/**
 * Whose a name is now: the user's, another user's (the id differs), or nobody's. `unchecked` when IAM would
 * not say, with the failure, or when the event states no id to compare with.
 */
export type Identity =
  | { readonly state: "same" | "other" | "missing" }
  | { readonly state: "unchecked"; readonly failure?: StepFailure };

/** Name of the step that compares ids. */
const CHECK = "check the user id";

/**
 * Asks whose the user's name is.
 * @param patience milliseconds in which IAM may come to know the name, and in which it must have answered
 */
export async function identify(incident: Incident, patience: number): Promise<Identity> {
  const { creation, dependencies } = incident;
  const deadline = incident.deadline.within(patience);
  const ask = new GetUserCommand({ UserName: creation.userName });
  try {
    const plan = { when: isMissingUser, budget: deadline.remaining() };
    const look = () => deadline.run((options) => dependencies.iam.send(ask, options));
    const { User } = await retry(look, plan, dependencies);
    return compare(creation.userId, User?.UserId);
  } catch (error) {
    return isMissingUser(error)
      ? { state: "missing" }
      : { state: "unchecked", failure: failure(CHECK, error) };
  }
}

/** Compares the id in the event with the one IAM gives for the name. */
export function compare(wanted: string | undefined, given: string | undefined): Identity {
  if (wanted === undefined) {
    return { state: "unchecked" };
  }
  if (given === undefined) {
    return { state: "unchecked", failure: { step: CHECK, error: "IAM sent no id of the user" } };
  }
  return { state: given === wanted ? "same" : "other" };
}

/** Where the user with the id of the event is. */
export type Place =
  | {
      readonly state: "found";
      /** The same incident, with the name the user has now. */
      readonly incident: Incident;
    }
  /** No user has the id; or the event states none, and nobody can tell. */
  | { readonly state: "gone" | "no-id" }
  | { readonly state: "unknown"; readonly failure: StepFailure };

/** The most users a page may have. Source: IAM API reference, ListUsers. */
const PAGE = 1_000;

/** Looks through all users of the account for the id, which stays the same when a user is renamed. */
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
