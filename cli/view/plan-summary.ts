import type { PlannedStack } from "../rollout/rollout";
import type { Colors } from "../shell";
import type { ResourceChange } from "../terraform/messages";
import type { StackTerraform } from "../terraform/stack-terraform";
import { groupPlans, namesOf, weakenedLine, type PlanGroup } from "./plan-groups";

const SIGNS: Readonly<Record<string, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "-/+",
  read: "<=",
};

/**
 * Plans for people: their effects and the resources that change; with `diff` also every attribute as
 * Terraform shows it, which takes one more Terraform process per stack.
 */
export async function describePlans(
  planned: readonly PlannedStack[],
  terraform: Pick<StackTerraform, "show">,
  colors: Colors,
  diff: boolean,
): Promise<string> {
  const summary = planSummary(planned, colors);
  if (!diff) {
    return summary;
  }
  const texts = summary === "" ? [] : [`${summary}\n`];
  for (const { target, plan } of planned) {
    texts.push(`# ${target.name} (${target.accountId})\n${await terraform.show(target.name, plan)}`);
  }
  return texts.join("\n");
}

/** The changes of many stacks. Stacks with the same changes are shown once, those that are weakened first. */
export function planSummary(stacks: readonly PlannedStack[], colors: Colors): string {
  const groups = groupPlans(
    stacks.map(({ target: { name, accountId }, plan: { effects, changes, counts } }) => ({
      ...{ name, accountId, effects, counts },
      resources: changes,
    })),
  );
  const weakened = weakenedLine(groups);
  return [
    ...(weakened === undefined ? [] : [colors.red(`${weakened}.`)]),
    ...groups.map((group) => describeGroup(group, colors)),
  ].join("\n\n");
}

/** The effects of one stack's plan, without the resources; empty if there are none. */
export function planEffects({ target: { name, accountId }, plan }: PlannedStack, colors: Colors): string {
  const stack = { name, accountId, effects: plan.effects, counts: plan.counts, resources: [] };
  return groupPlans([stack])
    .filter(({ lines }) => lines.length > 0)
    .map((group) => describeGroup(group, colors))
    .join("\n");
}

function describeGroup({ stacks, lines, resources }: PlanGroup, colors: Colors): string {
  return [
    colors.bold(namesOf(stacks)),
    ...lines.map(({ text, weakens }) => (weakens ? colors.red(`  ! ${text}`) : `    ${text}`)),
    ...(resources.length > 0
      ? resources.map((change) => changeLine(change, colors))
      : lines.length > 0
        ? []
        : ["  outputs only"]),
  ].join("\n");
}

function changeLine({ action, address }: ResourceChange, colors: Colors): string {
  const line = `  ${(SIGNS[action] ?? action).padStart(3)} ${address}`;
  if (action === "delete" || action === "replace") {
    return colors.red(line);
  }
  return colors.dim(line);
}
