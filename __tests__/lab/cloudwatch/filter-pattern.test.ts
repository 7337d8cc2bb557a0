import {
  compileFilterPattern,
  FilterPatternError,
  selectValue,
} from "../../../lab/cloudwatch/filter-pattern";

const EVENT = {
  ...{ answered: true, count: 5, none: null, name: "security-response", text: "a b" },
  user: { tags: ["one", "two"], "odd key": 1, roles: [{ name: "a" }, { name: "b", star: "c*d" }] },
};

describe("patterns for JSON", () => {
  test.each([
    ["{ $.answered IS TRUE }", true],
    ["{ $.answered IS FALSE }", false],
    ["{ $.missing IS TRUE }", false],
    ["{ $.none IS NULL }", true],
    ["{ $.missing IS NULL }", false],
    ["{ $.missing NOT EXISTS }", true],
    ["{ $.count = 5 }", true],
    ["{ $.count != 5 }", false],
    ["{ $.count > 4 }", true],
    ["{ $.count >= 6 }", false],
    ["{ $.name > 1 }", false],
    ['{ $.name = "security-response" }', true],
    ["{ $.name = security-* }", true],
    ['{ $.name = "response" }', false],
    ['{ $.text = "a b" }', true],
    ['{ $.missing != "x" }', false],
    ['{ $.user.tags[1] = "two" }', true],
    ["{ $.user['odd key'] = 1 }", true],
    ['{ $.name = "*-response" }', true],
    ['{ $.name = "*ity-resp*" }', true],
    // Only at the beginning and the end is a star any text.
    ['{ $.name = "security*response" }', false],
    ['{ $.user.roles[1].star = "c*d" }', true],
    ['{ $.user.roles[*].name = "b" }', true],
    ['{ $.user.roles[*].name = "z" }', false],
    ['{ $.user.tags[*] = "two" }', true],
    ["{ $.user.roles[*].other NOT EXISTS }", true],
    ["{ $.none NOT EXISTS }", false],
    // A list, an object, true and null are no text and no number.
    ['{ $.user = "*" }', false],
    ['{ $.user != "x" }', false],
    ['{ $.answered != "x" }', false],
    ['{ $.none = "*" }', false],
    ["{ $.count = 5* }", true],
    ["{ ($.count = 1) || ($.answered IS TRUE && $.count = 5) }", true],
    ["{ $.count = 1 && $.answered IS TRUE }", false],
  ])("%s: %s", (pattern, expected) => {
    expect(compileFilterPattern(pattern)(JSON.stringify(EVENT))).toBe(expected);
  });

  test("a line that is not JSON does not match", () => {
    expect(compileFilterPattern("{ $.missing NOT EXISTS }")("START RequestId: 1")).toBe(false);
  });
});

describe("patterns of terms", () => {
  test.each([
    ["", true],
    ["ERROR", true],
    ["error", false],
    ["ERROR 500", true],
    ["ERROR 404", false],
    ['"ERROR 500"', true],
    ["ERROR -500", false],
    ["?404 ?500", true],
    ["?404 ?403", false],
  ])("%s: %s", (pattern, expected) => {
    expect(compileFilterPattern(pattern)("an ERROR 500 came")).toBe(expected);
  });
});

test("a selector gives the value of a metric", () => {
  expect(selectValue("$.count", JSON.stringify(EVENT))).toBe(5);
});

test.each([
  "{ $.a IS MAYBE }",
  "{ $.a }",
  "{ $.a EXISTS }",
  "{ $.a:b = 1 }",
  "{ $.* = 1 }",
  "{ $.a[x] = 1 }",
  "{ $.a[*][*] = 1 }",
  "{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }",
  "{ a = 1 }",
  "{ $.a = 1",
  "{ $.a > b }",
  "[ip, user]",
  "%error%",
  "{ $.a = 1 } extra",
])("refuses %s", (pattern) => {
  expect(() => compileFilterPattern(pattern)).toThrow(FilterPatternError);
});
