import { matchesPattern } from "../../../lab/eventbridge/pattern";
import { PatternError } from "../../../lab/eventbridge/pattern-operators";

const EVENT = {
  source: "aws.iam",
  account: "444455556666",
  resources: ["arn:aws:iam::444455556666:user/jack", "arn:aws:iam::444455556666:user/jill"],
  empty: [],
  detail: {
    eventName: "CreateUser",
    errorCode: null,
    count: 5,
    ratio: 0.5,
    sourceIPAddress: "10.1.2.3",
    readOnly: false,
    requestParameters: {
      userName: "Jack.Smith",
      tags: [
        { key: "team", value: "a" },
        { key: "cost", value: "b" },
      ],
    },
  },
};

const MATCHING: [string, unknown][] = [
  ["an exact value", { source: ["aws.iam"] }],
  ["one of several values", { source: ["aws.s3", "aws.iam"] }],
  ["several fields", { source: ["aws.iam"], detail: { eventName: ["CreateUser"] } }],
  ["a number and a boolean", { detail: { count: [5], readOnly: [false] } }],
  ["null", { detail: { errorCode: [null] } }],
  ["any element of an array", { resources: ["arn:aws:iam::444455556666:user/jill"] }],
  ["a field of any object in an array", { detail: { requestParameters: { tags: { key: ["cost"] } } } }],
  ["prefix", { detail: { eventName: [{ prefix: "Create" }] } }],
  ["prefix without case", { detail: { eventName: [{ prefix: { "equals-ignore-case": "CREATE" } }] } }],
  ["suffix", { resources: [{ suffix: "/jack" }] }],
  ["equals-ignore-case", { detail: { eventName: [{ "equals-ignore-case": "createuser" }] } }],
  ["wildcard", { resources: [{ wildcard: "arn:aws:iam::*:user/ja*" }] }],
  ["wildcard with a dot as a dot", { detail: { requestParameters: { userName: [{ wildcard: "*k.S*" }] } } }],
  ["anything-but a value", { source: [{ "anything-but": "aws.s3" }] }],
  ["anything-but a list", { detail: { count: [{ "anything-but": [1, 2] }] } }],
  ["anything-but a prefix", { detail: { eventName: [{ "anything-but": { prefix: "Delete" } }] } }],
  [
    "anything-but a list of suffixes",
    { detail: { eventName: [{ "anything-but": { suffix: ["Role", "Key"] } }] } },
  ],
  ["exists true", { detail: { eventName: [{ exists: true }] } }],
  ["exists true on null", { detail: { errorCode: [{ exists: true }] } }],
  ["exists false", { detail: { errorMessage: [{ exists: false }] } }],
  ["exists false below an absent object", { detail: { responseElements: { user: [{ exists: false }] } } }],
  ["exists false on an empty array", { empty: [{ exists: false }] }],
  ["numeric equality", { detail: { count: [{ numeric: ["=", 5] }] } }],
  ["a numeric range", { detail: { count: [{ numeric: [">", 0, "<=", 5] }] } }],
  ["cidr", { detail: { sourceIPAddress: [{ cidr: "10.0.0.0/8" }] } }],
  ["an operator or a value", { detail: { eventName: ["DeleteUser", { prefix: "Create" }] } }],
  ["$or", { $or: [{ source: ["aws.s3"] }, { detail: { eventName: ["CreateUser"] } }] }],
  ["$or within an object", { detail: { $or: [{ eventName: ["X"] }, { count: [5] }] } }],
];

const OTHERS: [string, unknown][] = [
  ["another value", { source: ["aws.s3"] }],
  ["a number as text", { detail: { count: ["5"] } }],
  ["a value in other case", { detail: { eventName: ["createuser"] } }],
  ["one field of two", { source: ["aws.iam"], detail: { eventName: ["DeleteUser"] } }],
  ["null against an absent field", { detail: { errorMessage: [null] } }],
  ["a longer value than the pattern's", { resources: ["arn:aws:iam::444455556666:user/jac"] }],
  [
    "fields of two different objects in an array",
    { detail: { requestParameters: { tags: { key: ["team"], value: ["b"] } } } },
  ],
  ["prefix elsewhere", { detail: { eventName: [{ prefix: "User" }] } }],
  ["suffix elsewhere", { detail: { eventName: [{ suffix: "Create" }] } }],
  ["a wildcard that covers only a part", { detail: { eventName: [{ wildcard: "*reat" }] } }],
  ["anything-but its value", { source: [{ "anything-but": ["aws.iam"] }] }],
  ["anything-but on an absent field", { detail: { errorMessage: [{ "anything-but": "x" }] } }],
  ["anything-but its prefix", { detail: { eventName: [{ "anything-but": { prefix: "Create" } }] } }],
  ["exists true on an absent field", { detail: { errorMessage: [{ exists: true }] } }],
  ["exists true on an object", { detail: { requestParameters: [{ exists: true }] } }],
  ["exists false on a present null", { detail: { errorCode: [{ exists: false }] } }],
  ["numeric on text", { source: [{ numeric: [">", 0] }] }],
  ["numeric out of range", { detail: { count: [{ numeric: [">", 0, "<", 5] }] } }],
  ["cidr of another network", { detail: { sourceIPAddress: [{ cidr: "10.2.0.0/16" }] } }],
  ["$or with no match", { $or: [{ source: ["aws.s3"] }, { source: ["aws.ec2"] }] }],
];

const UNKNOWN: [string, unknown, RegExp][] = [
  ["an unknown operator", { source: [{ regex: "a.*" }] }, /source.*operator "regex"/],
  [
    "anything-but with an unknown operator",
    { source: [{ "anything-but": { cidr: "10.0.0.0/8" } }] },
    /source.*cidr/,
  ],
  ["two operators in one element", { source: [{ prefix: "a", suffix: "b" }] }, /source.*one operator/],
  ["a bare value", { source: "aws.iam" }, /source.*expected a list/],
  ["an empty list", { source: [] }, /source.*empty list/],
  ["an empty object", { detail: {} }, /detail.*empty object/],
  ["a numeric comparison without a number", { a: [{ numeric: [">", "5"] }] }, /a.*numeric/],
  ["exists with text", { a: [{ exists: "true" }] }, /a.*true or false/],
  ["two stars in a row", { a: [{ wildcard: "x**" }] }, /a.*wildcard/],
  ["an address that is no block", { a: [{ cidr: "10.0.0.0" }] }, /a.*IPv4 block/],
  ["$or with one alternative", { $or: [{ a: ["b"] }] }, /\$or.*two or more/],
];

describe("matchesPattern", () => {
  test.each(MATCHING)("matches %s", (_name, pattern) => {
    const matched = matchesPattern(pattern, EVENT);

    expect(matched).toBe(true);
  });

  test.each(OTHERS)("does not match %s", (_name, pattern) => {
    const matched = matchesPattern(pattern, EVENT);

    expect(matched).toBe(false);
  });

  test.each(UNKNOWN)("refuses %s", (_name, pattern, message) => {
    const match = (): boolean => matchesPattern(pattern, EVENT);

    expect(match).toThrow(PatternError);
    expect(match).toThrow(message);
  });

  test("refuses an unknown operator even where an earlier field already does not match", () => {
    const pattern = { source: ["aws.s3"], detail: { eventName: [{ regex: "x" }] } };

    expect(() => matchesPattern(pattern, EVENT)).toThrow(PatternError);
  });
});
