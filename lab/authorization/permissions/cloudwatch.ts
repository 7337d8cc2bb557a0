import {
  optionalText,
  onArn,
  regionalArn,
  UnknownPermissionError,
  type Asked,
  type Permission,
} from "./permission";

/** Permissions of CloudWatch requests, as far as they are about alarms and metrics. */
export function cloudwatchPermissions(asked: Asked): readonly Permission[] {
  const { action, params } = asked.request;
  const name = `cloudwatch:${action}`;
  if (/Tag/.test(action)) {
    return [onArn(asked, name, optionalText(asked, "ResourceARN") ?? "*")];
  }
  if (/^(GetMetricData|ListMetrics|PutMetricData)$/.test(action)) {
    return [onArn(asked, name, "*")];
  }
  if (!/Alarm/.test(action)) {
    throw new UnknownPermissionError(asked.request, "it is not known which resource it works on");
  }
  const given = params["AlarmNames"] ?? params["AlarmName"];
  const alarms = (Array.isArray(given) ? given : [given]).filter((alarm) => typeof alarm === "string");
  const actions = params["AlarmActions"];
  const context = Array.isArray(actions) ? { "cloudwatch:AlarmActions": actions.map(String) } : undefined;
  // A listing that names no alarm is one of all alarms.
  const named = alarms.length === 0 ? ["*"] : alarms;
  return named.map((alarm) =>
    onArn(asked, name, regionalArn(asked, "cloudwatch", `alarm:${alarm}`), context),
  );
}
