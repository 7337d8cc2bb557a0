import { functionLogGroup } from "../../functions/contract";
import type { AccountNames } from "../names";
import type { Statement } from "./document";

/** What the role of every function has: its log, and no use in any other function. */
export function functionRole(names: AccountNames, functionName: string): Statement[] {
  return [writeLogs(names, functionName), onlyInFunction(names, functionName)];
}

/** Writing to the log group of one function. The stack creates the group, so the function may not. */
function writeLogs(names: AccountNames, functionName: string): Statement {
  return {
    Sid: "WriteLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${names.logGroupArn(functionLogGroup(functionName))}:*`,
  };
}

/**
 * Refuses the role in any function but its own. Calls of our roles are not judged, so an administrator could
 * give the role to a function of their own, in a Region that none of our rules sees, and act unnoticed.
 *
 * Not refused is what another service may call with the role: Lambda itself for the log, the outcome and the
 * failed event, and SNS for a topic's key. Lambda says that its calls outside the function lack the condition
 * key (developer guide, "Using source function ARN to control function access behavior").
 */
function onlyInFunction(names: AccountNames, functionName: string): Statement {
  return {
    Sid: "OnlyInThisFunction",
    Effect: "Deny",
    NotAction: [
      "events:PutEvents",
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "sqs:SendMessage",
    ],
    Resource: "*",
    // Also true of a request without the key.
    Condition: { ArnNotEquals: { "lambda:SourceFunctionArn": names.functionArn(functionName) } },
  };
}
