import type { Construct } from "constructs";
import { DRILL_ENV } from "../../functions/contract";
import type { FunctionPackage } from "../function-package";
import { NAMES } from "../names";
import { drillPolicy } from "../policies/drill";
import { NodeFunction } from "./node-function";
import { responderEnvironment, type ResponderProps } from "./responder";

export interface DrillProps extends Omit<ResponderProps, "code"> {
  readonly code: FunctionPackage;
  readonly everyHours: number;
}

/**
 * The function `quarantine-drill`, which tests the response with a user of its own. Its outcome goes to the
 * default bus, like the responder's.
 */
export class Drill extends NodeFunction {
  constructor(scope: Construct, id: string, props: DrillProps) {
    const { names, account, everyHours } = props;
    super(scope, id, {
      names,
      functionName: NAMES.drill,
      description: "Creates an IAM user of its own, measures until it is denied, and removes it",
      code: props.code,
      policy: drillPolicy(names),
      environment: { ...responderEnvironment(props), [DRILL_ENV.everyHours]: String(everyHours) },
      timeoutSeconds: 300,
      memoryMegabytes: 256,
      logRetentionDays: account.logRetentionDays,
      destinations: { onSuccess: names.defaultBusArn, onFailure: props.deadLetterQueueArn },
    });
  }
}
