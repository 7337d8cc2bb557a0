import { CloudwatchEventArchive } from "@cdktf/provider-aws/lib/cloudwatch-event-archive";
import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { CloudwatchEventBusPolicy } from "@cdktf/provider-aws/lib/cloudwatch-event-bus-policy";
import { Construct } from "constructs";
import { NAMES, type AccountNames } from "../names";
import { securityBusPolicy } from "../policies/security-bus";

export interface SecurityBusProps {
  readonly names: AccountNames;
  readonly organizationId: string;
  /** Days that events can be replayed. */
  readonly archiveRetentionDays: number;
}

/** The bus `security-events` on which all accounts of the organization put their events, and its archive. */
export class SecurityBus extends Construct {
  readonly bus: CloudwatchEventBus;

  constructor(
    scope: Construct,
    id: string,
    { names, organizationId, archiveRetentionDays }: SecurityBusProps,
  ) {
    super(scope, id);
    this.bus = new CloudwatchEventBus(this, "bus", { name: NAMES.bus });
    new CloudwatchEventBusPolicy(this, "policy", {
      eventBusName: this.bus.name,
      policy: JSON.stringify(securityBusPolicy(names, organizationId)),
    });
    new CloudwatchEventArchive(this, "archive", {
      name: NAMES.archive,
      description: "Everything that target accounts forwarded",
      eventSourceArn: this.bus.arn,
      retentionDays: archiveRetentionDays,
    });
  }
}
