import { paginateListUserTags, TagUserCommand, UntagUserCommand } from "@aws-sdk/client-iam";
import { collectPages } from "../../shared/collect-pages";
import type { Deadline } from "../../shared/deadline";
import { isLimitExceeded } from "./iam-error";
import { surplusTags } from "./tags";
import { retryConflicts, type Target } from "./target";
import type { Tag } from "./user-state";

export async function writeTags(
  target: Target,
  tags: readonly Tag[],
  deadline: Deadline,
): Promise<string | undefined> {
  if (tags.length === 0) {
    return undefined;
  }
  const Tags = tags.map(({ Key, Value }) => ({ Key, Value }));
  const command = new TagUserCommand({ UserName: target.userName, Tags });
  await retryConflicts(target, deadline, (options) => target.iam.send(command, options));
  return "tagged the user";
}

/** Writes tags. A user with the most tags that IAM allows loses some, one line in `done` for each. */
export async function writeTagsWithRoom(
  target: Target,
  tags: readonly Tag[],
  deadline: Deadline,
  done: string[],
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeTags(target, tags, deadline);
    } catch (error) {
      const removed =
        isLimitExceeded(error) && attempt < MAX_TAG_ATTEMPTS ? await makeRoom(target, deadline) : [];
      if (removed.length === 0) {
        throw error;
      }
      done.push(...removed.map(({ Key, Value }) => `removed the tag ${Key}=${Value}, to make room for ours`));
    }
  }
}

/** Somebody may put tags on the user as fast as we remove them. */
const MAX_TAG_ATTEMPTS = 3;

/** @returns what was removed */
async function makeRoom(target: Target, deadline: Deadline): Promise<readonly Tag[]> {
  const { iam: client, userName: UserName } = target;
  const surplus = await deadline.run(async (options) =>
    surplusTags(await collectPages(paginateListUserTags({ client }, { UserName }, options), (p) => p.Tags)),
  );
  await removeTags(
    target,
    surplus.flatMap(({ Key }) => Key ?? []),
    deadline,
  );
  return surplus;
}

export async function removeTags(
  target: Target,
  keys: readonly string[],
  deadline: Deadline,
): Promise<string | undefined> {
  if (keys.length === 0) {
    return undefined;
  }
  const command = new UntagUserCommand({ UserName: target.userName, TagKeys: [...keys] });
  await retryConflicts(target, deadline, (options) => target.iam.send(command, options));
  return `removed the tags ${keys.join(", ")}`;
}
