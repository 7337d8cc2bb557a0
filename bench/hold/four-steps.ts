import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreatePolicyCommand, CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateTopicCommand } from "@aws-sdk/client-sns";
import { zipSync } from "fflate";
import { QUARANTINE_DOCUMENT } from "../../functions/contract";
import type { LabAddress, LabClient } from "../../lab/client/lab-client";
import { userCreated } from "../../stacks/event-patterns";
import { AccountNames, NAMES } from "../../stacks/names";
import { bundlePlainly } from "../function/subjects";

/** Sets the plain four steps up in an account: the policy, the topic, the function and its rule, no more. */
export async function deployFourSteps(lab: LabClient, address: LabAddress, accountId: string): Promise<void> {
  const names = new AccountNames("aws", accountId);
  const credentials = address.credentials[accountId];
  const settings = {
    endpoint: address.endpoint,
    region: address.region,
    ...(credentials && { credentials }),
  };
  const iam = lab.iam(accountId);
  const PolicyDocument = JSON.stringify(QUARANTINE_DOCUMENT);
  await iam.send(new CreatePolicyCommand({ PolicyName: NAMES.quarantinePolicy, PolicyDocument }));
  await lab.sns(accountId).send(new CreateTopicCommand({ Name: NAMES.topic }));
  await iam.send(
    new CreateRoleCommand({
      RoleName: NAMES.responder,
      AssumeRolePolicyDocument: document({
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    }),
  );
  const Action = ["iam:AttachUserPolicy", "iam:GetUser", "iam:TagUser", "sns:Publish"];
  await iam.send(
    new PutRolePolicyCommand({
      ...{ RoleName: NAMES.responder, PolicyName: "FourSteps" },
      PolicyDocument: document({ Action, Resource: "*" }),
    }),
  );
  const lambda = new LambdaClient(settings);
  const Variables = { QUARANTINE_POLICY_ARN: names.quarantinePolicyArn, ALERT_TOPIC_ARN: names.topicArn };
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: NAMES.responder,
      Runtime: "nodejs22.x",
      Role: names.roleArn(NAMES.responder),
      Handler: "index.handler",
      Code: { ZipFile: zipSync({ "index.js": await bundlePlainly("bench/function/four-steps.ts") }) },
      Environment: { Variables },
      Timeout: 60,
    }),
  );
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: NAMES.responder,
      StatementId: "rule",
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: names.ruleArn(NAMES.detectionRule),
    }),
  );
  const events = new EventBridgeClient(settings);
  const Rule = NAMES.detectionRule;
  await events.send(new PutRuleCommand({ Name: Rule, EventPattern: JSON.stringify(userCreated(names)) }));
  const Targets = [{ Id: "function", Arn: names.functionArn(NAMES.responder) }];
  await events.send(new PutTargetsCommand({ Rule, Targets }));
}

function document(allowed: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...allowed }] });
}
