import { DeleteUserCommand, paginateListUsers, type User } from "@aws-sdk/client-iam";
import { collectPages } from "./collect-pages";
import {
  ANSWER_RESERVE_MS,
  failureOf,
  hasCode,
  retryOn,
  type Failure,
  type IamDependencies,
} from "./iam-errors";
import { runConcurrently } from "./run-concurrently";
import { stripUser, type Removable } from "./strip-user";

export interface RemovedUsers {
  /** Names of the users that were removed. */
  readonly removed: readonly string[];
  readonly failed: readonly Failure[];
}

/** Number of users that are removed concurrently. */
const CONCURRENCY = 5;

/**
 * Removes every user below a path that has nothing but what `removable` says. Can be run again at any time: a
 * user that does not exist counts as removed.
 * @param isWanted which users; all by default
 */
export async function removeUsers(
  pathPrefix: string,
  removable: Removable,
  dependencies: IamDependencies,
  isWanted: (user: User) => boolean = () => true,
): Promise<RemovedUsers> {
  const removed: string[] = [];
  const failed: Failure[] = [];
  const users = await listUsers(pathPrefix, dependencies);
  const names = users.filter(isWanted).flatMap(({ UserName }) => UserName ?? []);
  await runConcurrently(names, CONCURRENCY, async (userName) => {
    try {
      await removeUser(userName, removable, dependencies);
      removed.push(userName);
    } catch (error) {
      failed.push(failureOf(userName, "remove", error));
    }
  });
  return { removed, failed };
}

/** The users below a path. */
export async function listUsers(PathPrefix: string, { iam }: IamDependencies): Promise<User[]> {
  const users = await collectPages(paginateListUsers({ client: iam }, { PathPrefix }), (page) => page.Users);
  // The path is checked again, since deleting another user could not be undone.
  return users.filter(({ Path }) => Path?.startsWith(PathPrefix));
}

/**
 * Removes one user with everything it has. If the responder adds something between stripping and deleting,
 * IAM answers DeleteConflict, and the user is stripped again.
 * @throws what IAM answers, and an error when no time is left
 */
export async function removeUser(
  userName: string,
  removable: Removable,
  dependencies: IamDependencies,
): Promise<void> {
  if (dependencies.remaining() < ANSWER_RESERVE_MS) {
    throw new Error("no time was left to remove this user");
  }
  const attempt = async (): Promise<void> => {
    await stripUser(userName, removable, dependencies);
    try {
      await dependencies.iam.send(new DeleteUserCommand({ UserName: userName }));
    } catch (error) {
      if (!hasCode(error, "NoSuchEntity")) {
        throw error;
      }
    }
  };
  await retryOn(["DeleteConflict", "ConcurrentModification"], attempt, dependencies);
}
