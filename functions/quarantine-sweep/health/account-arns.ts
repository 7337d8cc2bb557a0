import { parseArn } from "../../shared/arn";
import type { SweepSettings } from "../settings";

/** ARNs of the account's parts. Partition, Region and account are those of its topic in the environment. */
export class AccountArns {
  readonly region: string;
  private readonly partition: string;
  private readonly accountId: string;

  constructor({ topicArn, policyArn }: Pick<SweepSettings, "topicArn" | "policyArn">) {
    const { partition = "", region = "", accountId = "" } = parseArn(topicArn) ?? {};
    this.region = region;
    this.partition = partition;
    this.accountId = accountId;
    this.quarantinePolicy = policyArn;
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

  role(name: string): string {
    return `arn:${this.partition}:iam::${this.accountId}:role/${name}`;
  }

  private regional(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}
