import { QUARANTINE_DOCUMENT, type ExpectedParts } from "../../functions/contract";
import { AccountNames, NAMES } from "../../stacks/names";
import { eventBridgeAssumesRole, LAMBDA_ASSUMES_ROLE } from "../../stacks/policies/assume-role";
import { deadLetterPolicy } from "../../stacks/policies/dead-letters";
import { actionsOf, policyDocument, type PolicyDocument } from "../../stacks/policies/document";
import { drillPolicy } from "../../stacks/policies/drill";
import {
  chatPolicy,
  notifierPolicy,
  securityHubPolicy,
  webhookDeliveryPolicy,
  webhookPolicy,
} from "../../stacks/policies/notifier";
import { responderPolicy } from "../../stacks/policies/responder";
import { auditLogPolicy, forwardingPolicy, securityBusPolicy } from "../../stacks/policies/security-bus";
import { simulationPolicy } from "../../stacks/policies/simulation";
import { sweepPolicy } from "../../stacks/policies/sweep";
import { chatTopicPolicy, topicKeyPolicy, topicPolicy } from "../../stacks/policies/topic";
import { deployedAccount } from "../support/functions/deployed-account";
import { isAllowed, type SimulatedPolicies, type SimulatedRequest } from "../support/stacks/simulate";

const names = new AccountNames("aws", "444455556666");
const security = new AccountNames("aws", "111122223333");
const keyArn = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const anyUser = "arn:aws:iam::444455556666:user/team/alice";
const simulatedUser = "arn:aws:iam::444455556666:user/attack-simulation/run/attack-simulation-run-1";
const drilledUser = "arn:aws:iam::444455556666:user/quarantine-drill/drill-1a2b3c4d";
const destinationArn =
  "arn:aws:events:us-east-1:111122223333:api-destination/security-events-webhook-page/1234abcd-12ab-34cd-56ef-1234567890ab";
const sessionIn = ({ accountId }: AccountNames, role: string) =>
  `arn:aws:sts::${accountId}:assumed-role/${role}/session`;
const session = (role: string) => `arn:aws:sts::444455556666:assumed-role/${role}/session`;

/** The settings of an account whose responder does all that it can do. */
const ENFORCING = { mode: "enforce", deactivateAccessKeys: true, deleteLoginProfile: true } as const;

type Case = Omit<SimulatedRequest, "principal">;

/** The condition key that Lambda sets for what the function with this session's role calls. */
function sourceFunction(principal: string): Record<string, string> {
  const [, account = "", role = ""] = /::(\d+):assumed-role\/([^/]+)/.exec(principal) ?? [];
  return account === ""
    ? {}
    : { "lambda:SourceFunctionArn": `arn:aws:lambda:us-east-1:${account}:function:${role}` };
}

/** One test a request: what a principal can do, or cannot. */
function decides(
  expected: boolean,
  principal: string,
  policies: SimulatedPolicies,
  cases: readonly Case[],
): void {
  const label = ({ action, resource, context }: Case) =>
    `${action} on ${resource}${context ? ` with ${JSON.stringify(context)}` : ""}`;
  test.each(cases.map((each) => [label(each), each] as const))("%s", async (_, request) => {
    const context = { ...sourceFunction(principal), ...request.context };
    const allowed = await isAllowed({ principal, ...request, context }, policies);

    expect(allowed).toBe(expected);
  });
}

