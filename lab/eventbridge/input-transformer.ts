import type { BusEvent } from "../exchange/bus-event";
import { valueAt } from "./json-path";

/** The input settings of a target, as EventBridge stores them. */
export interface TargetInput {
  /** JSON text sent instead of the event. */
  readonly Input?: string;
  /** The part of the event to send. */
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** Values of the rule for the template. */
export interface TransformContext {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestionTime: string;
}

/**
 * What a target receives, as text. Throws a SyntaxError when the template of a document does not give JSON.
 * Rules: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput(target: TargetInput, event: BusEvent, context: TransformContext): string {
  if (target.Input !== undefined) {
    return target.Input;
  }
  if (target.InputPath !== undefined) {
    return JSON.stringify(valueAt(target.InputPath, event) ?? null);
  }
  if (target.InputTransformer === undefined) {
    return JSON.stringify(event);
  }
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const values = new Map<string, unknown>(
    Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(path, event)]),
  );
  for (const [name, value] of predefined(event, context)) {
    values.set(name, value);
  }
  return fill(InputTemplate, values);
}

function predefined(event: BusEvent, context: TransformContext): [string, unknown][] {
  return [
    ["aws.events.rule-arn", context.ruleArn],
    ["aws.events.rule-name", context.ruleName],
    ["aws.events.event.ingestion-time", context.ingestionTime],
    ["aws.events.event", event],
    ["aws.events.event.json", event],
  ];
}

function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  const filled = template.replace(/\\.|"|<([^<>\s]+)>/gs, (found, name: string | undefined) => {
    if (found === '"') {
      quoted = !quoted;
    }
    if (name === undefined || !values.has(name)) {
      return found;
    }
    return quoted ? inString(values.get(name)) : inDocument(values.get(name));
  });
  if (/^\s*[{[]/.test(template)) {
    JSON.parse(filled);
  }
  return filled;
}

/** Within quotes, text is inserted unescaped, and a document loses its quotes. */
function inString(value: unknown): string {
  if (value === undefined) {
    return "";
  }
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "");
}

function inDocument(value: unknown): string {
  return JSON.stringify(value ?? "");
}
