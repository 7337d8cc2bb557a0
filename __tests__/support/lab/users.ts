import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import type { Lab } from "../../../lab/lab";
import { ADMINISTRATOR_POLICY_ARN } from "../../../lab/organization/accounts";
import { labApi, type LabApi } from "./api";

/** A user made for a test, and an API client with its key. */
export interface LabUser {
  readonly UserName: string;
  readonly api: LabApi;
}

/** A policy document of one statement on everything. */
export function document(Effect: "Allow" | "Deny", Action: string | string[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "S", Effect, Action, Resource: "*" }] });
}

/** Makes users and policies in an account of a lab, as its administrator. */
export class LabUsers {
  readonly iam: IAMClient;
  private readonly lab: Lab;
  private made = 0;

  constructor(lab: Lab, accountId: string) {
    const { endpoint, region } = lab;
    this.lab = lab;
    this.iam = new IAMClient({ endpoint, region, maxAttempts: 1, credentials: lab.credentials(accountId) });
  }

  newName(): string {
    return `test-${++this.made}`;
  }

  async newUser({ administers = true, path = "/" } = {}): Promise<LabUser> {
    const UserName = this.newName();
    await this.iam.send(new CreateUserCommand({ UserName, Path: path }));
    if (administers) {
      const PolicyArn = ADMINISTRATOR_POLICY_ARN;
      await this.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    }
    const { AccessKey } = await this.iam.send(new CreateAccessKeyCommand({ UserName }));
    return { UserName, api: labApi(this.lab.endpoint, AccessKey?.AccessKeyId ?? "") };
  }

  /** The ARN of a new managed policy. */
  async newPolicy(PolicyDocument: string): Promise<string> {
    const PolicyName = this.newName();
    const { Policy } = await this.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    return Policy?.Arn ?? "";
  }
}
