import { busArn, readBus } from "../../exchange/bus-event";
import {
  onArn,
  optionalText,
  passRole,
  regionalArn,
  textOf,
  UnknownPermissionError,
  type Asked,
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
export function eventsPermissions(asked: Asked): readonly Permission[] {
  const { action } = asked.request;
  if (action === "PutEvents") {
    return putEvents(asked);
  }
  if (action === "PutTargets") {
    return putTargets(asked);
  }
  return [onArn(asked, `events:${action}`, resourceOf(asked))];
}

function resourceOf(asked: Asked): string {
  const { action } = asked.request;
  if (/^(Create|Describe|Update|Delete)EventBus$/.test(action)) {
    return busOf(asked, "Name");
  }
  if (/Archive$/.test(action)) {
    return regionalArn(asked, "events", `archive/${textOf(asked, "ArchiveName")}`);
  }
  if (/Tag/.test(action)) {
    return textOf(asked, "ResourceARN");
  }
  if (/Rule|Targets/.test(action)) {
    return ruleOf(asked);
  }
  throw new UnknownPermissionError(asked.request, "it is not known which resource it works on");
}

/** One permission per entry: its source and detail-type are condition keys. */
function putEvents(asked: Asked): readonly Permission[] {
  const entries = (asked.request.params["Entries"] ?? []) as readonly Entry[];
  // An empty list is EventBridge's to refuse.
  return (entries.length === 0 ? [{}] : entries).map((entry) =>
    onArn(asked, "events:PutEvents", busArn(readBus(entry.EventBusName, asked.home)), {
      ...(entry.Source === undefined ? {} : { "events:source": [entry.Source] }),
      ...(entry.DetailType === undefined ? {} : { "events:detail-type": [entry.DetailType] }),
    }),
  );
}

function putTargets(asked: Asked): readonly Permission[] {
  const targets = (asked.request.params["Targets"] ?? []) as readonly Target[];
  const arns = targets.flatMap(({ Arn }) => (Arn === undefined ? [] : [Arn]));
  const context: ConditionContext = { "events:TargetArn": arns };
  const roles = new Set(targets.flatMap(({ RoleArn }) => (RoleArn === undefined ? [] : [RoleArn])));
  return [
    onArn(asked, "events:PutTargets", ruleOf(asked), context),
    ...[...roles].map((role) => passRole(asked, role, "events.amazonaws.com")),
  ];
}

/** Rules of the default bus have no bus in their ARN. */
function ruleOf(asked: Asked): string {
  const bus = readBus(optionalText(asked, "EventBusName"), asked.home);
  const rule = textOf(asked, "Rule", "Name");
  return regionalArn(asked, "events", bus.name === "default" ? `rule/${rule}` : `rule/${bus.name}/${rule}`);
}

function busOf(asked: Asked, parameter: string): string {
  return busArn(readBus(optionalText(asked, parameter), asked.home));
}
