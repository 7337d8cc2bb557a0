import { accessDenied } from "../../../lab/authorization/access-denied";
import { evaluatePolicies, type Evaluation } from "../../../lab/authorization/evaluate-policies";
import { ACCOUNT, ROLE, USER } from "../../support/lab/exchange";

const QUARANTINE = `arn:aws:iam::${ACCOUNT}:policy/Quarantine`;
const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
const RULE_ARN = `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`;
const CENTRAL_BUS = "arn:aws:events:us-east-1:111122223333:event-bus/b";

const policy = (...statements: object[]): object => ({ Version: "2012-10-17", Statement: statements });
const all = (Effect: "Allow" | "Deny", Action: string): object => policy({ Effect, Action, Resource: "*" });

const ADMINISTRATOR = { name: "arn:aws:iam::aws:policy/AdministratorAccess", policy: all("Allow", "*") };

function evaluation(overrides: Partial<Evaluation> = {}): Evaluation {
  return {
    principal: USER.arn,
    action: "iam:DeleteUser",
    resourceArn: `arn:aws:iam::${ACCOUNT}:user/bob`,
    accountId: ACCOUNT,
    context: {},
    identityPolicies: [ADMINISTRATOR],
    boundary: undefined,
    sessionPolicy: undefined,
    resourcePolicy: undefined,
    levels: [],
    ...overrides,
  };
}

async function answerTo(overrides: Partial<Evaluation>): Promise<string> {
  const given = evaluation(overrides);
  const decision = await evaluatePolicies(given);
  if (decision.allowed) {
    return "allowed";
  }
  const { action, resourceArn, accountId } = given;
  return accessDenied(
    { service: "iam", protocol: "query" },
    USER,
    { action, resourceArn, accountId },
    decision,
  ).message;
}

const REFUSED = `User: ${USER.arn} is not authorized to perform: iam:DeleteUser on resource: arn:aws:iam::${ACCOUNT}:user/bob`;

