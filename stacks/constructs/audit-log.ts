import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { Construct } from "constructs";
import { METRIC_NAMESPACE } from "../../functions/shared/metric-line";
import type { AuditMetric } from "../audit-metrics";
import { NAMES, type AccountNames } from "../names";
import { auditLogPolicy } from "../policies/security-bus";

export interface AuditLogProps {
  readonly names: AccountNames;
  readonly retentionDays: number;
  /** Metric filters. */
  readonly metrics: readonly AuditMetric[];
}

/**
 * The log group that keeps every forwarded event, with its metric filters. Only EventBridge may write to it.
 */
export class AuditLog extends Construct {
  readonly group: CloudwatchLogGroup;
  /** Allows EventBridge to write. */
  readonly policy: CloudwatchLogResourcePolicy;

  constructor(scope: Construct, id: string, { names, retentionDays, metrics }: AuditLogProps) {
    super(scope, id);
    this.group = new CloudwatchLogGroup(this, "group", {
      name: NAMES.auditLog,
      retentionInDays: retentionDays,
    });
    this.policy = new CloudwatchLogResourcePolicy(this, "policy", {
      policyName: NAMES.auditLogPolicy,
      policyDocument: JSON.stringify(auditLogPolicy(names)),
    });
    for (const { id: metricId, name, pattern, value = "1", unit = "Count", dimension } of metrics) {
      new CloudwatchLogMetricFilter(this, metricId, {
        name: `${NAMES.bus}-${metricId}`,
        logGroupName: this.group.name,
        pattern,
        metricTransformation: {
          ...{ name, namespace: METRIC_NAMESPACE, value, unit },
          ...(dimension !== undefined && { dimensions: { [dimension.name]: dimension.selector } }),
        },
      });
    }
  }
}
