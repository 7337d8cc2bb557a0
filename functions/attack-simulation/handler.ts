import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { IAMClient } from "@aws-sdk/client-iam";
import type { Context } from "aws-lambda";
import { SIMULATION_ENV, SIMULATION_PATH } from "../contract";
import { removeUsers, type RemovedUsers } from "../shared/remove-users";
import type { Dependencies } from "./dependencies";
import { ConfigurationError } from "./errors";
import { parseRequest } from "./request";
import { administratorAccessArn, simulate, type SimulationAnswer } from "./simulate";

const iam = new IAMClient({ retryMode: "adaptive", maxAttempts: 8 });

/** Entry of the function `attack-simulation`, invoked by a person or a test who waits for the answer. */
export async function handler(event: unknown, context: Context): Promise<SimulationAnswer | RemovedUsers> {
  const request = parseRequest(event);
  const dependencies: Dependencies = {
    iam,
    clock: Date.now,
    random: Math.random,
    sleep,
    remaining: () => context.getRemainingTimeInMillis(),
    // The suffix satisfies password policies that ask for every class of characters.
    password: () => `${randomBytes(24).toString("base64url")}aA1!`,
  };
  if (request.action === "clean-up") {
    const path = request.runId === undefined ? SIMULATION_PATH : `${SIMULATION_PATH}${request.runId}/`;
    const ownPolicyArns = [administratorAccessArn(partitionOf(context))];
    return removeUsers(path, { quarantinePolicyArn: quarantinePolicy(), ownPolicyArns }, dependencies);
  }
  const { kind, count } = request;
  return simulate(
    { runId: randomBytes(4).toString("hex"), kind, count, partition: partitionOf(context) },
    dependencies,
  );
}

function quarantinePolicy(): string {
  const arn = process.env[SIMULATION_ENV.policyArn];
  if (arn) {
    return arn;
  }
  throw new ConfigurationError(
    `${SIMULATION_ENV.policyArn}: expected the ARN of the quarantine policy, got nothing. Deploy the account's stack again.`,
  );
}

function partitionOf({ invokedFunctionArn }: Context): string {
  return invokedFunctionArn.split(":")[1] || "aws";
}
