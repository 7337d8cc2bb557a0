import type { AwsRequest, Exchange } from "../../exchange/messages";
import { unknownOperation } from "../../exchange/unknown-operation";
import { actionFacts } from "./action-facts";
import { cloudwatchPermissions } from "./cloudwatch";
import { DYNAMODB_ACTIONS } from "./dynamodb";
import { eventsPermissions } from "./events";
import { iamPermissions } from "./iam";
import { kmsPermissions } from "./kms";
import { lambdaPermissions } from "./lambda";
import { logsPermissions } from "./logs";
import { organizationsPermissions } from "./organizations";
import {
  UNNAMED,
  UnknownResourceError,
  type PermissionInput,
  type Permission,
  type PermissionReader,
  type Renaming,
  type ResourceNames,
} from "./permission";
import { S3_ACTIONS, S3_CONTROL_ACTIONS, s3Permissions } from "./s3";
import { securityHubPermissions } from "./securityhub";
import { snsPermissions } from "./sns";
import { sqsPermissions } from "./sqs";
import { stsPermissions } from "./sts";
import { taggingAction } from "./tags-on-create";

interface Service {
  /** Prefix of its actions in policies. @default - its signing name */
  readonly prefix?: string;
  /** Finds the resources of its requests. @default - every request is about `*` */
  readonly read?: PermissionReader;
  /** Operations whose permissions have other names. */
  readonly renamed?: Readonly<Record<string, Renaming>>;
}

/** By signing name. Names are those of the Service Authorization Reference. */
const SERVICES: Readonly<Record<string, Service>> = {
  bedrock: {
    renamed: {
      Converse: "InvokeModel",
      ConverseStream: "InvokeModelWithResponseStream",
      StartAsyncInvoke: "InvokeModel",
    },
  },
  budgets: {
    renamed: {
      CreateBudget: "ModifyBudget",
      CreateNotification: "ModifyBudget",
      CreateSubscriber: "ModifyBudget",
      DeleteBudget: "ModifyBudget",
      DeleteNotification: "ModifyBudget",
      DeleteSubscriber: "ModifyBudget",
      DescribeBudget: "ViewBudget",
      DescribeBudgetNotificationsForAccount: "ViewBudget",
      DescribeBudgetPerformanceHistory: "ViewBudget",
      DescribeBudgets: "ViewBudget",
      DescribeNotificationsForBudget: "ViewBudget",
      DescribeSubscribersForNotification: "ViewBudget",
      UpdateBudget: "ModifyBudget",
      UpdateNotification: "ModifyBudget",
      UpdateSubscriber: "ModifyBudget",
    },
  },
  cloudfront: { renamed: { CreateDistributionWithTags: ["CreateDistribution", "TagResource"] } },
  dynamodb: { renamed: DYNAMODB_ACTIONS },
  events: { read: eventsPermissions },
  "execute-api": {
    renamed: {
      DeleteConnection: "ManageConnections",
      GetConnection: "ManageConnections",
      PostToConnection: "ManageConnections",
    },
  },
  iam: { read: iamPermissions },
  iotdata: { prefix: "iot" },
  kms: { read: kmsPermissions, renamed: { ReEncrypt: ["ReEncryptFrom", "ReEncryptTo"] } },
  lambda: {
    read: lambdaPermissions,
    renamed: {
      GetLayerVersionByArn: "GetLayerVersion",
      Invoke: "InvokeFunction",
      InvokeWithResponseStream: "InvokeFunction",
    },
  },
  logs: { read: logsPermissions },
  monitoring: { prefix: "cloudwatch", read: cloudwatchPermissions },
  organizations: { read: organizationsPermissions },
  s3: { read: s3Permissions, renamed: S3_ACTIONS },
  s3control: { prefix: "s3", renamed: S3_CONTROL_ACTIONS },
  securityhub: { read: securityHubPermissions },
  sns: { read: snsPermissions, renamed: { PublishBatch: "Publish" } },
  sqs: {
    read: sqsPermissions,
    renamed: {
      ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
      DeleteMessageBatch: "DeleteMessage",
      SendMessageBatch: "SendMessage",
    },
  },
  sts: { read: stsPermissions },
  tagging: { prefix: "tag" },
  timestream: { renamed: { Query: "Select" } },
};

/**
 * All permissions that a request needs. Without a model of its resource it needs the permission for its
 * action on `*`.
 *
 * @throws AwsError for an operation that no permission of AWS is about: no service has it.
 */
export async function permissionsOf(
  exchange: Exchange,
  names: ResourceNames,
): Promise<readonly Permission[]> {
  const { request } = exchange;
  const service: Service = SERVICES[serviceOf(request)] ?? {};
  const needed = actionsOf(request, service).map((action) =>
    permissionsFor(`${service.prefix ?? request.service}:${action}`, service.read, exchange, names),
  );
  const permissions = (await Promise.all(needed)).flat();
  const tagging = taggingAction(request);
  return tagging === undefined ? permissions : [...permissions, taggingOf(permissions, tagging, request)];
}

/** The permission to tag what a request makes. */
function taggingOf(
  [creation]: readonly Permission[],
  action: string,
  { service, region }: AwsRequest,
): Permission {
  const { resourceArn = "*", accountId = "" } = creation ?? {};
  switch (service) {
    case "kms":
      // "... a permission that isn't restricted to particular KMS keys": the new one's ARN is not known yet.
      return {
        action,
        accountId,
        resourceArn: `arn:aws:kms:${region}:${accountId}:key/${UNNAMED}`,
      };
    case "logs":
      // Policies name a log group without `:*` for actions on tags: see logs.ts.
      return { action, accountId, resourceArn: resourceArn.replace(/:log-stream:$/, "") };
    default:
      return { action, accountId, resourceArn };
  }
}

/** S3's API for accounts, S3 Control, has operations of the same names. */
function serviceOf({ service, url }: AwsRequest): string {
  return service === "s3" && url.startsWith("/v20180820/") ? "s3control" : service;
}

function actionsOf(request: AwsRequest, { renamed }: Service): readonly string[] {
  if (request.action === "") {
    throw unknownOperation(request);
  }
  // API Gateway's permissions are those on its HTTP methods.
  const operation = request.service === "apigateway" ? request.method : request.action;
  const renaming = renamed?.[operation] ?? operation;
  return [typeof renaming === "function" ? renaming(request.params) : renaming].flat();
}

async function permissionsFor(
  action: string,
  read: PermissionReader | undefined,
  { request, principal, accountId }: Exchange,
  names: ResourceNames,
): Promise<readonly Permission[]> {
  const facts = await actionFacts(action);
  if (facts === undefined) {
    throw unknownOperation(request);
  }
  const input: PermissionInput = {
    request: { ...request, action: action.slice(action.indexOf(":") + 1) },
    principal,
    home: { accountId, region: request.region },
  };
  const onEverything = [{ action, resourceArn: "*", accountId }];
  if (facts.onEverything || read === undefined) {
    return onEverything;
  }
  try {
    const permissions = await read(input, names);
    return permissions.length === 0 ? onEverything : permissions;
  } catch (error) {
    if (error instanceof UnknownResourceError) {
      return onEverything;
    }
    throw error;
  }
}
