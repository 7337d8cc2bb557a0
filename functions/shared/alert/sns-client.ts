import { SNSClient } from "@aws-sdk/client-sns";

/** How often an alert is tried is bounded by the time that is left for it: see publish.ts. */
const SNS_TIMEOUTS = { connectionTimeout: 1_500, requestTimeout: 3_000, throwOnRequestTimeout: true };

export function createSnsClient(): SNSClient {
  return new SNSClient({ retryMode: "standard", maxAttempts: 4, requestHandler: SNS_TIMEOUTS });
}
