import type { Exchange } from "../../exchange/messages";
import { unknownOperation } from "../../exchange/unknown-operation";
import { actionFacts } from "./action-facts";
import { cloudwatchPermissions } from "./cloudwatch";
import { eventsPermissions } from "./events";
import { iamPermissions } from "./iam";
import { kmsPermissions } from "./kms";
import { lambdaPermissions } from "./lambda";
import { logsPermissions } from "./logs";
import { organizationsPermissions } from "./organizations";
import {
  UnknownResourceError,
  type PermissionInput,
  type Permission,
  type PermissionReader,
  type ResourceNames,
} from "./permission";
import { S3_ACTIONS, s3Permissions } from "./s3";
import { snsPermissions } from "./sns";
import { sqsPermissions } from "./sqs";
import { stsPermissions } from "./sts";

interface Service {
  /** Prefix of its actions in policies. @default - its signing name */
  readonly prefix?: string;
  /** Finds the resources of its requests. @default - every request is about `*` */
  readonly read?: PermissionReader;
  /** Actions that have another name in policies. */
  readonly renamed?: Readonly<Record<string, string>>;
}

/** By signing name. */
const SERVICES: Readonly<Record<string, Service>> = {
  events: { read: eventsPermissions },
  iam: { read: iamPermissions },
  kms: { read: kmsPermissions },
  lambda: { read: lambdaPermissions, renamed: { Invoke: "InvokeFunction" } },
  logs: { read: logsPermissions },
  monitoring: { prefix: "cloudwatch", read: cloudwatchPermissions },
  organizations: { read: organizationsPermissions },
  s3: { read: s3Permissions, renamed: S3_ACTIONS },
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
  dynamodb: { renamed: { TransactGetItems: "GetItem", TransactWriteItems: "PutItem" } },
};

/**
 * All permissions that a request needs. Without a model of its resource it needs the permission for its
 * action on `*`.
 *
 * @throws AwsError for an operation that no permission of AWS is about: no service has it.
 */
export async function permissionsOf(
  { request, principal, accountId }: Exchange,
  names: ResourceNames,
): Promise<readonly Permission[]> {
  const { prefix = request.service, read, renamed }: Service = SERVICES[request.service] ?? {};
  // API Gateway's permissions are those on its HTTP methods.
  const operation = request.service === "apigateway" ? request.method : request.action;
  const action = `${prefix}:${renamed?.[operation] ?? operation}`;
  const facts = request.action === "" ? undefined : await actionFacts(action);
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
