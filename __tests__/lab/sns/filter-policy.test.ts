import { acceptsMessage } from "../../../lab/sns/filter-policy";

const attribute = (Name: string, StringValue: string, DataType = "String") => ({
  Name,
  Value: { DataType, StringValue },
});
const DRILL = [attribute("severity", "LOW"), attribute("drill", "nobody")];

// SNS guide, "String value matching" and "Key matching".
test.each<[string, Record<string, unknown>, unknown, boolean]>([
  ["no condition takes everything", {}, DRILL, true],
  ["a value", { severity: ["LOW", "HIGH"] }, DRILL, true],
  ["another value", { severity: ["HIGH"] }, DRILL, false],
  ["a value of an attribute that is not there", { owner: ["me"] }, DRILL, false],
  ["each key has to accept", { severity: ["LOW"], drill: ["people"] }, DRILL, false],
  ["exists", { drill: [{ exists: true }] }, DRILL, true],
  ["does not exist, but it does", { drill: [{ exists: false }] }, DRILL, false],
  ["does not exist", { drill: [{ exists: false }] }, [attribute("severity", "LOW")], true],
  ["does not exist on a message without attributes", { drill: [{ exists: false }] }, [], true],
  ["does not exist, or is a value", { drill: [{ exists: false }, "nobody"] }, DRILL, true],
  ["prefix", { severity: [{ prefix: "L" }] }, DRILL, true],
  ["suffix", { severity: [{ suffix: "X" }] }, DRILL, false],
  ["ignoring case", { severity: [{ "equals-ignore-case": "low" }] }, DRILL, true],
  ["anything but", { severity: [{ "anything-but": ["LOW"] }] }, DRILL, false],
  ["anything but, of an attribute that is not there", { owner: [{ "anything-but": "me" }] }, DRILL, false],
  ["a number", { age: [7] }, [attribute("age", "7", "Number")], true],
  ["one of an array", { teams: ["b"] }, [attribute("teams", '["a","b"]', "String.Array")], true],
])("%s", (_, policy, attributes, accepted) => {
  expect(acceptsMessage(policy, attributes)).toBe(accepted);
});

test("an operator that is not emulated is an error, and no acceptance", () => {
  expect(() => acceptsMessage({ age: [{ numeric: [">", 3] }] }, DRILL)).toThrow("numeric");
});
