import {
  policyDocument,
  type Condition,
  type PolicyDocument,
  type Statement,
} from "../../stacks/policies/document";

/** One action on one resource. */
export interface Grant {
  readonly action: string;
  /** ARN, a pattern of ARNs, or `*`. */
  readonly resource: string;
  readonly condition?: Condition;
}

/** Characters of a managed policy, without white space (IAM guide, "IAM and AWS STS quotas"). */
export const MANAGED_POLICY_SIZE = 6_144;

/**
 * As few statements as possible that allow exactly these grants: actions on the same resources, with the same
 * condition, share one. The order of the grants does not matter.
 */
export function statementsOf(grants: readonly Grant[]): Statement[] {
  const resourcesOf = new Map<string, { action: string; condition?: Condition; resources: Set<string> }>();
  for (const { action, resource, condition } of grants) {
    const key = `${action} ${JSON.stringify(condition)}`;
    const found = resourcesOf.get(key) ?? { action, ...(condition && { condition }), resources: new Set() };
    found.resources.add(resource);
    resourcesOf.set(key, found);
  }
  const shared = new Map<string, { actions: string[]; condition?: Condition; resources: string[] }>();
  for (const { action, condition, resources: set } of resourcesOf.values()) {
    const resources = withoutCovered([...set]).sort();
    const key = JSON.stringify([serviceOf(action), condition, resources]);
    const found = shared.get(key) ?? { actions: [], ...(condition && { condition }), resources };
    found.actions.push(action);
    shared.set(key, found);
  }
  const merged = [...shared.values()].map((each) => ({ ...each, actions: each.actions.sort() }));
  merged.sort((a, b) => order(a).localeCompare(order(b), "en"));
  return withSids(
    merged.map(({ actions, condition, resources }) => ({
      Effect: "Allow",
      Action: oneOrMore(actions),
      Resource: oneOrMore(resources),
      ...(condition && { Condition: condition }),
    })),
  );
}

/**
 * Distributes statements, in their order, over as few documents of this size as possible.
 *
 * @throws Error for a single statement that is larger.
 */
export function documentsOf(
  statements: readonly Statement[],
  maximum = MANAGED_POLICY_SIZE,
): PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const statement of statements) {
    const last = documents.at(-1);
    if (last !== undefined && sizeOf(policyDocument(...last, statement)) <= maximum) {
      last.push(statement);
    } else if (sizeOf(policyDocument(statement)) <= maximum) {
      documents.push([statement]);
    } else {
      throw new Error(`the statement ${statement.Sid} has more than ${maximum} characters`);
    }
  }
  return documents.map((each) => policyDocument(...each));
}

/** Characters that IAM counts. */
export function sizeOf(document: PolicyDocument): number {
  return JSON.stringify(document).length;
}

/** A resource that a pattern among the others matches is redundant. */
function withoutCovered(resources: readonly string[]): string[] {
  return resources.filter(
    (resource) =>
      !resources.some(
        (other) => other !== resource && other.endsWith("*") && resource.startsWith(other.slice(0, -1)),
      ),
  );
}

/** Names the statements: the service, and a number if the service has several. */
function withSids(statements: readonly Omit<Statement, "Sid">[]): Statement[] {
  const counts = new Map<string, number>();
  return statements.map((statement) => {
    const service = serviceOf([statement.Action].flat()[0] ?? "");
    const count = (counts.get(service) ?? 0) + 1;
    counts.set(service, count);
    return { Sid: `${service.charAt(0).toUpperCase()}${service.slice(1)}${count}`, ...statement };
  });
}

function order({ actions, resources }: { readonly actions: string[]; readonly resources: string[] }): string {
  return `${actions[0] ?? ""} ${resources[0] ?? ""}`;
}

function serviceOf(action: string): string {
  return action.split(":")[0] ?? "";
}

/** A list with one item is written as the item. */
export function oneOrMore(values: readonly string[]): string | readonly string[] {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : values;
}
