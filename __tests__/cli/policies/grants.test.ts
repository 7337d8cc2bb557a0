import { documentsOf, sizeOf, statementsOf } from "../../../cli/policies/grants";

const CONDITION = { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } };

describe("statementsOf", () => {
  test("actions on the same resources share a statement, and no statement allows a pair that was not granted", () => {
    const statements = statementsOf([
      { action: "sns:DeleteTopic", resource: "b" },
      { action: "sns:CreateTopic", resource: "a" },
      { action: "sns:CreateTopic", resource: "b" },
      { action: "sns:DeleteTopic", resource: "a" },
      { action: "sns:Subscribe", resource: "a" },
    ]);

    expect(statements).toEqual([
      { Sid: "Sns1", Effect: "Allow", Action: ["sns:CreateTopic", "sns:DeleteTopic"], Resource: ["a", "b"] },
      { Sid: "Sns2", Effect: "Allow", Action: "sns:Subscribe", Resource: "a" },
    ]);
  });

  test("a condition has a statement of its own", () => {
    const statements = statementsOf([
      { action: "iam:PassRole", resource: "r", condition: CONDITION },
      { action: "iam:GetRole", resource: "r" },
    ]);

    expect(statements.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      ["iam:GetRole", undefined],
      ["iam:PassRole", CONDITION],
    ]);
  });

  test("the order of the grants does not count, nor one that comes twice", () => {
    const grants = ["a", "b", "c"].flatMap((resource) =>
      ["sqs:CreateQueue", "iam:GetRole"].map((action) => ({ action, resource })),
    );

    expect(statementsOf([...grants].reverse().concat(grants))).toEqual(statementsOf(grants));
  });
});

describe("documentsOf", () => {
  const statements = statementsOf(
    ["sns", "sqs", "iam"].map((service) => ({ action: `${service}:Do`, resource: `arn:${service}` })),
  );
  const [first] = documentsOf(statements.slice(0, 1));
  const one = first === undefined ? 0 : sizeOf(first);

  test("keeps all statements, in documents of the size that is allowed", () => {
    const documents = documentsOf(statements, one * 2);

    expect(documents.flatMap(({ Statement }) => Statement)).toEqual(statements);
    expect(documents.length).toBe(2);
    expect(documents.filter((each) => sizeOf(each) > one * 2)).toEqual([]);
  });

  test("refuses a statement that is larger alone", () => {
    expect(() => documentsOf(statements, one - 1)).toThrow(/the statement Iam1 has more than \d+ characters/);
  });
});
