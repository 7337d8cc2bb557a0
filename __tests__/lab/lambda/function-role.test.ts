import { functionRole } from "../../../lab/lambda/function-role";
import { AwsError } from "../../../lab/shared/errors";
import { ACCOUNT, exchangeOf, ROLE } from "../../support/lab/exchange";

const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;

const call = (action: string, params: Record<string, unknown>) =>
  exchangeOf({ service: "lambda", action, params, rest: { method: "POST", path: "/2015-03-31/functions" } });

describe("functionRole", () => {
  test.each(["CreateFunction", "UpdateFunctionConfiguration"])(
    "refuses %s while Lambda cannot assume the role",
    async (action) => {
      const authorize = jest.fn().mockRejectedValue(new AwsError("AccessDenied", "no", 403));

      const refused = functionRole(authorize)(call(action, { FunctionName: "f", Role: ROLE.roleArn }));

      await expect(refused).rejects.toMatchObject({
        code: "InvalidParameterValueException",
        message: "The role defined for the function cannot be assumed by Lambda.",
      });
      expect(authorize).toHaveBeenCalledWith(
        expect.objectContaining({
          principal: expect.objectContaining({ service: "lambda.amazonaws.com", sourceArn: FUNCTION }),
          request: expect.objectContaining({ action: "AssumeRole", params: { RoleArn: ROLE.roleArn } }),
        }),
      );
    },
  );

  test.each([
    [
      "a function whose role Lambda can assume",
      "CreateFunction",
      { FunctionName: "f", Role: ROLE.roleArn },
      1,
    ],
    ["a change that sets no role", "UpdateFunctionConfiguration", { FunctionName: "f", Timeout: 3 }, 0],
    ["other calls", "GetFunction", { FunctionName: "f" }, 0],
  ])("lets %s pass", async (_name, action, params, asked) => {
    const authorize = jest.fn().mockResolvedValue(undefined);

    await functionRole(authorize)(call(action, params));

    expect(authorize).toHaveBeenCalledTimes(asked);
  });
});
