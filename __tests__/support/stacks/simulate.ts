import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { PolicyDocument } from "../../../stacks/policies/document";

export interface SimulatedRequest {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

export interface SimulatedPolicies {
  readonly identity?: PolicyDocument;
  readonly resource?: PolicyDocument;
}

/**
 * The account in an ARN; the one that owns a resource without an account in its ARN has to be known
 * otherwise.
 */
const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** Decides a request as IAM would. Fails for a request or policy that IAM would not accept. */
export async function isAllowed(request: SimulatedRequest, policies: SimulatedPolicies): Promise<boolean> {
  const { principal, action, resource, context = {} } = request;
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: accountOf(resource) || accountOf(principal) },
        contextVariables: { ...context },
      },
      identityPolicies: policies.identity ? [{ name: "identity", policy: policies.identity }] : [],
      resourcePolicy: policies.resource,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType === "error") {
    throw new Error(`${action} on ${resource}: ${JSON.stringify(outcome.errors)}`);
  }
  return outcome.overallResult === "Allowed";
}

const EVERYTHING: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Sid: "Everything", Effect: "Allow", Action: "*", Resource: "*" }],
};

/**
 * The statements of a service control policy that refuse a request of someone whom IAM allows everything, by
 * their `Sid`. Fails for a request or policy that IAM would not accept, and for a condition key that the
 * action does not have.
 */
export async function refusingStatements(
  { principal, action, resource, context = {} }: SimulatedRequest,
  policy: PolicyDocument,
): Promise<string[]> {
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: accountOf(resource) || accountOf(principal) },
        contextVariables: { ...context },
      },
      identityPolicies: [{ name: "everything", policy: EVERYTHING }],
      serviceControlPolicies: [
        {
          orgIdentifier: "account",
          policies: [
            { name: "FullAWSAccess", policy: EVERYTHING },
            { name: "policy", policy },
          ],
        },
      ],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType === "error") {
    throw new Error(`${action} on ${resource}: ${JSON.stringify(outcome.errors)}`);
  }
  const analyses =
    outcome.resultType === "single"
      ? [outcome.result.analysis]
      : outcome.results.map(({ analysis }) => analysis);
  return analyses.flatMap(({ scpAnalysis }) =>
    (scpAnalysis?.ouAnalysis ?? []).flatMap(({ denyStatements }) =>
      denyStatements.map(({ statement }) => statement.sid() ?? ""),
    ),
  );
}
