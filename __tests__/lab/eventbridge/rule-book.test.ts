import { RuleBook } from "../../../lab/eventbridge/rule-book";
import type { AwsCall } from "../../../lab/exchange/build-request";
import { jsonResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const BUS = { accountId: ACCOUNT, region: "us-east-1", name: "default" };
const TARGET = { Id: "t", Arn: `arn:aws:sns:us-east-1:${ACCOUNT}:security-alerts` };

function stored(Name: string, more: object = {}): object {
  const Arn = `arn:aws:events:us-east-1:${ACCOUNT}:rule/${Name}`;
  return { Name, Arn, State: "ENABLED", EventPattern: '{"source":["aws.iam"]}', ...more };
}

/** A state whose first page holds all rules but the last. */
function bookOf(rules: object[]) {
  const moto = jest.fn(
    (_accountId: string, { action, params }: AwsCall): Promise<Record<string, unknown>> => {
      if (action === "ListTargetsByRule") {
        if (params["Rule"] !== "vanished") {
          return Promise.resolve({ Targets: [TARGET] });
        }
        return Promise.reject(
          new AwsError("ResourceNotFoundException", "Rule vanished does not exist.", 400),
        );
      }
      if (rules.length > 1 && params["NextToken"] === undefined) {
        return Promise.resolve({ Rules: rules.slice(0, -1), NextToken: "more" });
      }
      return Promise.resolve({ Rules: rules.slice(-1) });
    },
  );
  return { moto, book: new RuleBook(moto) };
}

describe("RuleBook", () => {
  test("reads all pages of rules, with their targets", async () => {
    const { book } = bookOf([stored("one"), stored("two"), stored("three")]);

    const rules = await book.rulesOf(BUS);

    expect(rules.map(({ name }) => name)).toEqual(["one", "two", "three"]);
    expect(rules[0]?.targets).toEqual([TARGET]);
    expect(rules[0]?.matches({ source: "aws.iam" })).toBe(true);
  });

  test.each([
    ["a disabled rule", stored("disabled", { State: "DISABLED" })],
    ["a rule deleted since it was listed", stored("vanished")],
  ])("leaves out %s", async (_name, other) => {
    const { book } = bookOf([other, stored("one")]);

    const rules = await book.rulesOf(BUS);

    expect(rules.map(({ name }) => name)).toEqual(["one"]);
  });

  test("a rule with a schedule alone matches no event", async () => {
    const schedule = { EventPattern: undefined, ScheduleExpression: "rate(1 hour)" };
    const { book } = bookOf([stored("schedule", schedule)]);

    const [rule] = await book.rulesOf(BUS);

    expect(rule?.schedule).toBe("rate(1 hour)");
    expect(rule?.matches({ source: "aws.iam" })).toBe(false);
  });

  test("recognizes the rule of an archive", async () => {
    const managed = stored("Events-Archive-security-events", { ManagedBy: "prod.vhs.events.aws.internal" });
    const { book } = bookOf([managed]);

    const [rule] = await book.rulesOf(BUS);

    expect(rule).toMatchObject({ archive: "security-events", targets: [] });
  });

  test.each([
    ["PutTargets", 2],
    ["DeleteRule", 2],
    ["CreateArchive", 2],
    ["ListRules", 1],
    ["PutEvents", 1],
  ])("after %s has read from moto %i times", async (action, expected) => {
    const { book, moto } = bookOf([stored("one")]);
    await book.rulesOf(BUS);

    await book.observe(exchangeOf({ service: "events", action }), jsonResponse({}));
    await book.rulesOf(BUS);

    const listings = moto.mock.calls.filter(([, call]) => call.action === "ListRules");
    expect(listings).toHaveLength(expected);
  });

  test("keeps the rules of an account while another one changes its own", async () => {
    const { book, moto } = bookOf([stored("one")]);
    await book.rulesOf(BUS);

    const change = exchangeOf({ service: "events", action: "PutTargets" });
    await book.observe({ ...change, accountId: "777788889999" }, jsonResponse({}));
    await book.rulesOf(BUS);

    expect(moto.mock.calls.filter(([, call]) => call.action === "ListRules")).toHaveLength(1);
  });

  test("rejects a pattern that it cannot match, each time", async () => {
    const { book } = bookOf([stored("odd", { EventPattern: '{"source":[{"regex":"x"}]}' })]);

    const read = (): Promise<unknown> => book.rulesOf(BUS);

    await expect(read()).rejects.toThrow(/regex/);
    await expect(read()).rejects.toThrow(/regex/);
  });
});
