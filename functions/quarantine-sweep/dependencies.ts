import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { SweepRequest } from "../security-response/sweep-request";
import type { CallOptions } from "../shared/deadline";
import type { Log } from "../shared/log";
import type { Pause } from "../shared/pause";
import type { RetryTiming } from "../shared/retry";

/** Everything impure that the sweep uses. */
export interface Dependencies extends RetryTiming {
  readonly iam: IAMClient;
  readonly cloudTrail: CloudTrailClient;
  readonly logs: CloudWatchLogsClient;
  /** Invokes the responder, asynchronously. */
  readonly ask: (request: SweepRequest) => Promise<void>;
  /** Reads the pause that the responder's own environment states. @throws what Lambda answers */
  readonly pause: (options: CallOptions) => Promise<Pause | undefined>;
  readonly log: Log;
}
