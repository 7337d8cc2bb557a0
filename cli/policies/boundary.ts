import type { Rollout } from "../../stacks/config/rollout";
import { NAMES } from "../../stacks/names";
import {
  actionsOf,
  policyDocument,
  type Condition,
  type PolicyDocument,
  type Statement,
} from "../../stacks/policies/document";
import type { AccountStack } from "./deployment-policies";
import { MANAGED_POLICY_SIZE, sizeOf, statementsOf, type Grant } from "./grants";
import { arnOf } from "./resource-arn";
import { placeOf, replaceReferences, stackBlocks } from "./stack-block";

/** A managed policy that is the permissions boundary of a stack's roles. */
export interface Boundary {
  /** With its path. */
  readonly name: string;
  readonly document: PolicyDocument;
}

/** The name if the configuration has no boundary yet. */
const DEFAULT_NAME = "QuarantineBoundary";

/**
 * A permissions boundary for the roles of a stack: what their own policies allow, all of it, and no other
 * action on no other resource. That of the attack simulation, which makes administrators, counts only where
 * some account has it.
 *
 * @throws Error when it does not fit into one managed policy.
 */
export function permissionsBoundary(rollout: Rollout, stack: AccountStack): Boundary {
  const place = placeOf(rollout, stack.accountId);
  const simulates = rollout.accounts.some(({ attackSimulation }) => attackSimulation);
  const blocks = stackBlocks(stack.json, place);
  const grants = blocks
    .filter(({ type }) => type === "aws_iam_role_policy")
    .filter((block) => simulates || block.text("name") !== NAMES.simulation)
    .flatMap((block) => {
      const text = replaceReferences(block.text("policy"), stack.json, place, arnOf);
      const { Statement: statements } = JSON.parse(text) as PolicyDocument;
      // What a role's policy denies it denies under any boundary.
      return statements.filter(({ Effect }) => Effect === "Allow").flatMap(grantsOf);
    });
  const document = policyDocument(...statementsOf(grants));
  if (sizeOf(document) > MANAGED_POLICY_SIZE) {
    throw new Error(
      `the permissions boundary of ${stack.accountId} has ${sizeOf(document)} characters, and a policy may have ${MANAGED_POLICY_SIZE}`,
    );
  }
  const named = blocks.find(({ type }) => type === "aws_iam_role")?.optional("permissions_boundary");
  return { name: named?.split(":policy/")[1] ?? DEFAULT_NAME, document };
}

function grantsOf(statement: Statement): Grant[] {
  const { Sid, Resource, Condition: written } = statement;
  if (Resource === undefined) {
    throw new Error(`expected the statement ${Sid} of a role to allow something on resources`);
  }
  const condition = written !== undefined && isOnTagKeys(written) ? undefined : written;
  return actionsOf(statement).flatMap((action) =>
    [Resource].flat().map((resource) => ({ action, resource, ...(condition && { condition }) })),
  );
}

/**
 * Conditions on tag keys are left to the roles' own policies: they would take an eighth of the boundary's
 * size.
 */
function isOnTagKeys(condition: Condition): boolean {
  return Object.values(condition)
    .flatMap((keys) => Object.keys(keys))
    .every((key) => key === "aws:TagKeys");
}