describe("security-response in enforce mode", () => {
  const identity = responderPolicy(names, ENFORCING);
  const role = session(NAMES.responder);

  describe("can", () => {
    decides(true, role, { identity }, [
      {
        action: "iam:AttachUserPolicy",
        resource: anyUser,
        context: { "iam:PolicyARN": names.quarantinePolicyArn },
      },
      { action: "iam:PutUserPolicy", resource: anyUser },
      {
        action: "iam:PutUserPermissionsBoundary",
        resource: anyUser,
        context: { "iam:PermissionsBoundary": names.quarantinePolicyArn },
      },
      {
        action: "iam:TagUser",
        resource: anyUser,
        context: { "aws:TagKeys": ["SecurityStatus", "QuarantineTime"] },
      },
      { action: "iam:UntagUser", resource: anyUser, context: { "aws:TagKeys": ["securitystatus"] } },
      { action: "iam:UntagUser", resource: anyUser, context: { "aws:TagKeys": ["Owner"] } },
      { action: "iam:UpdateAccessKey", resource: anyUser },
      { action: "iam:UpdateServiceSpecificCredential", resource: anyUser },
      { action: "iam:UpdateSigningCertificate", resource: anyUser },
      { action: "iam:UpdateSSHPublicKey", resource: anyUser },
      { action: "iam:DeleteLoginProfile", resource: anyUser },
      { action: "iam:ListAccessKeys", resource: anyUser },
      { action: "iam:GetUserPolicy", resource: anyUser },
      { action: "iam:ListUsers", resource: "*" },
      { action: "iam:GetAccountAuthorizationDetails", resource: "*" },
      { action: "iam:GetPolicyVersion", resource: names.quarantinePolicyArn },
      { action: "sns:Publish", resource: names.topicArn },
      { action: "events:PutEvents", resource: names.defaultBusArn },
      { action: "sqs:SendMessage", resource: names.queueArn(NAMES.deadLetters) },
      { action: "logs:PutLogEvents", resource: logStream(NAMES.responder) },
    ]);
  });

  describe("cannot", () => {
    decides(false, role, { identity }, [
      { action: "iam:AttachUserPolicy", resource: anyUser, context: { "iam:PolicyARN": administrator } },
      { action: "iam:AttachUserPolicy", resource: anyUser },
      {
        action: "iam:PutUserPermissionsBoundary",
        resource: anyUser,
        context: { "iam:PermissionsBoundary": administrator },
      },
      { action: "iam:TagUser", resource: anyUser, context: { "aws:TagKeys": ["SecurityStatus", "Owner"] } },
      { action: "iam:TagUser", resource: anyUser },
      {
        action: "iam:DetachUserPolicy",
        resource: anyUser,
        context: { "iam:PolicyARN": names.quarantinePolicyArn },
      },
      { action: "iam:DeleteUser", resource: anyUser },
      { action: "iam:DeleteUserPolicy", resource: anyUser },
      { action: "iam:CreateAccessKey", resource: anyUser },
      { action: "iam:CreateUser", resource: anyUser },
      { action: "iam:AttachRolePolicy", resource: names.roleArn("any") },
      { action: "iam:PutRolePolicy", resource: names.roleArn(NAMES.responder) },
      { action: "iam:GetPolicyVersion", resource: "arn:aws:iam::444455556666:policy/another" },
      { action: "iam:CreatePolicyVersion", resource: names.quarantinePolicyArn },
      { action: "iam:SetDefaultPolicyVersion", resource: "arn:aws:iam::444455556666:policy/another" },
      { action: "sns:Publish", resource: "arn:aws:sns:us-east-1:444455556666:other" },
      { action: "events:PutEvents", resource: security.securityBusArn },
      { action: "sqs:ReceiveMessage", resource: names.queueArn(NAMES.deadLetters) },
      { action: "logs:CreateLogGroup", resource: names.logGroupArn("/aws/lambda/other") },
      { action: "sts:AssumeRole", resource: names.roleArn("OrganizationAccountAccessRole") },
    ]);
  });
});

describe("the responder's role outside the responder", () => {
  const identity = responderPolicy(names, ENFORCING);
  const role = session(NAMES.responder);
  const inFunction = (region: string, name: string) => ({
    "lambda:SourceFunctionArn": `arn:aws:lambda:${region}:444455556666:function:${name}`,
  });

  describe("cannot act in another function, in one of its name in another Region, or in none", () => {
    const places = [inFunction("us-east-1", "other"), inFunction("eu-west-1", NAMES.responder), {}];
    const calls: Case[] = [
      { action: "iam:PutUserPolicy", resource: anyUser },
      { action: "iam:UpdateAccessKey", resource: anyUser },
      { action: "iam:SetDefaultPolicyVersion", resource: names.quarantinePolicyArn },
      { action: "sns:Publish", resource: names.topicArn },
      { action: "sns:Publish", resource: names.topicArnOf(NAMES.hold) },
    ];
    test.each(places.flatMap((context) => calls.map((call) => [call.action, call, context] as const)))(
      "%s",
      async (_, call, context) => {
        expect(await isAllowed({ principal: role, ...call, context }, { identity })).toBe(false);
      },
    );
  });

  test.each([
    ["the outcome", "events:PutEvents", names.defaultBusArn],
    ["an event that failed", "sqs:SendMessage", names.queueArn(NAMES.deadLetters)],
    ["the log", "logs:PutLogEvents", logStream(NAMES.responder)],
  ])("lets Lambda write %s, without the condition key", async (_, action, resource) => {
    expect(await isAllowed({ principal: role, action, resource }, { identity })).toBe(true);
  });
});

