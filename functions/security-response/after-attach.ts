// What handler.ts loads once the first attach is answered: the SDK's clients, and the response that uses
// them.
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { createDenyClient, createDetailsClient, createSnsClient } from "./clients";

export { respond } from "./respond";

/** @param connections those of the first attach */
export function createClients(connections: NodeHttpHandler) {
  return {
    denyClient: createDenyClient(connections),
    iam: createDetailsClient(),
    sns: createSnsClient(),
  };
}
