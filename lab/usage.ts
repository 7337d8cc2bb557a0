import path from "node:path";
import type { LabDeployment } from "./deployment";
import type { Lab } from "./lab";

type Environment = Readonly<Record<string, string | undefined>>;

/** How to use a running lab: its endpoint, its accounts, and lines to paste into a shell. */
export function usage(lab: Lab, deployment: LabDeployment): string {
  return [
    `The lab listens on ${lab.endpoint} (organization ${lab.organizationId}, Region ${lab.region}).`,
    "",
    "Paste one of these blocks into a shell, then use the AWS CLI, an SDK or Terraform as usual:",
    ...lab.accounts.flatMap(({ id, name }) => ["", `# ${name} (${id})`, ...assignments(lab.environment(id))]),
    "",
    "To deploy the stacks from another shell (npm run lab -- --deploy does so at the start):",
    "",
    ...assignments(deployment.environment),
    `npx cdktf deploy '*' --auto-approve --skip-provider-lock --output ${path.relative(process.cwd(), deployment.output)}`,
    "",
    `Alerts:  curl '${lab.endpoint}/_lab/inbox?account=ACCOUNT_ID'`,
    `Events:  curl '${lab.endpoint}/_lab/events?account=ACCOUNT_ID'`,
    `Logs:    curl '${lab.endpoint}/_lab/logs?function=FUNCTION_ARN'`,
    `Clock:   curl -X POST ${lab.endpoint}/_lab/clock -d '{"advanceMs": 3600000}'   # an hour passes`,
    "Press Ctrl-C to stop the lab and to delete everything in it.",
  ].join("\n");
}

function assignments(environment: Environment): string[] {
  const unset = Object.keys(environment).filter((name) => environment[name] === undefined);
  const set = Object.entries(environment).filter(([, value]) => value !== undefined);
  return [`unset ${unset.join(" ")}`, ...set.map(([name, value]) => `export ${name}='${value}'`)];
}