describe("security-notifier", () => {
  const identity = notifierPolicy(security, keyArn);
  const resource = topicKeyPolicy(security);
  const role = `arn:aws:sts::${security.accountId}:assumed-role/${NAMES.notifier}/${NAMES.notifier}`;
  const viaSns = { "kms:ViaService": "sns.us-east-1.amazonaws.com" };

  decides(true, role, { identity }, [
    { action: "sns:Publish", resource: security.topicArn },
    { action: "sqs:SendMessage", resource: security.queueArn(NAMES.securityDeadLetters) },
    { action: "logs:FilterLogEvents", resource: `${security.logGroupArn(NAMES.auditLog)}:*` },
    {
      action: "logs:PutLogEvents",
      resource: `${security.logGroupArn("/aws/lambda/security-notifier")}:log-stream:x`,
    },
  ]);
  decides(true, role, { identity, resource }, [
    { action: "kms:GenerateDataKey", resource: keyArn, context: viaSns },
  ]);
  decides(false, role, { identity, resource }, [
    { action: "kms:GenerateDataKey", resource: keyArn },
    { action: "kms:ScheduleKeyDeletion", resource: keyArn, context: viaSns },
  ]);
  decides(false, role, { identity }, [
    { action: "sns:Publish", resource: names.topicArn },
    { action: "sns:SetTopicAttributes", resource: security.topicArn },
    { action: "sns:Subscribe", resource: security.topicArn },
    { action: "sqs:ReceiveMessage", resource: security.queueArn(NAMES.securityDeadLetters) },
    { action: "events:PutEvents", resource: security.securityBusArn },
    { action: "iam:GetUser", resource: anyUser },
    { action: "logs:FilterLogEvents", resource: `${security.logGroupArn("/aws/lambda/other")}:*` },
    { action: "logs:DeleteLogGroup", resource: `${security.logGroupArn(NAMES.auditLog)}:*` },
    { action: "logs:PutLogEvents", resource: `${security.logGroupArn(NAMES.auditLog)}:log-stream:x` },
    { action: "lambda:InvokeFunction", resource: security.functionArn(NAMES.notifier) },
    { action: "logs:CreateLogGroup", resource: security.logGroupArn("/aws/lambda/security-notifier") },
    { action: "sts:AssumeRole", resource: names.roleArn("OrganizationAccountAccessRole") },
  ]);
});

describe("security-response in observe mode cannot change a user", () => {
  const identity = responderPolicy(names, {
    mode: "observe",
    deactivateAccessKeys: true,
    deleteLoginProfile: true,
  });

  decides(false, session(NAMES.responder), { identity }, [
    {
      action: "iam:AttachUserPolicy",
      resource: anyUser,
      context: { "iam:PolicyARN": names.quarantinePolicyArn },
    },
    { action: "iam:PutUserPolicy", resource: anyUser },
    { action: "iam:TagUser", resource: anyUser, context: { "aws:TagKeys": ["SecurityStatus"] } },
    { action: "iam:UpdateAccessKey", resource: anyUser },
    { action: "iam:UpdateServiceSpecificCredential", resource: anyUser },
    { action: "iam:UpdateSigningCertificate", resource: anyUser },
    { action: "iam:UpdateSSHPublicKey", resource: anyUser },
    { action: "iam:DeleteLoginProfile", resource: anyUser },
  ]);
});

