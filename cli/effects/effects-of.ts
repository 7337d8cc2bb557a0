import { RESPONDER_ENV } from "../../functions/contract";
import { stringAt, type JsonObject } from "../../functions/shared/json";
import { cut } from "../../functions/shared/text";
import { NAMES } from "../../stacks/names";
import { escapeControlCharacters } from "../escape-control-characters";
import type { Effect } from "./effect";
import { LISTS, mailSubscriptions, SETTINGS, type ListSetting, type Setting } from "./settings";
import { StackParts } from "./stack-parts";
import { trustEffects, trustEntries } from "./trust-entries";

/** A resource of a planned stack, whether it changes or not. */
export interface PlannedResource {
  /** Terraform's type. */
  readonly type: string;
  /** Its attributes in AWS before the apply; undefined for one that is created. */
  readonly before: JsonObject | undefined;
  /** Its known attributes after the apply; undefined for one that is destroyed. */
  readonly after: JsonObject | undefined;
  /** It is destroyed and created anew. */
  readonly isReplaced: boolean;
}

/** Most characters of a value: an entry of trust fits. */
const MAX_VALUE = 300;

/**
 * What a plan means for the protection of its account. In a new stack, nothing can be weaker than before, and
 * single parts and their code are left out. Values are the account's: they are cut and made safe for one
 * line.
 */
export function effectsOf(resources: readonly PlannedResource[]): Effect[] {
  const before = partsOf(resources, "before");
  const after = partsOf(resources, "after");
  const isNew = !isDeployed(before);
  const isSaid = ({ isDetail }: Pick<Setting, "isDetail">) => !(isNew && isDetail === true);
  const replaced = partsOf(
    resources.filter(({ isReplaced }) => isReplaced),
    "before",
  );
  const effects = [
    ...SETTINGS.filter(isSaid).flatMap((setting) => settingEffects(setting, before, after)),
    ...trustEffects(trustOf(before), trustOf(after)),
    ...LISTS.filter(isSaid).flatMap((list) => listEffects(list, before, after)),
    ...(isNew ? [] : codeEffects(before, after)),
    ...LISTS.filter(({ isDetail }) => isDetail === true).flatMap(({ name, read }) =>
      (read(replaced) ?? []).map((each): Effect => ({
        setting: name,
        kind: "replaced",
        after: each,
        weakens: false,
      })),
    ),
  ];
  return effects.map((effect) => printable(isNew ? inNewStack(effect) : effect));
}

/** There was no value before. */
function inNewStack({ setting, kind, after }: Effect): Effect {
  return { setting, kind, ...(after !== undefined && { after }), weakens: false };
}

/** Addresses that get mail only after their owners confirm: new ones, and unconfirmed ones. */
export function unconfirmedMail(resources: readonly PlannedResource[]): string[] {
  const waiting = resources.filter(
    ({ before, isReplaced }) => before === undefined || isReplaced || before["pending_confirmation"] === true,
  );
  return mailSubscriptions(partsOf(waiting, "after"))
    .flatMap((values) => stringAt(values, "endpoint") ?? [])
    .map(escapeControlCharacters);
}

function partsOf(resources: readonly PlannedResource[], time: "before" | "after"): StackParts {
  return new StackParts(
    resources.flatMap((resource) => {
      const values = resource[time];
      return values === undefined ? [] : [{ type: resource.type, values }];
    }),
  );
}

/** Whether the stack has the part without which it protects nothing. */
function isDeployed(parts: StackParts): boolean {
  return [
    parts.function(NAMES.responder),
    parts.named("aws_cloudwatch_event_bus", "name", NAMES.bus),
    parts.named("aws_organizations_policy", "name", NAMES.guardPolicy),
  ].some((each) => each !== undefined);
}

function trustOf(parts: StackParts) {
  return trustEntries(parts.variable(NAMES.responder, RESPONDER_ENV.trust));
}

function settingEffects(
  { name, read, show = String, absent = "none", isWeaker }: Setting,
  before: StackParts,
  after: StackParts,
): Effect[] {
  const [former, next] = [read(before), read(after)];
  if (former === next) {
    return [];
  }
  const text = (value: string | undefined) => (value === undefined ? absent : show(value));
  const weakens = isWeaker?.(former, next) ?? false;
  return [{ setting: name, kind: "set", before: text(former), after: text(next), weakens }];
}

function listEffects({ name, read, weakens }: ListSetting, before: StackParts, after: StackParts): Effect[] {
  const [known, next = []] = [read(before), read(after)];
  const former = known ?? [];
  const isWeaker = (kind: Effect["kind"]) =>
    (weakens === kind && known !== undefined) ||
    (weakens === "last removed" && kind === "removed" && next.length === 0);
  const added = next.filter((each) => !former.includes(each));
  const removed = former.filter((each) => !next.includes(each));
  return [
    ...added.map((each): Effect => ({
      setting: name,
      kind: "added",
      after: each,
      weakens: isWeaker("added"),
    })),
    ...removed.map((each): Effect => ({
      setting: name,
      kind: "removed",
      before: each,
      weakens: isWeaker("removed"),
    })),
  ];
}

/** Functions that get another package. The version identifies it, unless the checkout was modified. */
function codeEffects(before: StackParts, after: StackParts): Effect[] {
  return after.ofType("aws_lambda_function").flatMap((values): Effect[] => {
    const name = stringAt(values, "function_name") ?? "";
    const former = before.function(name);
    const next = stringAt(values, "source_code_hash");
    return former === undefined || next === undefined || next === former["source_code_hash"]
      ? []
      : [{ setting: "code", kind: "replaced", after: name, weakens: false }];
  });
}

function printable({ before, after, ...effect }: Effect): Effect {
  const text = (value: string) => cut(escapeControlCharacters(value), MAX_VALUE);
  return {
    ...effect,
    ...(before !== undefined && { before: text(before) }),
    ...(after !== undefined && { after: text(after) }),
  };
}
