import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

type Block = Record<string, unknown>;

interface StackFile {
  provider: { aws: { default_tags: { tags: Record<string, string> }[] }[] };
  resource: Record<string, Record<string, Block>>;
}

const OLD = "as the release before had it";

/** A policy document with one more statement, which changes nothing. */
const otherPolicy = (key: string) => (block: Block) => {
  const document = JSON.parse(String(block[key])) as { Statement: { Sid: string }[] };
  const [first] = document.Statement;
  block[key] = JSON.stringify({
    ...document,
    Statement: [...document.Statement, { ...first, Sid: `${first?.Sid ?? ""}Old` }],
  });
};
const other = (key: string, value: unknown) => (block: Block) => {
  block[key] = value;
};

/** For each type of resource, what an upgrade changes in place; undefined where it can only be replaced. */
const CHANGES: Readonly<Record<string, ((block: Block) => void) | undefined>> = {
  aws_cloudwatch_dashboard: other("dashboard_body", JSON.stringify({ widgets: [] })),
  aws_cloudwatch_event_api_destination: other("description", OLD),
  aws_cloudwatch_event_archive: other("description", OLD),
  aws_cloudwatch_event_bus: undefined,
  aws_cloudwatch_event_bus_policy: otherPolicy("policy"),
  aws_cloudwatch_event_rule: other("description", OLD),
  aws_cloudwatch_event_target: other("retry_policy", {
    maximum_event_age_in_seconds: 3_600,
    maximum_retry_attempts: 7,
  }),
  aws_cloudwatch_log_group: other("retention_in_days", 1),
  // moto keeps the pattern of a filter that is put again.
  aws_cloudwatch_log_metric_filter: undefined,
  aws_cloudwatch_log_resource_policy: otherPolicy("policy_document"),
  aws_cloudwatch_metric_alarm: other("alarm_description", OLD),
  aws_iam_policy: otherPolicy("policy"),
  aws_iam_role: (block) => {
    other("description", OLD)(block);
    otherPolicy("assume_role_policy")(block);
  },
  aws_iam_role_policy: otherPolicy("policy"),
  aws_kms_alias: undefined,
  aws_kms_key: (block) => {
    other("description", OLD)(block);
    otherPolicy("policy")(block);
  },
  aws_lambda_function: other("description", OLD),
  aws_lambda_function_event_invoke_config: other("maximum_retry_attempts", 1),
  aws_lambda_permission: undefined,
  aws_organizations_policy: other("description", OLD),
  aws_organizations_policy_attachment: undefined,
  aws_sns_topic: other("display_name", "old"),
  aws_sns_topic_policy: otherPolicy("policy"),
  aws_sns_topic_subscription: (block) => {
    if (block["filter_policy"] !== undefined) {
      other("filter_policy", JSON.stringify({ old: ["never"] }))(block);
    }
  },
  aws_sqs_queue: other("message_retention_seconds", 60),
  aws_sqs_queue_policy: otherPolicy("policy"),
};

/**
 * Makes of a synthesized stack one that another release could have written: every attribute that an upgrade
 * changes in place is another one, and every tag.
 *
 * @param folder Folder of the stack.
 * @throws Error for a type of resource that has no entry.
 */
export function asReleaseBefore(folder: string): void {
  const file = path.join(folder, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as StackFile;
  stack.provider.aws.forEach(({ default_tags }) =>
    default_tags.forEach(({ tags }) => Object.assign(tags, { Release: "before" })),
  );
  for (const [type, blocks] of Object.entries(stack.resource)) {
    if (!(type in CHANGES)) {
      throw new Error(`expected an entry for ${type}`);
    }
    Object.values(blocks).forEach((block) => CHANGES[type]?.(block));
  }
  writeFileSync(file, JSON.stringify(stack));
}
