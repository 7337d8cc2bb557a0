import Table from "cli-table3";
import type { PlannedStack } from "../rollout/rollout";
import { phaseName } from "../stack-target";

/** One row for each stack that will be destroyed: how many resources are destroyed, and how many are kept. */
export function retirementTable(planned: readonly PlannedStack[]): string {
  const table = new Table({
    head: ["wave", "account", "id", "destroyed", "kept"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "left", "left", "right", "right"],
  });
  for (const { target, plan } of planned) {
    table.push([phaseName(target), target.name, target.accountId, plan.counts.remove, plan.kept ?? 0]);
  }
  return table.toString();
}
