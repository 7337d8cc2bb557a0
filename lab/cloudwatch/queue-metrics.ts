import { nameInArn } from "../exchange/arn";
import type { AwsRequest, AwsResponse } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { readOutput } from "../exchange/read-response";
import { AwsError } from "../shared/errors";
import type { Alarms } from "./alarms";
import type { RecordMetric } from "./metrics";
import { dimensionsOf } from "./stored-alarm";

const NAMESPACE = "AWS/SQS";

/** Metrics of SQS guide, "Available CloudWatch metrics for Amazon SQS". */
export class QueueMetrics {
  constructor(
    private readonly moto: MotoClient,
    private readonly record: RecordMetric,
  ) {}

  /** Counts what is sent. What a redrive policy moves never passes here, and AWS does not count it either. */
  readonly observe: Observer = ({ request, accountId }, response) => {
    const { service, action, region, params } = request;
    if (service !== "sqs" || response.status >= 300 || !action.startsWith("SendMessage")) {
      return;
    }
    const sent = action === "SendMessage" ? 1 : batchSize(request, response);
    const dimensions = { QueueName: nameInArn(String(params["QueueUrl"])) };
    const home = { accountId, region };
    this.record({ home, namespace: NAMESPACE, name: "NumberOfMessagesSent", dimensions }, sent);
  };

  /** For the minute of `at`: how many messages wait in each queue that an alarm watches. */
  async measure(alarms: Alarms, at: Date): Promise<void> {
    for (const home of alarms.everywhere) {
      const watched = (await alarms.of(home)).filter(({ Namespace }) => Namespace === NAMESPACE);
      const queues = new Set(watched.map((alarm) => dimensionsOf(alarm)["QueueName"] ?? ""));
      for (const QueueName of queues) {
        const visible = await this.visible(home.accountId, home.region, QueueName);
        if (visible !== undefined) {
          const name = "ApproximateNumberOfMessagesVisible";
          this.record({ home, namespace: NAMESPACE, name, dimensions: { QueueName } }, visible, at);
        }
      }
    }
  }

  /** Undefined when there is no such queue. */
  private async visible(accountId: string, region: string, queue: string): Promise<number | undefined> {
    const params = {
      QueueUrl: `https://sqs.${region}.amazonaws.com/${accountId}/${queue}`,
      AttributeNames: ["ApproximateNumberOfMessages"],
    };
    const call = { service: "sqs", region, action: "GetQueueAttributes", params };
    try {
      const { Attributes } = (await this.moto(accountId, call)) as { Attributes: Record<string, string> };
      return Number(Attributes["ApproximateNumberOfMessages"]);
    } catch (error) {
      if (error instanceof AwsError && /NonExistent/.test(error.code)) {
        return undefined;
      }
      throw error;
    }
  }
}

/** Messages of a batch are refused one by one. The query protocol names the list by its entries. */
function batchSize(request: AwsRequest, response: AwsResponse): number {
  const { Successful, SendMessageBatchResultEntry } = readOutput(request, response);
  return [Successful ?? SendMessageBatchResultEntry ?? []].flat().length;
}
