import type { Exchange } from "../../exchange/messages";
import { actionFacts } from "./action-facts";
import { cloudwatchPermissions } from "./cloudwatch";
import { eventsPermissions } from "./events";
import { iamPermissions } from "./iam";
import { kmsPermissions } from "./kms";
import { lambdaPermissions } from "./lambda";
import { logsPermissions } from "./logs";
import { organizationsPermissions } from "./organizations";
import {
  UnknownPermissionError,
  type PermissionInput,
  type Permission,
  type PermissionReader,
  type ResourceNames,
} from "./permission";
import { s3Permissions } from "./s3";
import { snsPermissions } from "./sns";
import { sqsPermissions } from "./sqs";
import { stsPermissions } from "./sts";

interface Service {
  /** Prefix of its actions in policies. */
  readonly prefix: string;
  readonly read: PermissionReader;
  /** Actions that have another name in policies. */
  readonly renamed?: Readonly<Record<string, string>>;
}

/** By signing name. */
const SERVICES: Readonly<Record<string, Service>> = {
  events: { prefix: "events", read: eventsPermissions },
  iam: { prefix: "iam", read: iamPermissions },
  kms: { prefix: "kms", read: kmsPermissions },
  lambda: { prefix: "lambda", read: lambdaPermissions, renamed: { Invoke: "InvokeFunction" } },
  logs: { prefix: "logs", read: logsPermissions },
  monitoring: { prefix: "cloudwatch", read: cloudwatchPermissions },
  organizations: { prefix: "organizations", read: organizationsPermissions },
  s3: {
    prefix: "s3",
    read: s3Permissions,
    renamed: { HeadBucket: "ListBucket", HeadObject: "GetObject", ListObjectsV2: "ListBucket" },
  },
  sns: { prefix: "sns", read: snsPermissions, renamed: { PublishBatch: "Publish" } },
  sqs: {
    prefix: "sqs",
    read: sqsPermissions,
    renamed: {
      ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
      DeleteMessageBatch: "DeleteMessage",
      SendMessageBatch: "SendMessage",
    },
  },
  sts: { prefix: "sts", read: stsPermissions },
};

/**
 * All permissions that a request needs.
 *
 * @throws UnknownPermissionError for a request that the lab does not know.
 */
export async function permissionsOf(
  { request, principal, accountId }: Exchange,
  names: ResourceNames,
): Promise<readonly Permission[]> {
  const service = SERVICES[request.service];
  if (service === undefined) {
    throw new UnknownPermissionError(request, "the lab does not know the service");
  }
  if (request.action === "") {
    throw new UnknownPermissionError(request, "the lab does not know the path");
  }
  if (request.protocol === "cbor") {
    throw new UnknownPermissionError(request, "the lab does not read CBOR");
  }
  const action = `${service.prefix}:${service.renamed?.[request.action] ?? request.action}`;
  const facts = await actionFacts(action);
  if (facts === undefined) {
    throw new UnknownPermissionError(request, `AWS has no action ${action}`);
  }
  const input: PermissionInput = {
    request: { ...request, action: action.slice(action.indexOf(":") + 1) },
    principal,
    home: { accountId, region: request.region },
  };
  if (facts.onEverything) {
    return [{ action, resourceArn: "*", accountId }];
  }
  const permissions = await service.read(input, names);
  if (permissions.length > 0) {
    return permissions;
  }
  throw new UnknownPermissionError(request, `it names no resource for ${action}`);
}
