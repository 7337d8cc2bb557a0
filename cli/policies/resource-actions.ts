import type { Condition } from "../../stacks/policies/document";
import { arnOf, policyTargetArn } from "./resource-arn";
import type { StackBlock } from "./stack-block";

/** Calls of Terraform's provider for resources of one type, on one kind of ARN. */
export interface ResourceActions {
  /** Calls of a refresh, with which every plan begins. */
  readonly reads?: readonly string[];
  /** Calls that create, change and delete them. */
  readonly writes?: readonly string[];
  readonly on: (block: StackBlock) => string | readonly string[];
  readonly when?: (block: StackBlock) => Condition | undefined;
}

/** For actions that have no type of resource (Service Authorization Reference). */
const everything = (): string => "*";

/** The tag that every resource of the stacks has from its creation on. */
const makesTagged = ({ place }: StackBlock): Condition => ({
  StringEquals: { "aws:RequestTag/ManagedBy": place.managedBy },
});
const isTagged = ({ place }: StackBlock): Condition => ({
  StringEquals: { "aws:ResourceTag/ManagedBy": place.managedBy },
});

const passedTo = (service: string): Condition => ({ StringEquals: { "iam:PassedToService": service } });

/** If the role has a permissions boundary, a role cannot be created, or get permissions, without it. */
function keepsBoundary(role: StackBlock): Condition | undefined {
  const boundary = role.optional("permissions_boundary");
  return boundary === undefined ? undefined : { StringEquals: { "iam:PermissionsBoundary": boundary } };
}

/**
 * By type of resource. These are the calls of the AWS provider 5.100.0 in the lab; in the source of 6.x,
 * those of functions, log groups, buses, queues, keys and service control policies are the same. A test fails
 * for a type that the stacks use and that is not here, and for an action that the lab's rollout, upgrade and
 * retirement do not use.
 */
