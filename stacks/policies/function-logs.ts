import type { AccountNames } from "../names";
import type { Statement } from "./document";

/** Name of the log group that Lambda writes a function's log to. */
export function functionLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** Writing to the log group of one function. The stack creates the group, so the function may not. */
export function writeLogs(names: AccountNames, functionName: string): Statement {
  return {
    Sid: "WriteLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${names.logGroupArn(functionLogGroup(functionName))}:*`,
  };
}
