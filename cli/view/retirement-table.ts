import Table from "cli-table3";
import type { PlannedStack } from "../rollout/rollout";
import { phaseName } from "../stack-target";

/** One row for each stack that is to be destroyed: how much of it is, and how much is kept. */
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
