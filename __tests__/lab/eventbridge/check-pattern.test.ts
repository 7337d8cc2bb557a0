import { checkPattern } from "../../../lab/eventbridge/check-pattern";
import { exchangeOf } from "../../support/lab/exchange";

const putRule = (pattern: unknown) =>
  exchangeOf({
    service: "events",
    action: "PutRule",
    params: { Name: "r", EventPattern: JSON.stringify(pattern) },
  });

/** A pattern of a number of characters. */
const ofLength = (length: number) => ({ source: ["x".repeat(length - '{"source":[""]}'.length)] });

test("a pattern may have 2,048 characters, the default of the quota", () => {
  expect(() => checkPattern(putRule(ofLength(2_048)))).not.toThrow();
  expect(() => checkPattern(putRule(ofLength(2_049)))).toThrow(
    "The event pattern has 2049 characters, 2048 at most are allowed.",
  );
});

test("a pattern that the lab cannot match is refused with the rule", () => {
  expect(() => checkPattern(putRule({ source: [{ unknown: 1 }] }))).toThrow(
    'Event pattern is not valid. Reason: Event pattern, field source: the lab does not know the operator "unknown"',
  );
});
