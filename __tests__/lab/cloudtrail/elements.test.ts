import { requestParameters } from "../../../lab/cloudtrail/elements";
import { CALLS_ON_A_USER, CALLS_ON_THE_POLICY, titleOf } from "../../support/undoing-calls";

/** The input of the API, whose names have a capital first letter, lists of objects included. */
function toInput(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(toInput);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.charAt(0).toUpperCase() + name.slice(1),
      toInput(inner),
    ]),
  );
}

describe("the lab records a call that can undo a quarantine as its rule expects it", () => {
  test.each([...CALLS_ON_A_USER, ...CALLS_ON_THE_POLICY].map((call) => [titleOf(call), call[1]] as const))(
    "%s",
    (_, parameters) => {
      const input = toInput(parameters) as Record<string, unknown>;

      expect(requestParameters("iam", input)).toEqual(parameters);
    },
  );
});

test("the lab leaves out parameters of more than 100 KB, as of a policy that is padded with white space", () => {
  const input = (spaces: number) => ({ UserName: "mallory", PolicyDocument: `{${" ".repeat(spaces)}}` });

  expect(requestParameters("iam", input(100_000))).toMatchObject({ userName: "mallory" });
  expect(requestParameters("iam", input(103_000))).toEqual({
    ...{ reason: "requestParameters too large", omitted: true, originalSize: expect.any(Number) },
  });
});
