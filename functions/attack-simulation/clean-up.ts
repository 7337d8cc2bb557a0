import { DeleteUserCommand, paginateListUsers } from "@aws-sdk/client-iam";
import { SIMULATION_PATH } from "../contract";
import { collectPages } from "../shared/collect-pages";
import { runConcurrently } from "../shared/run-concurrently";
import { ANSWER_RESERVE_MS, type Dependencies } from "./dependencies";
import { failureOf, hasCode, retryOn, type Failure } from "./iam-errors";
import { strip } from "./strip";

export interface CleanUpAnswer {
  /** Names of the users that are gone. */
  readonly removed: readonly string[];
  readonly failed: readonly Failure[];
}

/** This many users are removed at once. */
const CONCURRENCY = 5;

/**
 * Removes every user below the path of a run, or of all runs. May be run again at any time: what is gone
 * already counts as removed.
 * @param policyArn the quarantine policy, which the responder may attach while this runs
 */
export async function cleanUp(
  runId: string | undefined,
  policyArn: string,
  dependencies: Dependencies,
): Promise<CleanUpAnswer> {
  const removed: string[] = [];
  const failed: Failure[] = [];
  await runConcurrently(await listUsers(runId, dependencies), CONCURRENCY, async (userName) => {
    try {
      await removeUser(userName, policyArn, dependencies);
      removed.push(userName);
    } catch (error) {
      failed.push(failureOf(userName, "remove", error));
    }
  });
  return { removed, failed };
}

async function listUsers(runId: string | undefined, { iam }: Dependencies): Promise<string[]> {
  const PathPrefix = runId === undefined ? SIMULATION_PATH : `${SIMULATION_PATH}${runId}/`;
  const users = await collectPages(paginateListUsers({ client: iam }, { PathPrefix }), (page) => page.Users);
  // The path is checked again: deleting a user who is not ours could not be undone.
  const ours = users.filter(({ Path }) => Path?.startsWith(PathPrefix));
  return ours.flatMap(({ UserName }) => UserName ?? []);
}

/**
 * The responder may add something between stripping and deleting, which shows as DeleteConflict: strip again.
 */
async function removeUser(userName: string, policyArn: string, dependencies: Dependencies): Promise<void> {
  if (dependencies.remaining() < ANSWER_RESERVE_MS) {
    throw new Error("no time was left to remove this user");
  }
  const attempt = async (): Promise<void> => {
    await strip(userName, policyArn, dependencies);
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
