import { functionArn } from "../exchange/arn";
import { buildRequest } from "../exchange/build-request";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";

/**
 * Refuses a function whose role Lambda cannot assume, as Lambda does for some seconds after the role
 * was created. Terraform's provider tries again then (terraform-provider-aws, issue 14285).
 *
 * @param authorize The guard that authorizes requests.
 */
export function functionRole(authorize: Guard): Guard {
  return async ({ request, accountId, receivedAt }) => {
    const { service, region, action, params } = request;
    const { Role, FunctionName } = params;
    const setsRole =
      /^(CreateFunction|UpdateFunctionConfiguration)$/.test(action) && typeof Role === "string";
    if (service !== "lambda" || !setsRole) {
      return;
    }
    const sourceArn = functionArn(String(FunctionName), { accountId, region });
    const principal = { type: "AWSService", accountId, service: "lambda.amazonaws.com", sourceArn } as const;
    const call = { service: "sts", region, action: "AssumeRole", params: { RoleArn: Role } };
    try {
      await authorize({ request: buildRequest(call), principal, accountId, receivedAt });
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      const message = "The role defined for the function cannot be assumed by Lambda.";
      throw new AwsError("InvalidParameterValueException", message, 400);
    }
  };
}
