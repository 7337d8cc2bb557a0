import type { PlannedStack } from "../rollout/rollout";
import type { Colors } from "../shell";
import type { ResourceChange } from "../terraform/messages";
import type { StackTerraform } from "../terraform/stack-terraform";

const SIGNS: Readonly<Record<string, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "-/+",
  read: "<=",
};

/**
 * Plans for people: the resources that change, or with `diff` every attribute as Terraform shows it, which
 * takes one Terraform process per stack.
 */
export async function describePlans(
  planned: readonly PlannedStack[],
  terraform: Pick<StackTerraform, "show">,
  colors: Colors,
  diff: boolean,
): Promise<string> {
  if (!diff) {
    return planSummary(planned, colors);
  }
  const texts: string[] = [];
  for (const { target, plan } of planned) {
    texts.push(`# ${target.name} (${target.accountId})\n${await terraform.show(target.name, plan)}`);
  }
  return texts.join("\n");
}

/** The changes of many stacks: those with the same changes are shown once, since most accounts are alike. */
export function planSummary(stacks: readonly PlannedStack[], colors: Colors): string {
  const groups = new Map<string, PlannedStack[]>();
  for (const stack of stacks) {
    const key = JSON.stringify(stack.plan.changes.map(({ action, address }) => [action, address]).sort());
    groups.set(key, [...(groups.get(key) ?? []), stack]);
  }
  return [...groups.values()].map((group) => describeGroup(group, colors)).join("\n\n");
}

function describeGroup(group: readonly PlannedStack[], colors: Colors): string {
  const names = group.map(({ target }) => `${target.name} (${target.accountId})`).join(", ");
  const changes = [...(group[0]?.plan.changes ?? [])].sort((a, b) => (a.address < b.address ? -1 : 1));
  const lines = changes.length > 0 ? changes.map((change) => changeLine(change, colors)) : ["  outputs only"];
  return [colors.bold(names), ...lines].join("\n");
}

function changeLine({ action, address }: ResourceChange, colors: Colors): string {
  const line = `  ${(SIGNS[action] ?? action).padStart(3)} ${address}`;
  return action === "delete" || action === "replace" ? colors.red(line) : line;
}
