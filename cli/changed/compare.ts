import { isDeepStrictEqual } from "node:util";
import type { StackTarget } from "../stack-target";
import type { StackContent } from "./stack-contents";

export interface ChangedStack extends StackTarget {
  readonly reason: "new" | "different";
}

/** An account that was rolled out and is no longer configured. Its resources still exist. */
export interface GoneStack {
  readonly name: string;
  readonly accountId: string;
}

export interface Comparison {
  /** In the order of the rollout. */
  readonly changed: readonly ChangedStack[];
  readonly gone: readonly GoneStack[];
}

/**
 * Finds the stacks that differ for Terraform. Stacks are matched by account id, as their states are: a name
 * counts only where the content of the stack contains it, as that of a target account does.
 *
 * @param targets All stacks as they are now, in the order of the rollout.
 */
export function compareStacks(
  before: readonly StackContent[],
  after: readonly StackContent[],
  targets: readonly StackTarget[],
): Comparison {
  const earlier = byAccount(before);
  const current = byAccount(after);
  const changed = targets.flatMap((target): ChangedStack[] => {
    const old = earlier.get(target.accountId);
    if (old === undefined) {
      return [{ ...target, reason: "new" }];
    }
    return isSame(old, current.get(target.accountId)) ? [] : [{ ...target, reason: "different" }];
  });
  const gone = before
    .filter(({ accountId }) => !current.has(accountId))
    .map(({ name, accountId }) => ({ name, accountId }));
  return { changed, gone };
}

function byAccount(stacks: readonly StackContent[]): ReadonlyMap<string, StackContent> {
  return new Map(stacks.map((stack) => [stack.accountId, stack]));
}

function isSame(a: StackContent, b: StackContent | undefined): boolean {
  // Terraform does not see the order of keys either.
  return b !== undefined && isDeepStrictEqual(a.blocks, b.blocks) && isSameFile(a.stateFile, b.stateFile);
}

/**
 * The two projects are in different folders: a file in them is the same one when its relative path is.
 */
function isSameFile(a: StackContent["stateFile"], b: StackContent["stateFile"]): boolean {
  return a?.absolute === b?.absolute || a?.fromProject === b?.fromProject;
}