describe("quarantine-sweep", () => {
  const identity = sweepPolicy(names, ENFORCING);
  const role = session(NAMES.sweep);
  const responderLog = `${names.logGroupArn("/aws/lambda/security-response")}:*`;
  const anyTrail = "arn:aws:cloudtrail:eu-west-1:444455556666:trail/any";
  const health = { "events:source": ["quarantine-sweep"], "events:detail-type": ["Quarantine Health"] };

  describe("can", () => {
    decides(true, role, { identity }, [
      { action: "iam:GetAccountAuthorizationDetails", resource: "*" },
      { action: "cloudtrail:LookupEvents", resource: "*" },
      { action: "iam:GetPolicy", resource: names.quarantinePolicyArn },
      { action: "iam:GetPolicyVersion", resource: names.quarantinePolicyArn },
      { action: "iam:ListAccessKeys", resource: anyUser },
      { action: "iam:GetLoginProfile", resource: anyUser },
      { action: "logs:FilterLogEvents", resource: responderLog },
      { action: "lambda:InvokeFunction", resource: names.functionArn(NAMES.responder) },
      { action: "sqs:SendMessage", resource: names.queueArn(NAMES.deadLetters) },
      { action: "logs:PutLogEvents", resource: logStream(NAMES.sweep) },
      { action: "logs:FilterLogEvents", resource: `${names.logGroupArn("/aws/lambda/quarantine-sweep")}:*` },
      { action: "cloudtrail:DescribeTrails", resource: "*" },
      { action: "cloudtrail:GetTrailStatus", resource: anyTrail },
      { action: "cloudtrail:GetEventSelectors", resource: anyTrail },
      { action: "sqs:GetQueueUrl", resource: names.queueArn(NAMES.deadLetters) },
      { action: "sqs:GetQueueAttributes", resource: names.queueArn(NAMES.deadLetters) },
      { action: "sns:ListSubscriptionsByTopic", resource: names.topicArn },
      { action: "sns:ListSubscriptionsByTopic", resource: names.topicArnOf(NAMES.hold) },
      { action: "events:PutEvents", resource: names.defaultBusArn, context: health },
    ]);
  });

  describe("can read every part that its rule tells it to expect", () => {
    const { expected } = deployedAccount(0).event as { expected: ExpectedParts };
    decides(true, role, { identity }, [
      ...expected.rules.flatMap(({ name }) =>
        ["events:DescribeRule", "events:ListTargetsByRule"].map((action) => ({
          action,
          resource: names.ruleArn(name),
        })),
      ),
      ...expected.functions.flatMap(({ name }) =>
        [
          "lambda:GetFunctionConcurrency",
          "lambda:GetFunctionConfiguration",
          "lambda:GetFunctionEventInvokeConfig",
        ].map((action) => ({ action, resource: names.functionArn(name) })),
      ),
    ]);
  });

  describe("cannot", () => {
    decides(false, role, { identity }, [
      {
        action: "iam:AttachUserPolicy",
        resource: anyUser,
        context: { "iam:PolicyARN": names.quarantinePolicyArn },
      },
      { action: "iam:PutUserPolicy", resource: anyUser },
      { action: "iam:TagUser", resource: anyUser, context: { "aws:TagKeys": ["SecurityStatus"] } },
      { action: "iam:UpdateAccessKey", resource: anyUser },
      { action: "iam:DeleteLoginProfile", resource: anyUser },
      { action: "iam:SetDefaultPolicyVersion", resource: names.quarantinePolicyArn },
      { action: "lambda:InvokeFunction", resource: names.functionArn(NAMES.hold) },
      { action: "lambda:InvokeFunction", resource: names.functionArn(NAMES.sweep) },
      { action: "lambda:UpdateFunctionCode", resource: names.functionArn(NAMES.responder) },
      { action: "logs:PutLogEvents", resource: logStream(NAMES.responder) },
      { action: "logs:FilterLogEvents", resource: `${names.logGroupArn("/aws/lambda/other")}:*` },
      { action: "sns:Publish", resource: names.topicArn },
      { action: "sns:Publish", resource: names.topicArnOf(NAMES.hold) },
      { action: "events:PutEvents", resource: names.defaultBusArn },
      {
        action: "events:PutEvents",
        resource: names.defaultBusArn,
        context: { ...health, "events:source": ["lambda"] },
      },
      {
        action: "events:PutEvents",
        resource: names.defaultBusArn,
        context: { ...health, "events:detail-type": ["Lambda Function Invocation Result - Success"] },
      },
      { action: "events:PutEvents", resource: security.securityBusArn, context: health },
      { action: "events:EnableRule", resource: names.ruleArn(NAMES.detectionRule) },
      { action: "events:DescribeRule", resource: names.ruleArn("another") },
      { action: "lambda:GetFunction", resource: names.functionArn(NAMES.responder) },
      { action: "lambda:GetFunctionConfiguration", resource: names.functionArn("another") },
      { action: "sqs:ReceiveMessage", resource: names.queueArn(NAMES.deadLetters) },
      { action: "sqs:PurgeQueue", resource: names.queueArn(NAMES.deadLetters) },
      { action: "sns:ListSubscriptionsByTopic", resource: names.topicArnOf("another") },
      { action: "cloudtrail:StopLogging", resource: anyTrail },
      { action: "sts:AssumeRole", resource: names.roleArn("OrganizationAccountAccessRole") },
    ]);
  });

  describe("that only observes cannot look at credentials", () => {
    const observing = { mode: "observe", deactivateAccessKeys: true, deleteLoginProfile: true } as const;
    decides(false, role, { identity: sweepPolicy(names, observing) }, [
      { action: "iam:ListAccessKeys", resource: anyUser },
      { action: "iam:GetLoginProfile", resource: anyUser },
    ]);
  });
});