export const RESOURCE_ACTIONS: Readonly<Record<string, readonly ResourceActions[]>> = {
  aws_cloudwatch_dashboard: [
    {
      reads: ["cloudwatch:GetDashboard"],
      writes: ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"],
      on: arnOf,
    },
  ],
  aws_cloudwatch_event_api_destination: [
    {
      reads: ["events:DescribeApiDestination"],
      writes: ["events:CreateApiDestination", "events:UpdateApiDestination", "events:DeleteApiDestination"],
      on: arnOf,
    },
    { writes: ["events:CreateApiDestination"], on: (block) => block.text("connection_arn") },
  ],
  aws_cloudwatch_event_archive: [
    {
      reads: ["events:DescribeArchive"],
      writes: ["events:CreateArchive", "events:UpdateArchive", "events:DeleteArchive"],
      on: arnOf,
    },
    { writes: ["events:CreateArchive"], on: (block) => arnOf(block.referred("event_source_arn")) },
  ],
  aws_cloudwatch_event_bus: [
    {
      reads: ["events:DescribeEventBus", "events:ListTagsForResource"],
      writes: [
        "events:CreateEventBus",
        "events:DeleteEventBus",
        "events:TagResource",
        "events:UntagResource",
      ],
      on: arnOf,
    },
  ],
  aws_cloudwatch_event_bus_policy: [
    { reads: ["events:DescribeEventBus"], on: (block) => arnOf(block.referred("event_bus_name")) },
    { writes: ["events:PutPermission", "events:RemovePermission"], on: everything },
  ],
  aws_cloudwatch_event_rule: [
    {
      reads: ["events:DescribeRule", "events:ListTagsForResource"],
      writes: ["events:PutRule", "events:DeleteRule", "events:TagResource", "events:UntagResource"],
      on: arnOf,
    },
  ],
  aws_cloudwatch_event_target: [
    {
      reads: ["events:ListTargetsByRule"],
      writes: ["events:PutTargets", "events:RemoveTargets"],
      on: (block) => arnOf(block.referred("rule")),
    },
    {
      writes: ["iam:PassRole"],
      on: (block) => (block.has("role_arn") ? arnOf(block.referred("role_arn")) : []),
      when: () => passedTo("events.amazonaws.com"),
    },
  ],
  aws_cloudwatch_log_group: [
    { reads: ["logs:DescribeLogGroups"], on: everything },
    {
      writes: ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"],
      on: (block) => `${arnOf(block)}:*`,
    },
    {
      // Policies name the group without `:*` for actions on tags (CloudWatch Logs guide, "Overview of
      // managing access permissions").
      reads: ["logs:ListTagsForResource"],
      writes: ["logs:TagResource", "logs:UntagResource"],
      on: arnOf,
    },
  ],
  aws_cloudwatch_log_metric_filter: [
    {
      reads: ["logs:DescribeMetricFilters"],
      writes: ["logs:PutMetricFilter", "logs:DeleteMetricFilter"],
      on: (block) => `${arnOf(block.referred("log_group_name"))}:*`,
    },
  ],
  aws_cloudwatch_log_resource_policy: [
    {
      reads: ["logs:DescribeResourcePolicies"],
      writes: ["logs:PutResourcePolicy", "logs:DeleteResourcePolicy"],
      on: everything,
    },
  ],
  aws_cloudwatch_metric_alarm: [
    {
      reads: ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
      writes: [
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:DeleteAlarms",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      on: arnOf,
    },
  ],
  aws_iam_policy: [
    {
      reads: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      writes: [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:ListPolicyVersions",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ],
      on: arnOf,
    },
  ],
  aws_iam_role: [
    {
      reads: ["iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
      writes: [
        "iam:DeleteRole",
        "iam:ListInstanceProfilesForRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRoleDescription",
      ],
      on: arnOf,
    },
    { writes: ["iam:CreateRole"], on: arnOf, when: keepsBoundary },
    {
      writes: ["iam:PutRolePermissionsBoundary"],
      on: (block) => (block.has("permissions_boundary") ? arnOf(block) : []),
      when: keepsBoundary,
    },
  ],
  aws_iam_role_policy: [
    {
      reads: ["iam:GetRolePolicy"],
      writes: ["iam:DeleteRolePolicy"],
      on: (block) => arnOf(block.referred("role")),
    },
    {
      writes: ["iam:PutRolePolicy"],
      on: (block) => arnOf(block.referred("role")),
      when: (block) => keepsBoundary(block.referred("role")),
    },
  ],
  aws_kms_alias: [
    { reads: ["kms:ListAliases"], on: everything },
    {
      // Each needs the permission on the alias and on its key (KMS guide, "Controlling access to aliases").
      writes: ["kms:CreateAlias", "kms:DeleteAlias"],
      on: (block) => [arnOf(block), arnOf(block.referred("target_key_id"))],
    },
  ],
  aws_kms_key: [
    // AWS chooses the id of a key, so no policy can name it in advance. The tag exists from its creation on.
    {
      reads: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
      // Not by the tag: "It might take up to five minutes for tag and alias changes to affect KMS key
      // authorization" (KMS guide, "ABAC for AWS KMS"), and these two come right after CreateKey.
      writes: ["kms:EnableKeyRotation"],
      on: arnOf,
    },
    { writes: ["kms:CreateKey"], on: everything, when: makesTagged },
    // To tag a new key, the permission may not be "restricted to particular KMS keys" (KMS guide,
    // "Controlling access to tags").
    { writes: ["kms:TagResource"], on: arnOf, when: makesTagged },
    {
      writes: [
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
      ],
      on: arnOf,
      when: isTagged,
    },
  ],
  aws_lambda_function: [
    {
      reads: ["lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:ListVersionsByFunction"],
      writes: [
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
      ],
      on: arnOf,
    },
    {
      writes: ["lambda:DeleteFunctionConcurrency", "lambda:PutFunctionConcurrency"],
      on: (block) => (block.has("reserved_concurrent_executions") ? arnOf(block) : []),
    },
    {
      writes: ["iam:PassRole"],
      on: (block) => arnOf(block.referred("role")),
      when: () => passedTo("lambda.amazonaws.com"),
    },
  ],
  aws_lambda_function_event_invoke_config: [
    {
      reads: ["lambda:GetFunctionEventInvokeConfig"],
      writes: ["lambda:DeleteFunctionEventInvokeConfig", "lambda:PutFunctionEventInvokeConfig"],
      on: (block) => arnOf(block.referred("function_name")),
    },
  ],
  aws_lambda_permission: [
    {
      reads: ["lambda:GetPolicy"],
      writes: ["lambda:AddPermission", "lambda:RemovePermission"],
      on: (block) => arnOf(block.referred("function_name")),
    },
  ],
  aws_organizations_policy: [
    {
      reads: ["organizations:DescribePolicy", "organizations:ListTagsForResource"],
      writes: [
        "organizations:CreatePolicy",
        "organizations:DeletePolicy",
        "organizations:TagResource",
        "organizations:UntagResource",
        "organizations:UpdatePolicy",
      ],
      on: arnOf,
    },
  ],
  aws_organizations_policy_attachment: [
    {
      reads: ["organizations:ListTargetsForPolicy"],
      on: (block) => arnOf(block.referred("policy_id")),
    },
    {
      writes: ["organizations:AttachPolicy", "organizations:DetachPolicy"],
      on: (block) => [arnOf(block.referred("policy_id")), policyTargetArn(block)],
    },
  ],
  aws_sns_topic: [
    {
      reads: ["sns:GetTopicAttributes", "sns:ListTagsForResource"],
      writes: [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetTopicAttributes",
        "sns:TagResource",
        "sns:UntagResource",
      ],
      on: arnOf,
    },
  ],
  aws_sns_topic_policy: [
    {
      reads: ["sns:GetTopicAttributes"],
      writes: ["sns:SetTopicAttributes"],
      on: (block) => arnOf(block.referred("arn")),
    },
  ],
  aws_sns_topic_subscription: [
    {
      // The topic: error messages name it as the resource.
      reads: ["sns:GetSubscriptionAttributes"],
      writes: ["sns:Subscribe", "sns:Unsubscribe"],
      on: (block) => arnOf(block.referred("topic_arn")),
    },
    {
      writes: ["sns:SetSubscriptionAttributes"],
      on: (block) => (block.has("filter_policy") ? arnOf(block.referred("topic_arn")) : []),
    },
  ],
  aws_sqs_queue: [
    {
      reads: ["sqs:GetQueueAttributes", "sqs:ListQueueTags"],
      writes: [
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
      ],
      on: arnOf,
    },
  ],
  aws_sqs_queue_policy: [
    {
      reads: ["sqs:GetQueueAttributes"],
      writes: ["sqs:SetQueueAttributes"],
      on: (block) => arnOf(block.referred("queue_url")),
    },
  ],
};
