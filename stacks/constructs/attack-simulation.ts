import type { Construct } from "constructs";
import { SIMULATION_ENV } from "../../functions/contract";
import type { FunctionPackage } from "../function-package";
import { NAMES, type AccountNames } from "../names";
import { simulationPolicy } from "../policies/simulation";
import { NodeFunction } from "./node-function";

export interface AttackSimulationProps {
  readonly names: AccountNames;
  readonly code: FunctionPackage;
  readonly policyArn: string;
  readonly logRetentionDays: number;
}

/** The function `attack-simulation`, which creates users as an attacker would and removes them again. */
export class AttackSimulation extends NodeFunction {
  constructor(
    scope: Construct,
    id: string,
    { names, code, policyArn, logRetentionDays }: AttackSimulationProps,
  ) {
    super(scope, id, {
      names,
      functionName: NAMES.simulation,
      description: "Creates IAM users as an attacker would, below one path, and removes them again",
      code,
      policy: simulationPolicy(names),
      environment: { [SIMULATION_ENV.policyArn]: policyArn },
      timeoutSeconds: 300,
      memoryMegabytes: 512,
      logRetentionDays,
    });
  }
}
