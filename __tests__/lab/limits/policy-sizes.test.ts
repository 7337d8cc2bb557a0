import { policySizes } from "../../../lab/limits/policy-sizes";
import { exchangeOf } from "../../support/lab/exchange";

const document = (length: number): string => "x".repeat(length);
const attribute = (value: string) => ({ AttributeName: "Policy", AttributeValue: value });

describe("policySizes", () => {
  test.each([
    ["organizations", "CreatePolicy", 10_240, (Content: string) => ({ Content })],
    ["organizations", "UpdatePolicy", 10_240, (Content: string) => ({ Content })],
    ["sns", "CreateTopic", 30_720, (value: string) => ({ Attributes: [{ key: "Policy", value }] })],
    ["sns", "SetTopicAttributes", 30_720, attribute],
    ["sqs", "CreateQueue", 8_192, (Policy: string) => ({ Attributes: { Policy } })],
    ["sqs", "SetQueueAttributes", 8_192, (Policy: string) => ({ Attributes: { Policy } })],
    ["kms", "CreateKey", 32_768, (Policy: string) => ({ Policy })],
    ["kms", "PutKeyPolicy", 32_768, (Policy: string) => ({ Policy })],
    ["events", "PutPermission", 10_240, (Policy: string) => ({ Policy })],
    ["logs", "PutResourcePolicy", 51_200, (policyDocument: string) => ({ policyDocument })],
  ])("refuses a policy of %s:%s over %i, white space included", async (service, action, max, params) => {
    const ask = async (text: string) => policySizes(exchangeOf({ service, action, params: params(text) }));

    await expect(ask(document(max))).resolves.toBeUndefined();
    await expect(ask(`${document(max)} `)).rejects.toThrow();
  });

  test.each([
    ["organizations", "CreatePolicy", { Content: document(10_241) }, "ConstraintViolationException", 400],
    ["sqs", "SetQueueAttributes", { Attributes: { Policy: document(8_193) } }, "OverLimit", 403],
    ["sns", "SetTopicAttributes", attribute(document(30_721)), "InvalidParameter", 400],
    ["kms", "PutKeyPolicy", { Policy: document(32_769) }, "LimitExceededException", 400],
    ["events", "PutPermission", { Policy: document(10_241) }, "PolicyLengthExceededException", 400],
    ["logs", "PutResourcePolicy", { policyDocument: document(51_201) }, "InvalidParameterException", 400],
  ])("answers %s:%s as the service does", async (service, action, params, code, status) => {
    const asked = async () => policySizes(exchangeOf({ service, action, params }));

    await expect(asked()).rejects.toMatchObject({ code, status });
  });

  test.each([
    ["a display name", { AttributeName: "DisplayName", AttributeValue: document(40_000) }],
    ["no attribute", {}],
  ])("lets a topic pass with %s", async (_name, params) => {
    const asked = async () =>
      policySizes(exchangeOf({ service: "sns", action: "SetTopicAttributes", params }));

    await expect(asked()).resolves.toBeUndefined();
  });
});
