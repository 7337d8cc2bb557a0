import {
  compileFilterPattern,
  FilterPatternError,
  selectValue,
} from "../../../lab/cloudwatch/filter-pattern";

const EVENT = {
  ...{ answered: true, count: 5, none: null, name: "security-response", text: "a b" },
  user: { tags: ["one", "two"], "odd key": 1 },
};

describe("patterns for JSON", () => {
  test.each([
    ["{ $.answered IS TRUE }", true],
    ["{ $.answered IS FALSE }", false],
    ["{ $.missing IS TRUE }", false],
    ["{ $.none IS NULL }", true],
    ["{ $.missing IS NULL }", false],
    ["{ $.name EXISTS }", true],
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
  "{ a = 1 }",
  "{ $.a = 1",
  "{ $.a > b }",
  "[ip, user]",
  "%error%",
  "{ $.a = 1 } extra",
])("refuses %s", (pattern) => {
  expect(() => compileFilterPattern(pattern)).toThrow(FilterPatternError);
});