describe("evaluatePolicies", () => {
  test.each([
    ["on everything", "*", "allowed"],
    ["on every resource of the type", `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/*`, "allowed"],
    ["on one resource", `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/t`, "because no identity-based policy"],
  ])("answers a request on everything by what a policy allows %s", async (_name, Resource, expected) => {
    const granted = { name: "Own", policy: policy({ Effect: "Allow", Action: "dynamodb:*", Resource }) };
    const request = { action: "dynamodb:DescribeTable", resourceArn: "*", identityPolicies: [granted] };

    expect(await answerTo(request)).toContain(expected);
  });

  test("evaluates a request on everything whose action has ambiguous types of resources", async () => {
    const request = { action: "lambda:GetProvisionedConcurrencyConfig", resourceArn: "*" };

    expect(await answerTo(request)).toBe("allowed");
  });

  test("allows what a policy allows", async () => {
    expect(await answerTo({})).toBe("allowed");
  });

  test.each<[string, Partial<Evaluation>, string]>([
    [
      "no policy allows it",
      { identityPolicies: [] },
      "because no identity-based policy allows the iam:DeleteUser action",
    ],
    [
      "a policy denies it",
      { identityPolicies: [ADMINISTRATOR, { name: QUARANTINE, policy: all("Deny", "*") }] },
      `with an explicit deny in an identity-based policy: ${QUARANTINE}`,
    ],
    [
      "an inline policy denies it",
      { identityPolicies: [ADMINISTRATOR, { name: "inline", policy: all("Deny", "*") }] },
      "with an explicit deny in an identity-based policy",
    ],
    [
      "the boundary does not allow it",
      { boundary: { name: QUARANTINE, policy: all("Allow", "sns:*") } },
      "because no permissions boundary allows the iam:DeleteUser action",
    ],
    [
      "the boundary denies it",
      { boundary: { name: QUARANTINE, policy: all("Deny", "*") } },
      `with an explicit deny in a permissions boundary: ${QUARANTINE}`,
    ],
    [
      "no service control policy allows it",
      { levels: [{ orgIdentifier: "r-root", policies: [{ name: "p", policy: all("Allow", "sns:*") }] }] },
      "because no service control policy allows the iam:DeleteUser action",
    ],
    [
      "a service control policy denies it",
      {
        levels: [
          {
            orgIdentifier: "r-root",
            policies: [
              { name: "full", policy: all("Allow", "*") },
              {
                name: "arn:aws:organizations::123456789012:policy/o-lab/service_control_policy/p-1",
                policy: all("Deny", "iam:*"),
              },
            ],
          },
        ],
      },
      "with an explicit deny in a service control policy: arn:aws:organizations::123456789012:policy/o-lab/service_control_policy/p-1",
    ],
    [
      "the session was not given it",
      { principal: ROLE.arn, sessionPolicy: all("Allow", "sns:*") },
      "because no session policy allows the iam:DeleteUser action",
    ],
  ])("refuses and says why when %s", async (_name, overrides, ground) => {
    expect(await answerTo(overrides)).toBe(`${REFUSED} ${ground}`);
  });

  test.each([
    ["the rule it names", RULE_ARN, true],
    ["another rule", `${RULE_ARN}-other`, false],
  ])("allows a service by the resource-based policy: %s", async (_name, sourceArn, allowed) => {
    const resourcePolicy = policy({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: FUNCTION_ARN,
      Condition: { ArnLike: { "AWS:SourceArn": RULE_ARN } },
    });

    const decision = await evaluatePolicies(
      evaluation({
        principal: "events.amazonaws.com",
        action: "lambda:InvokeFunction",
        resourceArn: FUNCTION_ARN,
        context: { "aws:SourceArn": sourceArn },
        identityPolicies: [],
        resourcePolicy,
      }),
    );

    expect(decision.allowed).toBe(allowed);
  });

  test.each([
    ["allows", "o-lab0000001", true],
    ["does not allow", "o-other00001", false],
  ])(
    "requires both sides to allow a call across accounts: the bus %s it",
    async (_name, organizationId, allowed) => {
      const resourcePolicy = policy({
        Effect: "Allow",
        Principal: "*",
        Action: "events:PutEvents",
        Resource: CENTRAL_BUS,
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-lab0000001" } },
      });

      const decision = await evaluatePolicies(
        evaluation({
          principal: ROLE.arn,
          action: "events:PutEvents",
          resourceArn: CENTRAL_BUS,
          accountId: "111122223333",
          context: { "aws:PrincipalOrgID": organizationId },
          resourcePolicy,
        }),
      );

      expect(decision).toMatchObject(allowed ? { allowed } : { allowed, kind: "resource-based policy" });
    },
  );

  test("rejects a policy that it cannot read", async () => {
    const evaluated = evaluatePolicies(
      evaluation({ resourcePolicy: { Version: "2012-10-17", Statement: [{ Effect: "Maybe" }] } }),
    );

    await expect(evaluated).rejects.toThrow(/cannot evaluate the policies for iam:DeleteUser/);
  });
});

describe("accessDenied", () => {
  const DECISION = { allowed: false, kind: "identity-based policy", explicit: false } as const;
  const PERMISSION = {
    action: "sns:Publish",
    resourceArn: `arn:aws:sns:us-east-1:${ACCOUNT}:t`,
    accountId: ACCOUNT,
  };

  test.each([
    ["iam", "query", "AccessDenied", 403],
    ["ec2", "query", "UnauthorizedOperation", 403],
    ["sns", "query", "AuthorizationError", 403],
    ["sqs", "json", "AccessDenied", 403],
    ["events", "json", "AccessDeniedException", 400],
    ["dynamodb", "json", "AccessDeniedException", 400],
    ["lambda", "rest", "AccessDeniedException", 403],
    ["eks", "rest", "AccessDeniedException", 403],
    ["s3", "xml", "AccessDenied", 403],
  ] as const)("answers as %s does", (service, protocol, code, status) => {
    expect(accessDenied({ service, protocol }, USER, PERMISSION, DECISION)).toMatchObject({ code, status });
  });

  test("names the key when the permission on a topic's key is missing", () => {
    const key = { ...PERMISSION, action: "kms:Decrypt", via: "sns" };

    expect(accessDenied({ service: "sns", protocol: "query" }, USER, key, DECISION)).toMatchObject({
      code: "KMSAccessDenied",
      status: 400,
    });
  });
});
