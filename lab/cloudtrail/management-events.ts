import type { AwsRequest } from "../exchange/messages";

/** What CloudTrail calls a request that changes something. */
export interface ManagementEvent {
  /** For example `lambda.amazonaws.com`. */
  readonly eventSource: string;
  /** Source of the event on the bus, for example `aws.lambda`. */
  readonly source: string;
  /** For example `CreateFunction20150331`. */
  readonly eventName: string;
  /** Region in which the event appears. */
  readonly region: string;
}

interface RecordedService {
  /** Its events appear in one Region, whatever Region the caller's client has. */
  readonly global?: true;
  /** Actions that read, beside those whose name says so, and data events, which no bus gets by default. */
  readonly leftOut?: RegExp;
  /** Names of events that differ from the action's. */
  readonly eventNames?: Readonly<Record<string, string>>;
}

/** CloudTrail delivers the events of global services in this Region. */
export const IAM_REGION = "us-east-1";

/**
 * Names with a date, as in records of CloudTrail that were published, and as far as it lists them in the
 * Lambda guide, "Logging AWS Lambda API calls using AWS CloudTrail". The others are inferred.
 */
const LAMBDA_EVENT_NAMES: Readonly<Record<string, string>> = {
  AddPermission: "AddPermission20150331v2",
  CreateAlias: "CreateAlias20150331",
  CreateEventSourceMapping: "CreateEventSourceMapping20150331",
  CreateFunction: "CreateFunction20150331",
  DeleteAlias: "DeleteAlias20150331",
  DeleteEventSourceMapping: "DeleteEventSourceMapping20150331",
  DeleteFunction: "DeleteFunction20150331",
  DeleteFunctionConcurrency: "DeleteFunctionConcurrency20171031",
  PublishLayerVersion: "PublishLayerVersion20181031",
  PublishVersion: "PublishVersion20150331",
  PutFunctionConcurrency: "PutFunctionConcurrency20171031",
  RemovePermission: "RemovePermission20150331v2",
  TagResource: "TagResource20170331v2",
  UntagResource: "UntagResource20170331v2",
  UpdateAlias: "UpdateAlias20150331",
  UpdateEventSourceMapping: "UpdateEventSourceMapping20150331",
  UpdateFunctionCode: "UpdateFunctionCode20150331v2",
  UpdateFunctionConfiguration: "UpdateFunctionConfiguration20150331v2",
};

/** By signing name. Which calls read is said by each service's page on logging with CloudTrail. */
const SERVICES: Readonly<Record<string, RecordedService>> = {
  iam: { global: true, leftOut: /^(Simulate|Generate)/ },
  organizations: { global: true },
  cloudtrail: { leftOut: /^(LookupEvents|SearchSampleQueries|StartQuery|CancelQuery)$/ },
  events: { leftOut: /^(Put(Partner)?Events|InvokeApiDestination)$/ },
  lambda: { leftOut: /^Invoke/, eventNames: LAMBDA_EVENT_NAMES },
  sns: { leftOut: /^Publish/ },
  sqs: { leftOut: /Message(Batch|Visibility|VisibilityBatch)?$/ },
  // The use of a key reads (KMS guide, "Logging AWS KMS API calls": `readOnly` is true).
  kms: { leftOut: /^(Encrypt|Decrypt|ReEncrypt|Generate|Sign|Verify|DeriveSharedSecret)/ },
  // Alarms have another source, `aws.cloudwatch` (EventBridge reference, "Amazon CloudWatch Monitoring
  // events").
  monitoring: { leftOut: /^PutMetricData$/ },
  logs: { leftOut: /^(PutLogEvents|Filter|Start|Stop)/ },
};

const READS = /^(Get|List|Describe|Test|Check)/;

/**
 * The event of a request that changes something; undefined for one that reads, for a data event, and for a
 * service that is not recorded. Rules get read-only management events only in the state
 * `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`, which the lab does not know.
 */
export function managementEvent(request: AwsRequest): ManagementEvent | undefined {
  const { action } = request;
  const service = SERVICES[request.service];
  if (
    service === undefined ||
    action === "" ||
    READS.test(action) ||
    service.leftOut?.test(action) === true
  ) {
    return undefined;
  }
  return {
    eventSource: `${request.service}.amazonaws.com`,
    source: `aws.${request.service}`,
    eventName: service.eventNames?.[action] ?? action,
    region: service.global === true ? IAM_REGION : request.region,
  };
}
