import { checkPattern } from "../../../lab/eventbridge/check-pattern";
import { exchangeOf } from "../../support/lab/exchange";

/** An event pattern of so many characters. */
const pattern = (length: number): string => JSON.stringify({ source: ["x".repeat(length - 15)] });

async function put(EventPattern: string): Promise<void> {
  await checkPattern(exchangeOf({ service: "events", action: "PutRule", params: { EventPattern } }));
}

test("takes a pattern of 2,048 characters, white space included, and refuses a longer one", async () => {
  expect(pattern(2_048)).toHaveLength(2_048);
  await expect(put(pattern(2_048))).resolves.toBeUndefined();
  await expect(put(` ${pattern(2_048)}`)).rejects.toMatchObject({ code: "LimitExceededException" });
});

test("refuses an operator that does not exist", async () => {
  await expect(put('{"source":[{"regex":".*"}]}')).rejects.toMatchObject({
    code: "InvalidEventPatternException",
  });
});