describe("quarantine-drill", () => {
  const identity = drillPolicy(names);
  const role = session(NAMES.drill);
  const ownRole = names.roleArn(NAMES.drill);
  const drillTag = { "aws:TagKeys": ["QuarantineDrill"] };

  describe("can", () => {
    decides(true, role, { identity }, [
      { action: "iam:CreateUser", resource: drilledUser },
      { action: "iam:CreateAccessKey", resource: drilledUser },
      { action: "iam:ListAttachedUserPolicies", resource: drilledUser },
      { action: "iam:GetUserPolicy", resource: drilledUser },
      {
        action: "iam:DetachUserPolicy",
        resource: drilledUser,
        context: { "iam:PolicyARN": names.quarantinePolicyArn },
      },
      { action: "iam:DeleteUserPolicy", resource: drilledUser },
      { action: "iam:DeleteUserPermissionsBoundary", resource: drilledUser },
      { action: "iam:DeleteAccessKey", resource: drilledUser },
      { action: "iam:DeleteUser", resource: drilledUser },
      { action: "iam:ListUsers", resource: "*" },
      { action: "iam:TagRole", resource: ownRole, context: drillTag },
      { action: "iam:ListRoleTags", resource: ownRole },
      { action: "events:PutEvents", resource: names.defaultBusArn },
      { action: "sqs:SendMessage", resource: names.queueArn(NAMES.deadLetters) },
      { action: "logs:PutLogEvents", resource: logStream(NAMES.drill) },
    ]);
  });

  describe("cannot", () => {
    decides(false, role, { identity }, [
      ...[anyUser, simulatedUser, "arn:aws:iam::444455556666:user/quarantine-drill-not/x"].flatMap(
        (resource) => [
          { action: "iam:CreateUser", resource },
          { action: "iam:CreateAccessKey", resource },
          { action: "iam:DeleteUser", resource },
          {
            action: "iam:DetachUserPolicy",
            resource,
            context: { "iam:PolicyARN": names.quarantinePolicyArn },
          },
        ],
      ),
      {
        action: "iam:AttachUserPolicy",
        resource: drilledUser,
        context: { "iam:PolicyARN": names.quarantinePolicyArn },
      },
      { action: "iam:DetachUserPolicy", resource: drilledUser, context: { "iam:PolicyARN": administrator } },
      { action: "iam:PutUserPolicy", resource: drilledUser },
      { action: "iam:PutUserPermissionsBoundary", resource: drilledUser },
      { action: "iam:CreateLoginProfile", resource: drilledUser },
      { action: "iam:UpdateAccessKey", resource: drilledUser },
      { action: "iam:CreateServiceSpecificCredential", resource: drilledUser },
      { action: "iam:AddUserToGroup", resource: "arn:aws:iam::444455556666:group/quarantine-drill/x" },
      { action: "iam:TagUser", resource: drilledUser, context: { "aws:TagKeys": ["SecurityStatus"] } },
      { action: "iam:UpdateUser", resource: drilledUser },
      { action: "iam:TagRole", resource: names.roleArn(NAMES.responder), context: drillTag },
      { action: "iam:TagRole", resource: ownRole, context: { "aws:TagKeys": ["QuarantineDrill", "Owner"] } },
      { action: "iam:TagRole", resource: ownRole },
      { action: "iam:UntagRole", resource: ownRole, context: drillTag },
      { action: "iam:PutRolePolicy", resource: ownRole },
      { action: "iam:UpdateAssumeRolePolicy", resource: ownRole },
      { action: "sns:Publish", resource: names.topicArn },
      { action: "lambda:InvokeFunction", resource: names.functionArn(NAMES.responder) },
      { action: "events:PutEvents", resource: security.securityBusArn },
    ]);
  });
});

describe("the responder of an account with a drill", () => {
  const identity = responderPolicy(names, ENFORCING, names.roleArn(NAMES.drill));
  const role = session(NAMES.responder);

  describe("can read the announcement", () => {
    decides(true, role, { identity }, [{ action: "iam:ListRoleTags", resource: names.roleArn(NAMES.drill) }]);
  });

  describe("cannot write it, nor read the tags of another role", () => {
    decides(false, role, { identity }, [
      { action: "iam:TagRole", resource: names.roleArn(NAMES.drill) },
      { action: "iam:ListRoleTags", resource: names.roleArn("any") },
    ]);
    decides(false, role, { identity: responderPolicy(names, ENFORCING) }, [
      { action: "iam:ListRoleTags", resource: names.roleArn(NAMES.drill) },
    ]);
  });
});

