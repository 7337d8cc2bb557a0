import type { Construct } from "constructs";
import { NOTIFIER_ENV } from "../../functions/contract";
import type { FunctionPackage } from "../function-package";
import { NAMES, type AccountNames } from "../names";
import { notifierPolicy } from "../policies/notifier";
import { NodeFunction } from "./node-function";

export interface NotifierProps {
  readonly names: AccountNames;
  readonly code: FunctionPackage;
  readonly topicArn: string;
  readonly topicKeyArn: string;
  /** Role whose changes are recorded but not mailed: its name, with its path if it has one. */
  readonly deploymentRole: string;
  /** Whether mails link to the dashboard. */
  readonly dashboard: boolean;
  /** Address of docs/runbook.md for readers. @default - mails name its sections in words */
  readonly runbookUrl?: string | undefined;
  readonly deadLetterQueueArn: string;
  readonly logRetentionDays: number;
  /** Whether it looks for silent accounts, for which it reads days of the audit log. */
  readonly watchesSilence: boolean;
}

/** The function `security-notifier`, which writes the mail about what target accounts forward. */
export class Notifier extends NodeFunction {
  constructor(scope: Construct, id: string, props: NotifierProps) {
    const { names, code, topicArn, topicKeyArn, deploymentRole, deadLetterQueueArn, logRetentionDays } =
      props;
    super(scope, id, {
      names,
      functionName: NAMES.notifier,
      description: "Mails what responders and alarms of target accounts report",
      code,
      policy: notifierPolicy(names, topicKeyArn),
      environment: {
        [NOTIFIER_ENV.topicArn]: topicArn,
        [NOTIFIER_ENV.deploymentRole]: deploymentRole,
        [NOTIFIER_ENV.auditLog]: NAMES.auditLog,
        ...(names.rolePath !== undefined && { [NOTIFIER_ENV.rolePath]: names.rolePath }),
        ...(props.runbookUrl !== undefined && { [NOTIFIER_ENV.runbookUrl]: props.runbookUrl }),
        ...(props.dashboard && { [NOTIFIER_ENV.dashboard]: NAMES.dashboard }),
      },
      timeoutSeconds: props.watchesSilence ? 120 : 30,
      memoryMegabytes: 512,
      logRetentionDays,
      destinations: { onFailure: deadLetterQueueArn },
    });
  }
}
