import type { PlannedStack } from "../rollout/rollout";
import type { Colors } from "../view/colors";
import { planSummary } from "../view/plan-summary";
import type { Session } from "./session";

/**
 * Plans for people: the resources that change, or with `diff` every attribute as Terraform shows it, which
 * takes a Terraform process for each.
 */
export async function describePlans(
  planned: readonly PlannedStack[],
  { terraform }: Pick<Session, "terraform">,
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