describe("attack-simulation", () => {
  const identity = simulationPolicy(names);
  const role = session(NAMES.simulation);

  describe("can, below its path", () => {
    decides(true, role, { identity }, [
      { action: "iam:CreateUser", resource: simulatedUser },
      { action: "iam:CreateAccessKey", resource: simulatedUser },
      { action: "iam:CreateLoginProfile", resource: simulatedUser },
      {
        action: "iam:AttachUserPolicy",
        resource: simulatedUser,
        context: { "iam:PolicyARN": administrator },
      },
      {
        action: "iam:DetachUserPolicy",
        resource: simulatedUser,
        context: { "iam:PolicyARN": names.quarantinePolicyArn },
      },
      { action: "iam:DeleteUser", resource: simulatedUser },
      { action: "iam:ListUsers", resource: "*" },
    ]);
  });

  describe("cannot", () => {
    decides(false, role, { identity }, [
      { action: "iam:CreateUser", resource: anyUser },
      { action: "iam:CreateAccessKey", resource: anyUser },
      { action: "iam:DeleteUser", resource: anyUser },
      {
        action: "iam:DetachUserPolicy",
        resource: anyUser,
        context: { "iam:PolicyARN": names.quarantinePolicyArn },
      },
      { action: "iam:AttachUserPolicy", resource: anyUser, context: { "iam:PolicyARN": administrator } },
      { action: "iam:CreateRole", resource: names.roleArn("any") },
      { action: "sns:Publish", resource: names.topicArn },
    ]);
  });
});

describe("channels beside mail", () => {
  const policies = {
    hub: { identity: securityHubPolicy(security) },
    chat: { identity: chatPolicy(security), resource: chatTopicPolicy(security) },
    webhook: { identity: webhookPolicy(security) },
  };
  const sessions = {
    hub: sessionIn(security, NAMES.securityHubNotifier),
    chat: sessionIn(security, NAMES.chatNotifier),
    webhook: sessionIn(security, NAMES.webhookNotifier),
  };
  const own = { "events:source": ["security-notifier"], "events:detail-type": ["Quarantine Webhook"] };
  const publish = { action: "sns:Publish", resource: security.topicArnOf(NAMES.chatTopic) };
  const asNotifier = { "aws:PrincipalArn": security.roleArn(NAMES.chatNotifier) };
  const importFindings = "securityhub:BatchImportFindings";
  const otherProduct = "arn:aws:securityhub:us-east-1:111122223333:product/999999999999/default";

  describe("Security Hub's can import findings of the account's own product, and no others", () => {
    decides(true, sessions.hub, policies.hub, [{ action: importFindings, resource: security.ownProductArn }]);
    decides(false, sessions.hub, policies.hub, [
      { action: importFindings, resource: otherProduct },
      {
        action: "securityhub:BatchUpdateFindings",
        resource: "arn:aws:securityhub:us-east-1:111122223333:hub/default",
      },
      { action: "sns:Publish", resource: security.topicArn },
      { action: "logs:FilterLogEvents", resource: `${security.logGroupArn(NAMES.auditLog)}:*` },
    ]);
  });

  describe("chat's can publish to its topic, and to no other", () => {
    decides(true, sessions.chat, policies.chat, [{ ...publish, context: asNotifier }]);
    decides(false, sessions.chat, { identity: policies.chat.identity }, [
      { action: "sns:Publish", resource: security.topicArn },
      { action: "sns:Subscribe", resource: publish.resource },
      { action: "events:PutEvents", resource: security.defaultBusArn, context: own },
    ]);
  });

  describe("nobody else can publish to the topic of chat", () => {
    decides(
      false,
      sessionIn(security, "Admin"),
      {
        identity: policyDocument({ Sid: "All", Effect: "Allow", Action: "sns:Publish", Resource: "*" }),
        resource: policies.chat.resource,
      },
      [{ ...publish, context: { "aws:PrincipalArn": security.roleArn("Admin") } }],
    );
  });

  describe("that of webhooks can put its own events on the default bus, and no others", () => {
    decides(true, sessions.webhook, policies.webhook, [
      { action: "events:PutEvents", resource: security.defaultBusArn, context: own },
    ]);
    decides(false, sessions.webhook, policies.webhook, [
      { action: "events:PutEvents", resource: security.defaultBusArn },
      {
        action: "events:PutEvents",
        resource: security.defaultBusArn,
        context: { ...own, "events:source": ["lambda"] },
      },
      { action: "events:PutEvents", resource: security.securityBusArn, context: own },
      { action: "events:InvokeApiDestination", resource: destinationArn },
      {
        action: "secretsmanager:GetSecretValue",
        resource: "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
      },
    ]);
  });

  describe("EventBridge can invoke the API destinations, and no others", () => {
    const role = sessionIn(security, NAMES.webhookRole);
    const identity = webhookDeliveryPolicy([destinationArn]);
    decides(true, role, { identity }, [{ action: "events:InvokeApiDestination", resource: destinationArn }]);
    decides(false, role, { identity }, [
      { action: "events:InvokeApiDestination", resource: destinationArn.replace("page", "other") },
      { action: "events:PutEvents", resource: security.defaultBusArn, context: own },
    ]);
  });
});

