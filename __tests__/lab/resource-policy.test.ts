import type { Principal } from "../../lab/gateway/principal";
import { resourcePolicyAllows } from "../../lab/policy/resource-policy";
import { ACCOUNT, ROLE } from "../support/lab-exchange";

const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
const RULE_ARN = `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`;
const EVENTBRIDGE: Principal = {
  type: "AWSService",
  accountId: ACCOUNT,
  service: "events.amazonaws.com",
  sourceArn: RULE_ARN,
};
const CENTRAL_BUS = "arn:aws:events:us-east-1:111122223333:event-bus/b";

function permission(sourceArn: string, service = "events.amazonaws.com"): object {
  const Condition = { ArnLike: { "AWS:SourceArn": sourceArn } };
  const Principal = { Service: service };
  const statement = {
    Sid: "s",
    Effect: "Allow",
    Principal,
    Action: "lambda:InvokeFunction",
    Resource: FUNCTION_ARN,
    Condition,
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

function busPolicy(accountId: string): object {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  const statement = {
    Sid: "s",
    Effect: "Allow",
    Principal,
    Action: "events:PutEvents",
    Resource: CENTRAL_BUS,
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

describe("resourcePolicyAllows", () => {
  it.each<[string, object | undefined, boolean]>([
    ["lets in the rule it names", permission(RULE_ARN), true],
    ["keeps out another rule", permission(`${RULE_ARN}-other`), false],
    ["keeps out another service", permission(RULE_ARN, "s3.amazonaws.com"), false],
    ["keeps out everyone when there is none", undefined, false],
  ])("%s", async (_name, policy, expected) => {
    const question = {
      policy,
      principal: EVENTBRIDGE,
      action: "lambda:InvokeFunction",
      resourceArn: FUNCTION_ARN,
    };

    const allowed = await resourcePolicyAllows(question);

    expect(allowed).toBe(expected);
  });

  it.each([
    ["lets in a role of an account it names", ACCOUNT, true],
    ["keeps out a role of another account", "777788889999", false],
  ])("%s", async (_name, named, expected) => {
    const policy = busPolicy(named);

    const allowed = await resourcePolicyAllows({
      policy,
      principal: ROLE,
      action: "events:PutEvents",
      resourceArn: CENTRAL_BUS,
    });

    expect(allowed).toBe(expected);
  });

  it("does not guess about a policy it cannot read", async () => {
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Maybe" }] };

    const asked = resourcePolicyAllows({
      policy,
      principal: ROLE,
      action: "events:PutEvents",
      resourceArn: CENTRAL_BUS,
    });

    await expect(asked).rejects.toThrow(/policy of .*event-bus\/b cannot be read/);
  });
});
