import { isObject, type JsonObject } from "../../functions/shared/json";
import { configuredResources, type ConfiguredResource } from "../stack-file";
import { managedInstances, type ManagedInstance, type StateFile, type StateInstance } from "../state-file";
import { ABSENT, attributeDifferences } from "./attribute-differences";
import type { Difference } from "./review";

/**
 * Where a state is not what the stack configures: resources that one of them lacks, and attributes that the
 * stack sets to another value. What the stack leaves to AWS or to the provider is not compared, nor a value
 * that only an apply will know. What this cannot see is in docs/adr/0025-review.md.
 *
 * @param stack A stack in Terraform's JSON syntax.
 */
export function compareState(stack: object, state: StateFile): Difference[] {
  const configured = configuredResources(stack as JsonObject);
  const current = managedInstances(state);
  const whole = current.filter(({ instance }) => instance.deposed === undefined);
  const byAddress = new Map(whole.map((each) => [each.address, each]));
  const addresses = new Set(configured.map(({ address }) => address));
  const tags = defaultTags(stack as JsonObject);
  const resolve = (text: string) => resolveReferences(text, byAddress);
  return [
    ...configured
      .filter(({ address }) => !byAddress.has(address))
      .map(({ address }) => difference(address, PRESENT, ABSENT)),
    ...current.flatMap((each) => surplus(each, addresses)),
    ...configured.flatMap((resource) => {
      const instance = byAddress.get(resource.address)?.instance;
      return instance === undefined ? [] : compareResource(withTags(resource, tags), instance, resolve);
    }),
  ];
}

const PRESENT = "present";

function difference(address: string, expected: string, found: string): Difference {
  return { address, attribute: "", expected, found };
}

/** What the next apply would destroy, or replace. */
function surplus(
  { address, instance: { deposed, status } }: ManagedInstance,
  configured: ReadonlySet<string>,
): Difference[] {
  if (deposed !== undefined) {
    return [difference(address, ABSENT, "deposed: its replacement exists, and it was not destroyed")];
  }
  if (!configured.has(address)) {
    return [difference(address, ABSENT, PRESENT)];
  }
  return status === "tainted" ? [difference(address, PRESENT, "tainted: the next apply replaces it")] : [];
}

function entries(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function defaultTags({ provider }: JsonObject): JsonObject {
  const aws: unknown = isObject(provider) ? [provider["aws"]].flat()[0] : undefined;
  const block: unknown = isObject(aws) ? [aws["default_tags"]].flat()[0] : undefined;
  return isObject(block) && isObject(block["tags"]) ? block["tags"] : {};
}

/** All tags of a resource are in `tags_all`, with those that the provider adds. */
function withTags(resource: ConfiguredResource, defaults: JsonObject): ConfiguredResource {
  const { tags, ...body } = resource.body;
  return { ...resource, body: { ...body, tags_all: { ...defaults, ...(isObject(tags) ? tags : {}) } } };
}

/** What Terraform reads itself: https://developer.hashicorp.com/terraform/language/meta-arguments */
const META_ARGUMENTS = ["//", "connection", "depends_on", "lifecycle", "provider", "provisioner"];

/** Names of files of the machine that deployed, which AWS never sees: the code is compared by its hash. */
const LOCAL_ARGUMENTS = ["filename"];

/** Reads `${...}` of a text from the state; undefined when the state does not have all of it. */
type Resolve = (text: string) => unknown;

function compareResource(
  { address, type, body }: ConfiguredResource,
  { attributes, sensitive_attributes }: StateInstance,
  resolve: Resolve,
): Difference[] {
  const current = attributes ?? {};
  const expected: Record<string, unknown> = {};
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const isCompared = !META_ARGUMENTS.includes(name) && !LOCAL_ARGUMENTS.includes(name);
    // Resources without tags have no `tags_all` either.
    const pair = isCompared && name in current ? align(value, current[name], resolve) : undefined;
    if (pair !== undefined) {
      expected[name] = pair.expected;
      found[name] = pair.found;
    }
  }
  if (type === "aws_lambda_function" && expected["source_code_hash"] === found["source_code_hash"]) {
    // The code that Lambda has, as of the last refresh: Terraform does not compare it (ADR 18).
    expected["code_sha256"] = current["code_sha256"] ? expected["source_code_hash"] : "";
    found["code_sha256"] = current["code_sha256"];
  }
  const sensitive = sensitiveShape(sensitive_attributes ?? []);
  return attributeDifferences(address, { value: expected, sensitive }, { value: found, sensitive });
}

/** An attribute of which a part is sensitive counts as sensitive. */
function sensitiveShape(paths: readonly unknown[]): JsonObject {
  const names = paths.flatMap((path): string[] => {
    const step: unknown = [path].flat()[0];
    return isObject(step) && typeof step["value"] === "string" ? [step["value"]] : [];
  });
  return Object.fromEntries(names.map((name) => [name, true]));
}

