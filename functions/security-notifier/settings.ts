import { CHANNELS, NOTIFIER_ENV, type ChannelSettings } from "../contract";
import { dashboardLink } from "../shared/alert/guidance";
import { parseArn } from "../shared/arn";
import { SettingsError } from "../shared/errors";
import { parseObject } from "../shared/json";
import { oneOf } from "./read-outcome";

/** Where the notifier publishes, and what it looks at before. */
export interface Settings {
  /** ARN of the security account's topic `security-alerts`. */
  readonly topicArn: string;
  /** Partition of {@link topicArn}: `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
  /** Account of {@link topicArn}, the security account: 12 digits. */
  readonly accountId: string;
  /** Role in every account whose changes are a rollout's: its name, with its path if it has one. */
  readonly deploymentRole: string;
  /** Path of the roles that this project deploys, from `/` to `/`. @default / */
  readonly rolePath: string;
  /** Name of the log group that keeps every forwarded event. */
  readonly auditLog: string;
  /** Address of the dashboard in the console; absent when there is none. */
  readonly dashboardLink?: string;
  /** @default - mail */
  readonly channel: ChannelSettings | undefined;
}

/**
 * Reads the settings from the environment that the security account's stack writes.
 * @throws SettingsError naming every bad variable
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const topicArn = env[NOTIFIER_ENV.topicArn] ?? "";
  const arn = parseArn(topicArn);
  if (arn?.service !== "sns") {
    problems.push(`${NOTIFIER_ENV.topicArn}: expected the ARN of a topic, got ${topicArn || "nothing"}`);
  }
  const text = (key: string, expected: string): string => {
    const value = env[key] ?? "";
    if (value === "") {
      problems.push(`${key}: expected ${expected}, got nothing`);
    }
    return value;
  };
  const deploymentRole = text(NOTIFIER_ENV.deploymentRole, "the name of a role");
  const auditLog = text(NOTIFIER_ENV.auditLog, "the name of a log group");
  const dashboard = env[NOTIFIER_ENV.dashboard] ?? "";
  const link = dashboard === "" || !arn ? undefined : dashboardLink(dashboard, arn.region, arn.partition);
  const channel = readChannel(env[NOTIFIER_ENV.channel] ?? "");
  if (channel === "unreadable") {
    problems.push(`${NOTIFIER_ENV.channel}: expected JSON that names one of ${CHANNELS.join(", ")}`);
  }
  if (problems.length > 0 || channel === "unreadable") {
    throw new SettingsError("security-notifier", problems);
  }
  return {
    topicArn,
    partition: arn?.partition ?? "",
    accountId: arn?.accountId ?? "",
    deploymentRole,
    rolePath: env[NOTIFIER_ENV.rolePath] || "/",
    auditLog,
    ...(link !== undefined && { dashboardLink: link }),
    channel,
  };
}

/** The stack has checked what is in it; whether it is that at all is checked here. */
function readChannel(json: string): ChannelSettings | undefined | "unreadable" {
  if (json === "") {
    return undefined;
  }
  const value = parseObject(json);
  return oneOf(CHANNELS, value["channel"]) === undefined
    ? "unreadable"
    : (value as unknown as ChannelSettings);
}
