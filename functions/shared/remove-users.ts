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
  /** Names of the users that are gone. */
  readonly removed: readonly string[];
  readonly failed: readonly Failure[];
}

/** This many users are removed at once. */
const CONCURRENCY = 5;

/**
 * Removes every user below a path who has nothing but what `removable` says. May be run again at any time:
 * what is gone already counts as removed.
 * @param isWanted which of them; all by default
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

async function listUsers(PathPrefix: string, { iam }: IamDependencies): Promise<User[]> {
  const users = await collectPages(paginateListUsers({ client: iam }, { PathPrefix }), (page) => page.Users);
  // The path is checked again: deleting a user who is not ours could not be undone.
  return users.filter(({ Path }) => Path?.startsWith(PathPrefix));
}

/**
 * Removes one user with what it holds. The responder may add something between stripping and deleting, which
 * shows as DeleteConflict: strip again.
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
