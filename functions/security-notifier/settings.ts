import { NOTIFIER_ENV } from "../contract";
import { parseArn } from "../shared/arn";
import { SettingsError } from "../shared/errors";

/** Where the notifier publishes. */
export interface Settings {
  /** ARN of the security account's topic `security-alerts`. */
  readonly topicArn: string;
  /** Partition of {@link topicArn}: `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
}

/**
 * Reads the settings from the environment that the security account's stack writes.
 * @throws SettingsError naming the bad variable
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const topicArn = env[NOTIFIER_ENV.topicArn] ?? "";
  const arn = parseArn(topicArn);
  if (arn?.service !== "sns") {
    const got = topicArn === "" ? "nothing" : topicArn;
    throw new SettingsError("security-notifier", [
      `${NOTIFIER_ENV.topicArn}: expected the ARN of a topic, got ${got}`,
    ]);
  }
  return { topicArn, partition: arn.partition };
}
