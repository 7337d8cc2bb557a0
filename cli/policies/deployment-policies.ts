import type { Rollout } from "../../stacks/config/rollout";
import type { PolicyDocument } from "../../stacks/policies/document";
import type { StackKind } from "./command-rights";
import { deploymentGrants } from "./deployment-grants";
import { documentsOf, statementsOf, type Grant } from "./grants";
import { RESOURCE_ACTIONS, type ResourceActions } from "./resource-actions";
import { placeOf, stackBlocks, type StackBlock } from "./stack-block";

/** Managed policies of the two roles of an account. */
export interface DeploymentPolicies {
  /** Of the role that plans: it changes nothing. */
  readonly plan: readonly PolicyDocument[];
  /** Of the role that rolls out, upgrades and retires; it may plan too. */
  readonly apply: readonly PolicyDocument[];
}

/** A synthesized stack of one account. */
export interface AccountStack {
  readonly kind: StackKind;
  readonly accountId: string;
  /** In Terraform's JSON syntax. */
  readonly json: object;
}

/**
 * What Terraform and the commands need in the account of a stack, and nothing else.
 *
 * @throws Error for a type of resource that has no entry in {@link RESOURCE_ACTIONS}.
 */
export function deploymentPolicies(rollout: Rollout, stack: AccountStack): DeploymentPolicies {
  const place = placeOf(rollout, stack.accountId);
  const blocks = stackBlocks(stack.json, place);
  const commands = deploymentGrants(stack.kind, rollout, place);
  const reads = [...grantsOf(blocks, ({ reads: actions }) => actions), ...commands.reads];
  const writes = [...grantsOf(blocks, ({ writes: actions }) => actions), ...commands.writes];
  return {
    plan: documentsOf(statementsOf(reads)),
    apply: documentsOf(statementsOf([...reads, ...writes])),
  };
}

function grantsOf(
  blocks: readonly StackBlock[],
  actionsOf: (entry: ResourceActions) => readonly string[] | undefined,
): Grant[] {
  return blocks.flatMap((block) =>
    entriesOf(block.type).flatMap((entry) => {
      const condition = entry.when?.(block);
      const resources = [entry.on(block)].flat();
      return (actionsOf(entry) ?? []).flatMap((action) =>
        resources.map((resource) => ({ action, resource, ...(condition && { condition }) })),
      );
    }),
  );
}

function entriesOf(type: string): readonly ResourceActions[] {
  const entries = RESOURCE_ACTIONS[type];
  if (entries === undefined) {
    throw new Error(`cli/policies/resource-actions.ts: expected an entry for ${type}`);
  }
  return entries;
}
