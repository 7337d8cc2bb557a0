import { IAMClient } from "@aws-sdk/client-iam";

/** A hung request is given up and retried; without `throwOnRequestTimeout` the SDK only warns. */
const IAM_TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/**
 * For denying, and for nothing else: see {@link createDetailsClient}. The SDK retries throttling and 5xx only
 * a few times: its waits double, and the next deny method may work.
 */
export function createDenyClient(): IAMClient {
  return neverRetryQuotas(
    new IAMClient({ retryMode: "adaptive", maxAttempts: 6, requestHandler: IAM_TIMEOUTS }),
  );
}

/**
 * For everything after the deny. The adaptive mode slows a whole client down to a call every two seconds
 * once IAM throttles: right for one attach, but some fifteen calls that share it would use up the invocation,
 * and hold up the attach of the next one. The deadline of the invocation bounds the retries.
 */
export function createDetailsClient(): IAMClient {
  return neverRetryQuotas(
    new IAMClient({ retryMode: "standard", maxAttempts: 12, requestHandler: IAM_TIMEOUTS }),
  );
}

/**
 * IAM's LimitExceeded is a quota (10 policies, 50 tags), which a retry cannot pass. The SDK takes the name
 * LimitExceededException for throttling and would spend all the time on retries. Renaming the error inside
 * the retry loop makes it final.
 */
function neverRetryQuotas(client: IAMClient): IAMClient {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error && error.name === "LimitExceededException") {
          error.name = "LimitExceeded";
        }
        throw error;
      }
    },
    { name: "neverRetryQuotas", step: "finalizeRequest", priority: "low" },
  );
  return client;
}
