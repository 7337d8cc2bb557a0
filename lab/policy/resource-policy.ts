import { runSimulation } from "@cloud-copilot/iam-simulate";

import { LabError } from "../errors";
import { arnParts, type Principal } from "../gateway/principal";

/** Who asks a resource policy for what. */
export interface ResourceQuestion {
  /** Policy document of the resource; undefined when it has none. */
  readonly policy: unknown;
  readonly principal: Principal;
  /** For example `lambda:InvokeFunction`. */
  readonly action: string;
  readonly resourceArn: string;
  /** Condition keys beside those that come from the principal. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether the resource's policy lets the principal in; what the principal's own policies say is not asked. */
export async function resourcePolicyAllows(question: ResourceQuestion): Promise<boolean> {
  const { policy, principal, action, resourceArn } = question;
  if (policy === undefined) return false;
  const results = await runSimulation(
    {
      request: {
        principal: principal.type === "AWSService" ? principal.service : principal.arn,
        action,
        resource: { resource: resourceArn, accountId: arnParts(resourceArn).accountId },
        contextVariables: { ...principalContext(principal), ...question.context },
      },
      identityPolicies: principal.type === "AWSService" ? [] : [EVERYTHING],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy,
    },
    {},
  );
  if (results.resultType === "error") {
    throw new LabError(`The policy of ${resourceArn} cannot be read: ${JSON.stringify(results.errors)}`);
  }
  if (results.resultType === "wildcard") throw new LabError(`${resourceArn} is no ARN of one resource.`);
  const result = results.result.analysis.resourceAnalysis?.result;
  return result === "Allowed" || result === "AllowedForAccount";
}

const EVERYTHING = {
  name: "everything",
  policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};

function principalContext(principal: Principal): Record<string, string> {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: a session's is its role's ARN.
  if (principal.type === "AssumedRole") return { "aws:PrincipalArn": principal.roleArn };
  if (principal.type !== "AWSService") return { "aws:PrincipalArn": principal.arn };
  return { "aws:SourceArn": principal.sourceArn, "aws:SourceAccount": principal.accountId };
}
