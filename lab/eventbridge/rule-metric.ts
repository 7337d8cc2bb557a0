import type { Metric } from "../cloudwatch/metrics";
import type { Addressed } from "./deliver";

/** A metric of EventBridge guide, "EventBridge metrics". */
type RuleMetricName =
  | "FailedInvocations"
  | "InvocationAttempts"
  | "Invocations"
  | "InvocationsFailedToBeSentToDlq"
  | "InvocationsSentToDlq"
  | "MatchedEvents"
  | "TriggeredRules";

/** A metric of a rule. Rules of the default bus are named without it. */
export function ruleMetric({ bus, rule }: Pick<Addressed, "bus" | "rule">, name: RuleMetricName): Metric {
  const { accountId, region } = bus;
  const dimensions = {
    RuleName: rule.name,
    ...(bus.name === "default" ? {} : { EventBusName: bus.name }),
  };
  return { home: { accountId, region }, namespace: "AWS/Events", name, dimensions };
}
