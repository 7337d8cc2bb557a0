import type { LabDeployment } from "../../../lab/deployment";
import type { Lab } from "../../../lab/lab";
import type { LabClient } from "../../../lab/lab-client";

/** What a deployed organization offers to the cases. */
export interface RunningOrganization {
  readonly lab: Lab;
  readonly client: LabClient;
  readonly deployment: LabDeployment;
}

/** The organization the cases run in; `running` is there once it is deployed, before the first case. */
export interface Organization {
  readonly account: string;
  readonly otherAccount: string;
  readonly security: string;
  running?: RunningOrganization;
  stop?: () => Promise<void>;
}

export function runningIn(organization: Organization): RunningOrganization {
  if (organization.running === undefined) {
    throw new Error("The organization is not deployed.");
  }
  return organization.running;
}

let users = 0;

/** A user name that no other case uses. */
export function newUserName(purpose: string): string {
  users += 1;
  return `e2e-${purpose}-${users}`;
}
