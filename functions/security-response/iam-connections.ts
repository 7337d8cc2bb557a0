import { NodeHttpHandler } from "@smithy/node-http-handler";

/** A hung request is given up; without `throwOnRequestTimeout` the SDK only warns. */
export const IAM_TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Connections to IAM. They stay open, so that whoever shares them need not shake hands again. */
export function createIamConnections(): NodeHttpHandler {
  return new NodeHttpHandler(IAM_TIMEOUTS);
}