describe("the forwarding role", () => {
  const role = session(NAMES.forwardingRole);
  const policies = {
    identity: forwardingPolicy(security),
    resource: securityBusPolicy(security, "o-exampleorgid"),
  };
  const member = {
    "aws:PrincipalOrgID": "o-exampleorgid",
    "aws:PrincipalArn": names.roleArn(NAMES.forwardingRole),
  };
  const put = { action: "events:PutEvents", resource: security.securityBusArn };

  describe("of this organization can put events on the central bus", () => {
    decides(true, role, policies, [{ ...put, context: member }]);
  });

  describe("cannot put events elsewhere", () => {
    decides(false, role, { identity: policies.identity }, [
      { action: "events:PutEvents", resource: names.defaultBusArn },
    ]);
  });

  describe("of another organization is refused, and so is another role of this one", () => {
    decides(false, role, policies, [
      { ...put, context: { ...member, "aws:PrincipalOrgID": "o-strangers0" } },
      { ...put, context: { ...member, "aws:PrincipalArn": names.roleArn("developer") } },
      put,
    ]);
  });
});

describe("services", () => {
  const events = "events.amazonaws.com";
  const rule = names.ruleArn(NAMES.detectionRule);
  const queue = names.queueArn(NAMES.deadLetters);
  const own = { resource: deadLetterPolicy(queue, [rule]) };
  const send = { action: "sqs:SendMessage", resource: queue };

  describe("EventBridge leaves dead letters of the rules named, and of no others", () => {
    decides(true, events, own, [{ ...send, context: { "aws:SourceArn": rule } }]);
    decides(false, events, own, [
      { ...send, context: { "aws:SourceArn": names.ruleArn("another") } },
      { ...send, context: { "aws:SourceArn": rule, "aws:SecureTransport": "false" } },
    ]);
  });

  describe("alarms with the topic's prefix publish to it, and no others", () => {
    const topic = { resource: topicPolicy(names, "security-response-*") };
    const publish = { action: "sns:Publish", resource: names.topicArn };
    const context = (account: string, alarm: string) => ({
      "aws:SourceAccount": account,
      "aws:SourceArn": new AccountNames("aws", account).alarmArn(alarm),
    });
    decides(true, "cloudwatch.amazonaws.com", topic, [
      { ...publish, context: context("444455556666", "security-response-errors") },
    ]);
    decides(false, "cloudwatch.amazonaws.com", topic, [
      { ...publish, context: context("444455556666", "billing") },
      { ...publish, context: context("999999999999", "security-response-errors") },
    ]);
  });

  describe("in an account without such alarms, the responder and the hold alone publish", () => {
    const everything = {
      Version: "2012-10-17",
      Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
    } as const;
    const topic = { identity: everything, resource: topicPolicy(names) };
    const publish = (role: string) => ({
      action: "sns:Publish",
      resource: names.topicArn,
      context: { "aws:PrincipalArn": names.roleArn(role) },
    });
    for (const role of [NAMES.responder, NAMES.hold]) {
      decides(true, names.roleArn(role), topic, [publish(role)]);
    }
    for (const role of ["Administrator", NAMES.sweep, `team/${NAMES.responder}`]) {
      decides(false, names.roleArn(role), topic, [publish(role)]);
    }
  });

  describe("EventBridge publishes to no topic and uses no key: it takes no condition that would say for which rule", () => {
    const alarms = "security-events-*";
    decides(false, events, { resource: topicPolicy(security, alarms) }, [
      { action: "sns:Publish", resource: security.topicArn },
    ]);
    decides(false, events, { resource: topicKeyPolicy(security) }, [
      { action: "kms:GenerateDataKey", resource: keyArn },
    ]);
  });

  describe("EventBridge writes the audit log from the audit rule and this account's own three only", () => {
    const log = { resource: auditLogPolicy(security) };
    const write = {
      action: "logs:PutLogEvents",
      resource: `${security.logGroupArn(NAMES.auditLog)}:log-stream:x`,
    };
    decides(true, events, log, [
      { ...write, context: { "aws:SourceArn": security.ruleArn(NAMES.auditRule, NAMES.bus) } },
      { ...write, context: { "aws:SourceArn": security.ruleArn(NAMES.ownChangeRule) } },
      { ...write, context: { "aws:SourceArn": security.ruleArn(NAMES.ownOtherChangeRule) } },
      { ...write, context: { "aws:SourceArn": security.ruleArn(NAMES.ownRefusalRule) } },
    ]);
    decides(false, events, log, [{ ...write, context: { "aws:SourceArn": security.ruleArn("another") } }]);
  });
});

