import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { Construct } from "constructs";
import { NAMES, type AccountNames } from "../names";
import { auditLogPolicy } from "../policies/security-bus";

export interface AuditLogProps {
  readonly names: AccountNames;
  readonly retentionDays: number;
}

/** The log group that keeps every forwarded event, writable by EventBridge alone. */
export class AuditLog extends Construct {
  readonly group: CloudwatchLogGroup;
  /** Without it EventBridge may not write. */
  readonly policy: CloudwatchLogResourcePolicy;

  constructor(scope: Construct, id: string, { names, retentionDays }: AuditLogProps) {
    super(scope, id);
    this.group = new CloudwatchLogGroup(this, "group", {
      name: NAMES.auditLog,
      retentionInDays: retentionDays,
    });
    this.policy = new CloudwatchLogResourcePolicy(this, "policy", {
      policyName: NAMES.auditLogPolicy,
      policyDocument: JSON.stringify(auditLogPolicy(names)),
    });
  }
}
