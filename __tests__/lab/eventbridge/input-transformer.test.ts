import { targetInput, type TargetInput } from "../../../lab/eventbridge/input-transformer";
import { JsonPathError } from "../../../lab/eventbridge/json-path";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import fixture from "../../fixtures/lab/outcome-event.json";

const EVENT = fixture as BusEvent;
const CONTEXT = {
  ruleArn: "arn:aws:events:us-east-1:444455556666:rule/outcomes",
  ruleName: "outcomes",
  ingestionTime: "2026-01-05T08:00:02.000Z",
};

function transformed(InputTemplate: string, InputPathsMap: Record<string, string> = {}): string {
  return targetInput({ InputTransformer: { InputPathsMap, InputTemplate } }, EVENT, CONTEXT);
}

describe("targetInput", () => {
  test("sends the whole event by default", () => {
    const input = targetInput({}, EVENT, CONTEXT);

    expect(JSON.parse(input)).toEqual(EVENT);
  });

  test.each<[string, TargetInput, string]>([
    ["a constant", { Input: '{"fixed":true}' }, '{"fixed":true}'],
    ["a part of the event", { InputPath: "$.detail.who" }, '{"name":"mallory","path":"/"}'],
    ["an element of an array", { InputPath: "$.detail.steps[1]" }, '"tag"'],
    ["a quoted name", { InputPath: "$.detail['odd-name']" }, '"dash"'],
  ])("sends %s", (_name, target, expected) => {
    const input = targetInput(target, EVENT, CONTEXT);

    expect(input).toBe(expected);
  });

  test.each([
    ["text within quotes as it is", '"user <name>"', { name: "$.detail.who.name" }, '"user mallory"'],
    [
      "text outside quotes with quotes",
      '{"user": <name>}',
      { name: "$.detail.who.name" },
      '{"user": "mallory"}',
    ],
    ["a number within quotes", '"<n> steps"', { n: "$.detail.count" }, '"3 steps"'],
    ["a boolean outside quotes", '{"ok": <ok>}', { ok: "$.detail.contained" }, '{"ok": true}'],
    [
      "an object outside quotes",
      '{"who": <who>}',
      { who: "$.detail.who" },
      '{"who": {"name":"mallory","path":"/"}}',
    ],
    [
      "an object within quotes without its quotes",
      '"<who>"',
      { who: "$.detail.who" },
      '"{name:mallory,path:/}"',
    ],
    ["what is absent within quotes as nothing", '"<x>!"', { x: "$.detail.absent" }, '"!"'],
    ["what is absent outside quotes as an empty text", '{"x": <x>}', { x: "$.detail.absent" }, '{"x": ""}'],
    ["several lines", '"<a>"\n"<a>"', { a: "$.source" }, '"lambda"\n"lambda"'],
    ["the rule's name", '"<aws.events.rule-name>"', {}, '"outcomes"'],
    ["an unknown name as it stands", '"<nobody>"', {}, '"<nobody>"'],
    [
      "an escaped quote as part of the text",
      '{"t": "\\"<n>\\""}',
      { n: "$.source" },
      '{"t": "\\"lambda\\""}',
    ],
  ])("fills in %s", (_name, template, paths, expected) => {
    const input = transformed(template, paths);

    expect(input).toBe(expected);
  });

  test("fills in the whole event", () => {
    const input = transformed('{"event": <aws.events.event.json>}');

    expect(JSON.parse(input)).toEqual({ event: EVENT });
  });

  test("refuses a document that unescaped text has broken", () => {
    const transform = (): string => transformed('{"t": "<q>"}', { q: "$.detail.quoted" });

    expect(transform).toThrow(SyntaxError);
  });

  test("refuses a path that it does not support", () => {
    const transform = (): string => transformed('"<x>"', { x: "$.detail.steps[*]" });

    expect(transform).toThrow(JsonPathError);
  });
});
