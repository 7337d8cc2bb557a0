import path from "node:path";
import type { LabDeployment } from "./deployment";
import type { Lab } from "./lab";
import { shellLines } from "./shared/shell-lines";

/**
 * How to use a running lab: what to paste into a shell, its accounts, and where to look.
 *
 * @param differences What the configuration in the lab's folder has otherwise than the operator's.
 */
export function usage(lab: Lab, deployment: LabDeployment, differences: readonly string[]): string {
  const folder = path.relative(process.cwd(), deployment.folder);
  return [
    `The lab listens on ${lab.endpoint} (organization ${lab.organizationId}, Region ${lab.region}).`,
    "",
    "Paste this into another shell, in this folder:",
    "",
    `cd ${folder}`,
    // The folder's own rollout.yaml, which messages then name so.
    ...shellLines({ ...deployment.environment, ROLLOUT_CONFIG: undefined }),
    "",
    "Then npm run quarantine -- COMMAND works there as in the project, with the management account's credentials:",
    "  npm run quarantine -- plan        # docs/adopt.md has the steps from here to enforce",
    "  npm run quarantine -- rollout",
    ...(differences.length === 0
      ? []
      : [
          `Edit ${folder}/rollout.yaml, a copy of yours. It differs from yours:`,
          ...differences.map((difference) => `  - ${difference}`),
        ]),
    "",
    "To act as the administrator of an account, by the AWS CLI, an SDK or Terraform:",
    ...lab.accounts.map(
      ({ id, name }) => `  eval "$(curl -s '${lab.endpoint}/_lab/shell?account=${id}')"   # ${name}`,
    ),
    "",
    `Mail:    curl '${lab.endpoint}/_lab/mailbox'            # of all addresses; confirmations too`,
    `         curl -X POST ${lab.endpoint}/_lab/confirmations   # confirms every subscription`,
    `Events:  curl '${lab.endpoint}/_lab/events?account=ACCOUNT_ID'`,
    `Logs:    curl '${lab.endpoint}/_lab/logs?function=FUNCTION_ARN'`,
    `Clock:   curl -X POST ${lab.endpoint}/_lab/clock -d '{"advanceMs": 3600000}'   # an hour passes`,
    "Press Ctrl-C to stop the lab and to delete everything in it.",
  ].join("\n");
}
