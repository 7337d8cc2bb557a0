import type { LabClient } from "../../../lab/client/lab-client";
import type { LabDeployment } from "../../../lab/deployment";
import type { Lab } from "../../../lab/lab";
import { LAB_ORGANIZATION } from "../../../lab/organization/accounts";
import type { LabRollout } from "../../../lab/organization/rollout-yaml";

/** The lab's organization, and one account more that is only observed. */
export const E2E_ORGANIZATION = {
  ...LAB_ORGANIZATION,
  memberAccounts: [...LAB_ORGANIZATION.memberAccounts, { id: "222233334444", name: "watched" }],
};

export const ACCOUNT = "444455556666";
export const OTHER_ACCOUNT = "777788889999";
export const OBSERVED_ACCOUNT = "222233334444";
export const SECURITY_ACCOUNT = "111122223333";

/** Creators that the rollout trusts, in ACCOUNT only; both names exist in OTHER_ACCOUNT too. */
export const TRUSTED_USER = "jack";
export const TRUSTED_ROLE = "UserOnboarding";

const RESPONSES_AT_ONCE = 4;

export const E2E_ROLLOUT: LabRollout = {
  ...E2E_ORGANIZATION,
  overrides: {
    watched: { mode: "observe" },
    // So that a burst has to wait, which the account's other functions do not.
    payments: { reservedConcurrency: RESPONSES_AT_ONCE },
  },
  trust: {
    creators: [
      { arn: `arn:aws:iam::${ACCOUNT}:user/${TRUSTED_USER}` },
      { arn: `arn:aws:iam::${ACCOUNT}:role/${TRUSTED_ROLE}` },
    ],
  },
};

/** What a deployed organization offers to the cases. */
export interface RunningOrganization {
  readonly lab: Lab;
  readonly client: LabClient;
  readonly deployment: LabDeployment;
  /** Ends the programs of the deployment, after a case that has timed out. */
  readonly stopping: AbortController;
}

/** The organization the cases run in: there once it is deployed, before the first case. */
export class Organization {
  private running: RunningOrganization | undefined;
  private users = 0;

  start(running: RunningOrganization): void {
    this.running = running;
  }

  async stop(): Promise<void> {
    this.running?.stopping.abort();
    await this.running?.lab.stop();
  }

  get client(): LabClient {
    return this.get().client;
  }

  get lab(): Lab {
    return this.get().lab;
  }

  get deployment(): LabDeployment {
    return this.get().deployment;
  }

  /** A user name that no other case uses. */
  newUserName(purpose: string): string {
    this.users += 1;
    return `e2e-${purpose}-${this.users}`;
  }

  private get(): RunningOrganization {
    if (this.running === undefined) {
      throw new Error("The organization is not deployed.");
    }
    return this.running;
  }
}
