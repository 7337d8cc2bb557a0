import { messageOf } from "../../../functions/shared/message-of";
import { deploymentRoleArn } from "../../../stacks/config/roles";
import { AccountNames } from "../../../stacks/names";
import type { StackTarget } from "../../stack-target";
import { readFault, TerraformError } from "../../terraform/fault";
import type { StackPlan } from "../../terraform/plan";
import { createdNames, type CreatedName } from "./created-names";

/**
 * Looks names up in an account. Each call resolves to whether the name exists, and rejects if AWS does not
 * answer.
 */
export interface NameLookup {
  topicExists(arn: string): Promise<boolean>;
  ruleExists(name: string, bus: string | undefined): Promise<boolean>;
}

/** A topic or rule of our name that is in the account but not in its state. */
interface Taken {
  readonly created: CreatedName;
  readonly arn: string;
}

/**
 * Refuses a plan that would take over a topic or a rule which is not in the account's state: AWS changes an
 * existing one without an error. Asks AWS only when the plan creates such a resource.
 *
 * @param folder Folder of the synthesized stack.
 * @param open Opens the lookup as Terraform's provider opens its own: with the role of the deployment.
 * @throws TerraformError when a name is taken, or when AWS does not answer.
 */
export async function checkNames(
  rollout: Parameters<typeof deploymentRoleArn>[0],
  target: Pick<StackTarget, "name" | "accountId">,
  folder: string,
  { changes }: Pick<StackPlan, "changes">,
  open: (roleArn: string | undefined, region: string) => Promise<NameLookup>,
): Promise<void> {
  const created = createdNames(folder, changes);
  if (created.length === 0) {
    return;
  }
  const names = new AccountNames(rollout.partition, target.accountId);
  const roleArn = deploymentRoleArn(rollout, target.accountId);
  const taken = await findTaken(created, names, () => open(roleArn, names.region)).catch((cause: unknown) => {
    throw unchecked(created, roleArn, folder, cause);
  });
  if (taken.length > 0) {
    throw conflict(taken, target, folder);
  }
}

async function findTaken(
  created: readonly CreatedName[],
  names: AccountNames,
  open: () => Promise<NameLookup>,
): Promise<Taken[]> {
  const lookup = await open();
  const found = await Promise.all(
    created.map(async (one): Promise<Taken[]> => {
      const { kind, name, bus } = one;
      const arn = kind === "topic" ? names.topicArnOf(name) : names.ruleArn(name, bus);
      const exists = kind === "topic" ? lookup.topicExists(arn) : lookup.ruleExists(name, bus);
      return (await exists) ? [{ created: one, arn }] : [];
    }),
  );
  return found.flat();
}

function conflict(
  taken: readonly Taken[],
  { name, accountId }: Pick<StackTarget, "name" | "accountId">,
  folder: string,
): TerraformError {
  const arns = taken.map(({ created: { kind }, arn }) => `the ${kind} ${arn}`).join(", ");
  const are = taken.length === 1 ? "exists already and is" : "exist already and are";
  return new TerraformError({
    kind: "already-exists",
    cause: `Names are taken in ${name} (${accountId}): ${arns} ${are} not in its state. AWS would take them over without an error. Nothing was changed.`,
    advice: [
      "Nothing that this project deploys can have another name. If they are someone else's, delete them, or create them again under another name.",
      "To adopt them instead (an apply that was killed may have created them), import them and run again; the next plan shows what it changes in them:",
      ...taken.map((one) => `  terraform -chdir=${folder} import ${one.created.address} ${importId(one)}`),
    ].join("\n  "),
  });
}

/** Ids as the AWS provider imports them: a topic's ARN; BUS/NAME of a rule, and NAME on the default bus. */
function importId({ created: { kind, name, bus }, arn }: Taken): string {
  return kind === "topic" ? arn : bus === undefined ? name : `${bus}/${name}`;
}

function unchecked(
  created: readonly CreatedName[],
  roleArn: string | undefined,
  folder: string,
  error: unknown,
): TerraformError {
  const names = created.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  const text = `${error instanceof Error ? `${error.name}: ` : ""}${messageOf(error)}`;
  const { kind, advice } = readFault([], [text], folder);
  return new TerraformError({
    kind,
    cause: `Whether these names are taken could not be checked ${roleArn === undefined ? "with these credentials" : `as ${roleArn}`}: ${names}: ${text}. Nothing was changed.`,
    advice:
      advice ??
      "The role needs sns:GetTopicAttributes and events:DescribeRule, and this machine must reach both services: docs/rollout.md.",
  });
}
