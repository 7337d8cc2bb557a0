import { busArn, readBus } from "../../exchange/bus-event";
import {
  onArn,
  optionalText,
  passRole,
  regionalArn,
  textOf,
  UnknownResourceError,
  type PermissionInput,
  type ConditionContext,
  type Permission,
} from "./permission";

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
}

interface Target {
  readonly Arn?: string;
  readonly RoleArn?: string;
}

/** Permissions of EventBridge requests. */
export function eventsPermissions(input: PermissionInput): readonly Permission[] {
  const { action } = input.request;
  if (action === "PutEvents") {
    return putEvents(input);
  }
  if (action === "PutTargets") {
    return putTargets(input);
  }
  if (action === "InvokeApiDestination") {
    return [onArn(input, "events:InvokeApiDestination", textOf(input, "Arn"))];
  }
  if (action === "StartReplay") {
    return startReplay(input);
  }
  if (action === "CreateArchive" || action === "CreateApiDestination") {
    // Both are resources of the call (Service Authorization Reference, "Amazon EventBridge").
    const used = textOf(input, action === "CreateArchive" ? "EventSourceArn" : "ConnectionArn");
    return [resourceOf(input), used].map((resource) => onArn(input, `events:${action}`, resource));
  }
  return [onArn(input, `events:${action}`, resourceOf(input))];
}

function resourceOf(input: PermissionInput): string {
  const { action } = input.request;
  if (/^(Create|Describe|Update|Delete)EventBus$/.test(action)) {
    return busOf(input, "Name");
  }
  if (/Archive$/.test(action)) {
    return regionalArn(input, "events", `archive/${textOf(input, "ArchiveName")}`);
  }
  if (/^(Create|Describe|Update|Delete)ApiDestination$/.test(action)) {
    return regionalArn(input, "events", `api-destination/${textOf(input, "Name")}`);
  }
  if (/[Tt]ag/.test(action)) {
    return textOf(input, "ResourceARN");
  }
  if (/Replay$/.test(action)) {
    return regionalArn(input, "events", `replay/${textOf(input, "ReplayName")}`);
  }
  if (action === "ListReplays") {
    return "*";
  }
  if (/Rule|Targets/.test(action)) {
    return ruleOf(input);
  }
  throw new UnknownResourceError(input.request);
}

/** One permission per entry, whose source and detail-type are condition keys. */
function putEvents(input: PermissionInput): readonly Permission[] {
  const entries = (input.request.params["Entries"] ?? []) as readonly Entry[];
  // EventBridge itself refuses an empty list.
  return (entries.length === 0 ? [{}] : entries).map((entry) =>
    onArn(input, "events:PutEvents", busArn(readBus(entry.EventBusName, input.home)), {
      ...(entry.Source === undefined ? {} : { "events:source": [entry.Source] }),
      ...(entry.DetailType === undefined ? {} : { "events:detail-type": [entry.DetailType] }),
    }),
  );
}

function putTargets(input: PermissionInput): readonly Permission[] {
  const targets = (input.request.params["Targets"] ?? []) as readonly Target[];
  const arns = targets.flatMap(({ Arn }) => (Arn === undefined ? [] : [Arn]));
  const context: ConditionContext = { "events:TargetArn": arns };
  const roles = new Set(targets.flatMap(({ RoleArn }) => (RoleArn === undefined ? [] : [RoleArn])));
  return [
    onArn(input, "events:PutTargets", ruleOf(input), context),
    ...[...roles].map((role) => passRole(input, role, "events.amazonaws.com")),
  ];
}

/** The archive, the bus and the replay are resources of the call. */
function startReplay(input: PermissionInput): readonly Permission[] {
  const { Arn } = (input.request.params["Destination"] ?? {}) as { readonly Arn?: string };
  const resources = [
    regionalArn(input, "events", `replay/${textOf(input, "ReplayName")}`),
    textOf(input, "EventSourceArn"),
    ...(Arn === undefined ? [] : [Arn]),
  ];
  return resources.map((resource) => onArn(input, "events:StartReplay", resource));
}

/** The ARN of a rule on the default bus does not name the bus. */
function ruleOf(input: PermissionInput): string {
  const bus = readBus(optionalText(input, "EventBusName"), input.home);
  const rule = textOf(input, "Rule", "Name");
  return regionalArn(input, "events", bus.name === "default" ? `rule/${rule}` : `rule/${bus.name}/${rule}`);
}

function busOf(input: PermissionInput, parameter: string): string {
  return busArn(readBus(optionalText(input, parameter), input.home));
}