/** The same thing of the stack and of the state, in one form. */
interface Aligned {
  readonly expected: unknown;
  readonly found: unknown;
}

/**
 * Brings both sides into one form: references are resolved, a block of the stack, an object or a list of
 * them, becomes the list that the state has, and of the state's blocks only what the stack sets is left.
 * Undefined when the stack's value is not known.
 */
function align(value: unknown, current: unknown, resolve: Resolve): Aligned | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value === "string") {
    const text = resolve(value);
    return text === undefined ? undefined : { expected: text, found: sameType(text, current) };
  }
  if (Array.isArray(value)) {
    return value.some(isObject) ? alignBlocks(value, current, resolve) : alignList(value, current, resolve);
  }
  if (isObject(value)) {
    return Array.isArray(current)
      ? alignBlocks([value], current, resolve)
      : alignMap(value, isObject(current) ? current : {}, resolve);
  }
  return { expected: value, found: sameType(value, current) };
}

function isScalar(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** Terraform converts between a number or a boolean and its text. */
function sameType(expected: unknown, found: unknown): unknown {
  return isScalar(expected) && isScalar(found) && String(expected) === String(found) ? expected : found;
}

function alignList(values: readonly unknown[], current: unknown, resolve: Resolve): Aligned | undefined {
  const expected = values.map((each) => (typeof each === "string" ? resolve(each) : each));
  return expected.includes(undefined) ? undefined : { expected, found: current };
}

/** Keys of a map that only the state has were set by an earlier stack. Null sets none. */
function alignMap(value: JsonObject, current: JsonObject, resolve: Resolve): Aligned {
  const expected: Record<string, unknown> = {};
  const found: Record<string, unknown> = { ...current };
  for (const [key, each] of Object.entries(value).filter(([, own]) => own !== null)) {
    const pair = align(each, current[key], resolve);
    expected[key] = pair === undefined ? current[key] : pair.expected;
    found[key] = pair === undefined ? current[key] : pair.found;
  }
  return { expected, found };
}

/** Pairs each block with the one of the state that fits it best. What no block fits is surplus. */
function alignBlocks(values: readonly unknown[], current: unknown, resolve: Resolve): Aligned {
  const left: unknown[] = Array.isArray(current) ? [...(current as unknown[])] : [];
  const pairs = new Map<unknown, Aligned>();
  for (const fits of [isSameBlock, hasSameName, () => true]) {
    for (const value of values.filter((each) => !pairs.has(each))) {
      const index = left.findIndex((each) => fits(alignBlock(value, each, resolve)));
      if (index >= 0) {
        pairs.set(value, alignBlock(value, left[index], resolve));
        left.splice(index, 1);
      }
    }
  }
  const paired = values.map((value) => pairs.get(value) ?? alignBlock(value, {}, resolve));
  return {
    expected: paired.map(({ expected }) => expected),
    found: [
      ...paired.map(({ found }, index) => (pairs.has(values[index]) ? found : undefined)),
      ...left,
    ].filter((each) => each !== undefined),
  };
}

function isSameBlock({ expected, found }: Aligned): boolean {
  const plain = (value: unknown) => ({ value, sensitive: false });
  return attributeDifferences("", plain(expected), plain(found)).length === 0;
}

/** By what providers tell blocks of one kind apart. */
const NAMES = ["id", "name", "key"];

function hasSameName({ expected, found }: Aligned): boolean {
  return (
    isObject(expected) &&
    isObject(found) &&
    NAMES.some((name) => expected[name] !== undefined && expected[name] === found[name])
  );
}

/** Of the state, only what the stack sets: the rest is the provider's. */
function alignBlock(value: unknown, current: unknown, resolve: Resolve): Aligned {
  const expected: Record<string, unknown> = {};
  const found: Record<string, unknown> = {};
  for (const [key, each] of entries(value)) {
    const pair = align(each, isObject(current) ? current[key] : undefined, resolve);
    if (pair !== undefined) {
      expected[key] = pair.expected;
      found[key] = pair.found;
    }
  }
  return { expected, found };
}

/** A reference to an attribute of another resource, the only kind that our stacks have. */
const REFERENCE = /\$\{([a-z0-9_]+\.[\w-]+)\.(\w+)\}/g;
const WHOLE_REFERENCE = new RegExp(`^${REFERENCE.source}$`);

function resolveReferences(text: string, state: ReadonlyMap<string, ManagedInstance>): unknown {
  const attributeOf = (address: string, name: string) =>
    state.get(address)?.instance.attributes?.[name] ?? undefined;
  if (!text.includes("${")) {
    return text;
  }
  const [whole, address, name] = WHOLE_REFERENCE.exec(text) ?? [];
  if (whole !== undefined && address !== undefined && name !== undefined) {
    return attributeOf(address, name);
  }
  const resolved = text.replace(REFERENCE, (reference, from: string, attribute: string) => {
    const value = attributeOf(from, attribute);
    return typeof value === "string" ? value : reference;
  });
  return resolved.includes("${") ? undefined : resolved;
}
