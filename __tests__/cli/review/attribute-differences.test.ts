import { attributeDifferences } from "../../../cli/review/attribute-differences";

const statement = (Sid: string, Action: unknown) => ({ Sid, Effect: "Allow", Action, Resource: "*" });
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

/** What differs, as `attribute: expected -> found`. */
function differences(
  expected: unknown,
  found: unknown,
  sensitive: { expected?: unknown; found?: unknown } = {},
) {
  const all = attributeDifferences(
    "aws_thing.one",
    { value: expected, sensitive: sensitive.expected },
    { value: found, sensitive: sensitive.found },
  );
  expect(all.every(({ address }) => address === "aws_thing.one")).toBe(true);
  return all.map((each) => `${each.attribute}: ${each.expected} -> ${each.found}`);
}

test.each<[string, unknown, unknown, string[]]>([
  ["a value", { state: "ENABLED" }, { state: "DISABLED" }, ["state: ENABLED -> DISABLED"]],
  [
    "numbers and booleans",
    { size: 1, on: true },
    { size: 0, on: false },
    ["size: 1 -> 0", "on: true -> false"],
  ],
  [
    "a nested value",
    { environment: [{ variables: { MODE: "enforce", TOPIC: "t" } }] },
    { environment: [{ variables: { MODE: "off", TOPIC: "t" } }] },
    ["environment.0.variables.MODE: enforce -> off"],
  ],
  [
    "what is there only in one of them",
    { tags: { owner: "security" }, kept: 1 },
    { tags: { team: "x" }, kept: 1 },
    ["tags.owner: security -> absent", "tags.team: absent -> x"],
  ],
  ["a whole map", { tags: {} }, { tags: { team: "x" } }, ['tags: absent -> {"team":"x"}']],
  ["a value of another type", { a: { b: 1 } }, { a: [1] }, ['a: {"b":1} -> [1]']],
  [
    "a JSON document that became another text",
    { policy: policy() },
    { policy: "none" },
    [`policy: ${policy()} -> none`],
  ],
  [
    "a part of a JSON document",
    { policy: policy(statement("Read", ["s3:GetObject", "s3:ListBucket"])) },
    { policy: policy(statement("Read", ["s3:GetObject", "s3:*"])) },
    ["policy.Statement.0.Action.1: s3:ListBucket -> s3:*"],
  ],
  [
    "one action that became several",
    { policy: policy(statement("Read", "s3:GetObject")) },
    { policy: policy(statement("Read", ["s3:GetObject"])) },
    ['policy.Statement.0.Action: s3:GetObject -> ["s3:GetObject"]'],
  ],
])("%s is named with its path", (_, expected, found, named) => {
  expect(differences(expected, found)).toEqual(named);
});

describe("lists", () => {
  test.each<[string, unknown, unknown]>([
    ["the order", { list: ["a", "b"] }, { list: ["b", "a"] }],
    [
      "the order of statements",
      { policy: policy(statement("A", "a:A"), statement("B", "b:B")) },
      { policy: policy(statement("B", "b:B"), statement("A", "a:A")) },
    ],
    [
      "the layout of a document",
      { policy: policy() },
      { policy: JSON.stringify(JSON.parse(policy()), undefined, 2) },
    ],
    [
      "null, an empty text, list and object",
      { a: null, b: "", c: [], d: null },
      { a: [], b: null, c: {}, d: undefined },
    ],
  ])("%s does not count", (_, expected, found) => {
    expect(differences(expected, found)).toEqual([]);
  });

  test("an element that is gone is named, and not the ones behind it", () => {
    expect(differences({ list: ["a", "b", "c"] }, { list: ["b", "c"] })).toEqual(["list.0: a -> absent"]);
    expect(differences({ list: ["a", "b"] }, { list: ["a", "a", "b"] })).toEqual(["list.1: absent -> a"]);
  });

  test("statements are told apart by their Sid", () => {
    const before = policy(statement("A", "a:A"), statement("B", "b:B"), statement("C", "c:C"));
    const after = policy(statement("C", "c:Other"), statement("A", "a:A"));

    expect(differences({ policy: before }, { policy: after })).toEqual([
      `policy.Statement.1: ${JSON.stringify(statement("B", "b:B"))} -> absent`,
      "policy.Statement.2.Action: c:C -> c:Other",
    ]);
  });

  test("elements of different names are different elements; one without a name is one that was changed", () => {
    expect(differences({ list: [{ name: "a" }] }, { list: [{ name: "b" }] })).toEqual([
      'list.0: {"name":"a"} -> absent',
      'list.0: absent -> {"name":"b"}',
    ]);
    expect(differences({ list: [{ value: 1 }] }, { list: [{ value: 2 }] })).toEqual(["list.0.value: 1 -> 2"]);
  });
});

describe("what is sensitive is named and never shown", () => {
  const SECRET = "hunter2";

  test.each<[string, unknown, unknown, { expected?: unknown; found?: unknown }, string[]]>([
    [
      "a value",
      { key: SECRET },
      { key: "other" },
      { expected: { key: true } },
      ["key: (sensitive) -> (sensitive)"],
    ],
    [
      "one that AWS made so",
      { key: "old" },
      { key: SECRET },
      { found: { key: true } },
      ["key: (sensitive) -> (sensitive)"],
    ],
    [
      "a whole resource",
      { key: SECRET },
      { key: "other" },
      { expected: true },
      [": (sensitive) -> (sensitive)"],
    ],
    [
      "one in an element that is gone",
      { list: [{ id: "a", key: SECRET }] },
      { list: [] },
      { expected: { list: [{ key: true }] } },
      ['list: [{"id":"a","key":"(sensitive)"}] -> absent'],
    ],
    [
      "one in a document that is gone",
      { document: JSON.stringify({ key: SECRET }) },
      { document: null },
      { expected: { document: true } },
      ["document: (sensitive) -> absent"],
    ],
  ])("%s", (_, expected, found, sensitive, named) => {
    const all = differences(expected, found, sensitive);

    expect(all).toEqual(named);
    expect(all.join()).not.toContain(SECRET);
  });
});

test("a long value is cut", () => {
  const [difference] = attributeDifferences(
    "aws_thing.one",
    { value: { text: "a".repeat(5_000) }, sensitive: false },
    { value: { text: "b" }, sensitive: false },
  );

  expect(difference?.expected).toHaveLength(300);
  expect(difference?.expected).toMatch(/a\.\.\.$/);
});