/** Service authorization reference: these know no resource. */
const ACCOUNT_WIDE = [
  "cloudtrail:DescribeTrails",
  "cloudtrail:LookupEvents",
  "iam:GetAccountAuthorizationDetails",
  "iam:ListUsers",
];

describe("no policy allows more than its statements say", () => {
  const policies: readonly [string, PolicyDocument][] = [
    ["responder", responderPolicy(names, ENFORCING)],
    ["notifier", notifierPolicy(security, keyArn)],
    ["notifier of Security Hub", securityHubPolicy(security)],
    ["notifier of chat", chatPolicy(security)],
    ["notifier of webhooks", webhookPolicy(security)],
    ["delivery of webhooks", webhookDeliveryPolicy([destinationArn])],
    ["simulation", simulationPolicy(names)],
    ["sweep", sweepPolicy(names, ENFORCING)],
    ["drill", drillPolicy(names)],
    ["forwarding", forwardingPolicy(security)],
    ["bus", securityBusPolicy(security, "o-exampleorgid")],
    ["audit log", auditLogPolicy(security)],
    ["topic", topicPolicy(names, "security-response-*")],
    ["topic without alarms", topicPolicy(names)],
    ["dead letters", deadLetterPolicy(names.queueArn(NAMES.deadLetters), [])],
    ["role of a function", LAMBDA_ASSUMES_ROLE],
    ["role for rules", eventBridgeAssumesRole(names, [NAMES.detectionRule])],
  ];

  test.each(policies)(
    "%s: no Allow has a wildcard action, and the resource * only where IAM has no narrower one",
    (_, policy) => {
      const allows = policy.Statement.filter(({ Effect }) => Effect === "Allow");
      const wide = allows.filter(({ Resource }) => Resource === "*");

      expect(allows.flatMap(actionsOf).filter((action) => action.includes("*"))).toEqual([]);
      expect(wide.flatMap(actionsOf).filter((action) => !ACCOUNT_WIDE.includes(action))).toEqual([]);
    },
  );

  test("EventBridge assumes the role for rules on behalf of this account's rules only", () => {
    expect(eventBridgeAssumesRole(names, [NAMES.detectionRule]).Statement).toMatchObject([
      {
        Condition: {
          StringEquals: { "aws:SourceAccount": "444455556666" },
          ArnEquals: { "aws:SourceArn": [names.ruleArn(NAMES.detectionRule)] },
        },
      },
    ]);
  });
});

describe("a quarantined administrator", () => {
  const everything: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Administrator", Effect: "Allow", Action: "*", Resource: "*" },
      ...QUARANTINE_DOCUMENT.Statement,
    ],
  };

  decides(false, anyUser, { identity: everything }, [
    { action: "iam:CreateUser", resource: anyUser },
    { action: "iam:DetachUserPolicy", resource: anyUser },
    { action: "sns:Publish", resource: names.topicArn },
    { action: "sts:AssumeRole", resource: names.roleArn("OrganizationAccountAccessRole") },
  ]);
});

function logStream(functionName: string): string {
  return `${names.logGroupArn(`/aws/lambda/${functionName}`)}:log-stream:2026/01/01/[$LATEST]0`;
}
