import { parseArn } from "../../shared/arn";
import type { SweepSettings } from "../settings";

/** Builds the ARNs of the account's parts. Partition, Region and account id are those of its topic's ARN. */
export class AccountArns {
  readonly region: string;
  private readonly partition: string;
  private readonly accountId: string;
  private readonly rolePath: string;

  constructor({ topicArn, policyArn, rolePath }: Pick<SweepSettings, "topicArn" | "policyArn" | "rolePath">) {
    const { partition = "", region = "", accountId = "" } = parseArn(topicArn) ?? {};
    this.region = region;
    this.partition = partition;
    this.accountId = accountId;
    this.quarantinePolicy = policyArn;
    this.rolePath = rolePath;
  }

  readonly quarantinePolicy: string;

  get defaultBus(): string {
    return this.regional("events", "event-bus/default");
  }

  topic(name: string): string {
    return this.regional("sns", name);
  }

  queue(name: string): string {
    return this.regional("sqs", name);
  }

  function(name: string): string {
    return this.regional("lambda", `function:${name}`);
  }

  /** A role that the stack deploys. */
  role(name: string): string {
    return `arn:${this.partition}:iam::${this.accountId}:role${this.rolePath}${name}`;
  }

  private regional(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}
