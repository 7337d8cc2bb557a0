import { IAMClient } from "@aws-sdk/client-iam";
import { SNSClient } from "@aws-sdk/client-sns";

/** A hung request is given up and retried; without `throwOnRequestTimeout` the SDK only warns. */
const IAM_TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
/** Three attempts with these fit the reserve kept for alerting. */
const SNS_TIMEOUTS = { connectionTimeout: 1_500, requestTimeout: 3_000, throwOnRequestTimeout: true };

/** Throttling and 5xx are retried by the SDK; the deadline of the invocation bounds how long. */
export function createIamClient(): IAMClient {
  const client = new IAMClient({
    retryMode: "adaptive",
    maxAttempts: 12,
    requestHandler: IAM_TIMEOUTS,
  });
  retryNoQuota(client);
  return client;
}

export function createSnsClient(): SNSClient {
  return new SNSClient({ retryMode: "standard", maxAttempts: 4, requestHandler: SNS_TIMEOUTS });
}

/**
 * IAM's LimitExceeded is a quota (10 policies, 50 tags) that no waiting mends, but the SDK takes the name
 * LimitExceededException for throttling and would spend the whole time on it. Renaming it inside the retries makes it final.
 */
function retryNoQuota(client: IAMClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error && error.name === "LimitExceededException") error.name = "LimitExceeded";
        throw error;
      }
    },
    { name: "retryNoQuota", step: "finalizeRequest", priority: "low" },
  );
}
