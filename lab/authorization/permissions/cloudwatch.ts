import {
  optionalText,
  onArn,
  regionalArn,
  UnknownResourceError,
  type PermissionInput,
  type Permission,
} from "./permission";

/** Permissions of CloudWatch requests about alarms, metrics and dashboards. */
export function cloudwatchPermissions(input: PermissionInput): readonly Permission[] {
  const { action, params } = input.request;
  const name = `cloudwatch:${action}`;
  if (/[Tt]ag/.test(action)) {
    return [onArn(input, name, optionalText(input, "ResourceARN") ?? "*")];
  }
  if (/^(GetMetricData|GetMetricStatistics|ListMetrics|PutMetricData)$/.test(action)) {
    return [onArn(input, name, "*")];
  }
  if (/Dashboard/.test(action)) {
    const given = [params["DashboardNames"] ?? params["DashboardName"] ?? []].flat().map(String);
    // The ARN of a dashboard has no Region (Service Authorization Reference, "Amazon CloudWatch").
    const arn = (dashboard: string) => `arn:aws:cloudwatch::${input.home.accountId}:dashboard/${dashboard}`;
    return given.length === 0
      ? [onArn(input, name, "*")]
      : given.map((dashboard) => onArn(input, name, arn(dashboard)));
  }
  if (!/Alarm/.test(action)) {
    throw new UnknownResourceError(input.request);
  }
  const given = params["AlarmNames"] ?? params["AlarmName"];
  const alarms = (Array.isArray(given) ? given : [given]).filter((alarm) => typeof alarm === "string");
  const actions = params["AlarmActions"];
  const context = Array.isArray(actions) ? { "cloudwatch:AlarmActions": actions.map(String) } : undefined;
  // A listing without names is one of all alarms.
  const named = alarms.length === 0 ? ["*"] : alarms;
  return named.map((alarm) =>
    onArn(input, name, regionalArn(input, "cloudwatch", `alarm:${alarm}`), context),
  );
}
